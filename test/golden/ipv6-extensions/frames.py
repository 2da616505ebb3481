"""Two containers that use what is rare in IPv6."""
from captures import *  # noqa: F403

def ip(**change):
    return ether(1, 2) / IPv6(**{'src': 'fd00::1', 'dst': 'fd00::2', **change})
udp = UDP(sport=5, dport=6) / payload(20)
for frame in (
    ip() / IPv6ExtHdrHopByHop(options=[PadN(optdata=b'\0' * 4)]) / udp,
    ip() / IPv6ExtHdrDestOpt(options=[PadN(optdata=b'\0' * 12)]) / udp,
    ip() / IPv6ExtHdrHopByHop(options=[PadN(optdata=b'\0' * 4)]) / IPv6ExtHdrDestOpt(options=[PadN(optdata=b'\0' * 4)]) / udp,
    ip() / IPv6ExtHdrRouting(addresses=['fd00::2'], segleft=0) / udp,
    ip() / IPv6ExtHdrFragment(offset=0, m=0, id=7) / udp,
    ip() / AH(spi=7, seq=1, icv=b'\0' * 12, payloadlen=4, nh=17) / udp,
    ip(nh=59),
    ip() / IPv6ExtHdrFragment(offset=0, m=1, id=9, nh=17) / Raw(bytes(UDP(sport=5, dport=6, len=64, chksum=1)) + payload(24)),
    ip() / IPv6ExtHdrFragment(offset=4, m=1, id=9, nh=17) / Raw(payload(16)),
    ip() / IPv6ExtHdrFragment(offset=6, m=0, id=9, nh=17) / Raw(payload(3)),
):
    send('web', frame)
    expect('db', frame)
