"""A container that sends broken IPv6."""
from captures import *  # noqa: F403

def ip(**change):
    return ether(1, 2) / IPv6(**{'src': 'fd00::1', 'dst': 'fd00::2', 'nh': 17, **change})
udp = Raw(bytes(UDP(sport=5, dport=6, len=16, chksum=1)) + payload(8))
whole = bytes(ip() / udp)
for length in (14, 15, 53):
    send('web', whole[:length])
send('web', ip(version=4) / udp)
send('web', ip(version=7) / udp)
send('web', ip(plen=17) / udp)
send('web', ip(plen=65535) / udp)
send('web', whole[:-1])
option = b'\x01\x04\0\0\0\0'
def chain(*members, last=17):
    """Extension headers by type, each of 8 bytes, then UDP."""
    kinds = list(members) + [last]
    body = b''.join(bytes([kinds[index + 1], 0]) + (option if kind != 44 else bytes(6)) for index, kind in enumerate(members))
    return ip(nh=kinds[0]) / Raw(body + bytes(udp))
send('web', chain(*[60] * 9))
send('web', chain(60, 0))
send('web', chain(44, 44))
send('web', ip(nh=60, plen=8) / Raw(bytes([17, 1]) + option))
send('web', ip(nh=60, plen=4) / Raw(bytes([17, 0, 1, 4])))
send('web', ip(nh=51, plen=8) / Raw(bytes([17, 0]) + bytes(6)))
# A fragment past the end of any datagram, and a first one that hides its transport header.
send('web', ip(nh=44) / IPv6ExtHdrFragment(nh=17, offset=0x1fff, m=0, id=3) / Raw(payload(32)))
send('web', ip(nh=44) / IPv6ExtHdrFragment(nh=6, offset=0, m=1, id=3) / Raw(bytes(TCP(sport=5, dport=6))[:8]))
eight = chain(*[60] * 8)
send('web', eight)
expect('db', eight)
