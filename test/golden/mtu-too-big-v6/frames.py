"""Packets up to 9,000 bytes towards a receiver with an MTU of 1,500."""
from captures import *  # noqa: F403

def udp(length, **more):
    return ether(1, 2) / IPv6(src='fd00::1', dst='fd00::2', **more) / UDP(sport=5, dport=6) / payload(length - 48)
send('web', udp(1500))
expect('db', udp(1500))
for length in (1501, 9000):
    send('web', udp(length, tc=3, fl=77))
    expect('web', too_big(udp(length, tc=3, fl=77), 1500))
echo = ether(1, 2) / IPv6(src='fd00::1', dst='fd00::2') / IPv6ExtHdrDestOpt() / ICMPv6EchoRequest(id=1, data=payload(1500))
send('web', echo)
expect('web', too_big(echo, 1500))
first = ether(1, 2) / IPv6(src='fd00::1', dst='fd00::2') / IPv6ExtHdrFragment(nh=17, id=1, m=1) / UDP(sport=5, dport=6, len=20000, chksum=7) / payload(2000)
send('web', first)
expect('web', too_big(first, 1500))

def tcp(data, **more):
    return Ether(bytes(ether(1, 2) / IPv6(src='fd00::1', dst='fd00::2') / TCP(sport=5, dport=6, seq=100, **more) / data))
send('web', partial(tcp(payload(30_000), flags='PA')), offload_of(tcp(payload(30_000), flags='PA'), 'tcp6', 8940))
expect('web', too_big(tcp(payload(8940), flags='A'), 1500))
