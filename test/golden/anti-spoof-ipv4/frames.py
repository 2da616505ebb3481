"""A container that tries other IPv4 addresses, and an accomplice."""
from captures import *  # noqa: F403

honest = ether(1, 2) / IP(src='10.0.0.1', dst='10.0.0.2') / UDP(sport=5, dport=6) / b'hi'
send('web', honest)
expect('db', honest)
for liar in ('10.0.0.2', '10.0.0.9', '192.0.2.1', '127.0.0.1', '255.255.255.255', '224.0.0.1', '0.0.0.0'):
    send('web', ether(1, 2) / IP(src=liar, dst='10.0.0.2') / UDP(sport=5, dport=6) / b'hi')
for piece in fragment(IP(src='10.0.0.9', dst='10.0.0.2', id=5) / UDP(sport=5, dport=6) / payload(64), fragsize=32):
    send('web', ether(1, 2) / piece)
# The accomplice sends to the liar's MAC and a stranger's address; the answer from that address is a lie.
baited = ether(2, 1) / IP(src='10.0.0.2', dst='10.0.0.9') / UDP(sport=7, dport=8) / b'bait'
send('db', baited)
expect('web', baited)
send('web', ether(1, 2) / IP(src='10.0.0.9', dst='10.0.0.2') / UDP(sport=8, dport=7) / b'lie')
# A port without anti-spoof may be a router.
routed = ether(3, 1) / IP(src='192.0.2.7', dst='10.0.0.1') / UDP(sport=5, dport=6) / b'far'
send('guest', routed)
expect('web', routed)
