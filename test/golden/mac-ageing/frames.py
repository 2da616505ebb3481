"""A stranger that falls silent; MACs age after ten seconds."""
from captures import *  # noqa: F403

stranger = '02:00:00:00:00:77'
to_stranger = ether(1, stranger) / IP(src='10.0.0.1', dst='10.0.0.77') / UDP(sport=5, dport=6) / b'data'
from_stranger = ether(stranger, 1) / IP(src='10.0.0.77', dst='10.0.0.1') / UDP(sport=6, dport=5) / b'back'
for _ in range(4):
    send('guest', from_stranger)
    expect('web', from_stranger)
    wait(7_000)
    send('web', to_stranger)
    expect('guest', to_stranger)
wait(2_000)
send('web', to_stranger)
expect('guest', to_stranger)
wait(1_500)
send('web', to_stranger)
expect('guest', to_stranger)
expect('lab', to_stranger)
