"""A container that sends broken IPv4."""
from captures import *  # noqa: F403

def ip(**change):
    return ether(1, 2) / IP(**{'src': '10.0.0.1', 'dst': '10.0.0.2', 'proto': 17, **change}) / Raw(bytes(UDP(sport=5, dport=6, len=16, chksum=0)) + payload(8))
whole = bytes(ip())
for length in (14, 15, 33):
    send('web', whole[:length])
send('web', ip(version=5))
send('web', ip(version=6))
send('web', ip(ihl=4))
send('web', ip(ihl=15))
send('web', ip(len=19))
send('web', ip(len=37))
send('web', ip(len=65535))
send('web', ip(chksum=0x1234))
send('web', whole[:-1])
# Fragments: past the end of any datagram, and without the header that would be judged.
send('web', ip(frag=0x1fff, id=9))
send('web', ether(1, 2) / IP(src='10.0.0.1', dst='10.0.0.2', proto=6, flags='MF') / Raw(bytes(TCP(sport=5, dport=6))[:8]))
send('web', ether(1, 2) / IP(src='10.0.0.1', dst='10.0.0.2', proto=17, flags='MF') / Raw(bytes(UDP(sport=5, dport=6, len=40))[:4]))
send('web', ether(1, 2) / IP(src='10.0.0.1', dst='10.0.0.2', proto=1, flags='MF') / Raw(b'\x08'))
# Padding behind the datagram is none of its business.
expect('db', bytes(ip()) + bytes(6))
send('web', bytes(ip()) + bytes(6))
