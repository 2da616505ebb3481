"""A stranger that moves from one port to another."""
from captures import *  # noqa: F403

stranger = '02:00:00:00:00:77'
to_stranger = ether(1, stranger) / IP(src='10.0.0.1', dst='10.0.0.77') / TCP(sport=5, dport=6, flags='A') / b'data'
from_stranger = ether(stranger, 1) / IP(src='10.0.0.77', dst='10.0.0.1') / TCP(sport=6, dport=5, flags='A') / b'back'
for place in ('guest', 'lab', 'guest'):
    send(place, from_stranger)
    expect('web', from_stranger)
    for _ in range(3):
        send('web', to_stranger)
        expect(place, to_stranger)
