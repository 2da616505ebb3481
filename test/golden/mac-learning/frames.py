"""A container and two ports with strangers behind them."""
from captures import *  # noqa: F403

stranger, other = '02:00:00:00:00:77', '02:00:00:00:00:88'
to_stranger = ether(1, stranger) / IP(src='10.0.0.1', dst='10.0.0.77') / UDP(sport=5, dport=6) / b'first'
send('web', to_stranger)
expect('guest', to_stranger)
expect('lab', to_stranger)
heard = ether(stranger, 1) / IP(src='10.0.0.77', dst='10.0.0.1') / UDP(sport=6, dport=5) / b'here'
send('guest', heard)
expect('web', heard)
to_stranger = ether(1, stranger) / IP(src='10.0.0.1', dst='10.0.0.77') / UDP(sport=5, dport=6) / b'second'
send('web', to_stranger)
expect('guest', to_stranger)
# What a port says to itself dies, and still tells where it is.
send('lab', ether(other, other) / IP(src='10.0.0.88', dst='10.0.0.88') / UDP(sport=6, dport=5) / b'me')
between = ether(stranger, other) / IP(src='10.0.0.77', dst='10.0.0.88') / UDP(sport=6, dport=5) / b'between'
send('guest', between)
expect('lab', between)
# A claim on a declared MAC moves nothing.
claim = ether(1, other) / IP(src='10.0.0.1', dst='10.0.0.88') / UDP(sport=6, dport=5) / b'claim'
send('guest', claim)
expect('lab', claim)
answer = ether(other, 1) / IP(src='10.0.0.88', dst='10.0.0.1') / UDP(sport=5, dport=6) / b'answer'
send('lab', answer)
expect('web', answer)
