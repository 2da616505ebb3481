"""A container that speaks for others in neighbour discovery."""
from captures import *  # noqa: F403

def solicitation(option=None, target='fd00::77', **ip):
    head = IPv6(**{'src': 'fd00::1', 'dst': 'ff02::1:ff00:77', 'hlim': 255, **ip})
    message = ICMPv6ND_NS(tgt=target)
    return ether(1, multicast_mac('ff02::1:ff00:77')) / head / (message / option if option else message)

def advertisement(target, option, **ip):
    return ether(1, 2) / IPv6(**{'src': 'fd00::1', 'dst': 'fd00::2', 'hlim': 255, **ip}) / ICMPv6ND_NA(tgt=target, R=0, S=1) / option

for honest in (solicitation(ICMPv6NDOptSrcLLAddr(lladdr=mac(1))), solicitation()):
    send('web', honest)
    expect('db', honest)
    expect('guest', honest)
for target in ('fd00::1', 'fe80::ff:fe00:1'):
    honest = advertisement(target, ICMPv6NDOptDstLLAddr(lladdr=mac(1)))
    send('web', honest)
    expect('db', honest)
send('web', solicitation(ICMPv6NDOptSrcLLAddr(lladdr=mac(2))))
send('web', solicitation(ICMPv6NDOptSrcLLAddr(lladdr=mac(1)) / ICMPv6NDOptSrcLLAddr(lladdr=mac(2))))
send('web', solicitation(ICMPv6NDOptSrcLLAddr(lladdr=mac(1)), hlim=254))
send('web', solicitation(Raw(bytes(8))))
send('web', solicitation(Raw(b'\1\2' + bytes(6))))
send('web', advertisement('fd00::2', ICMPv6NDOptDstLLAddr(lladdr=mac(1))))
send('web', advertisement('fd00::1', ICMPv6NDOptDstLLAddr(lladdr=mac(2))))
send('web', advertisement('fd00::1', ICMPv6NDOptDstLLAddr(lladdr=mac(1)), hlim=64))
send('web', ether(1, 2) / IPv6(src='fd00::1', dst='fd00::2', hlim=255, nh=58) / Raw(bytes(ICMPv6ND_NA(tgt='fd00::1'))[:20]))
send('web', ether(1, 2) / IPv6(src='fd00::1', dst='fd00::2', hlim=255) / IPv6ExtHdrFragment(m=1, offset=0, id=3, nh=58)
     / Raw(bytes(ICMPv6ND_NA(tgt='fd00::1') / ICMPv6NDOptDstLLAddr(lladdr=mac(1)))))
# The source of a solicitation is an IPv6 source like any other.
send('web', solicitation(ICMPv6NDOptSrcLLAddr(lladdr=mac(1)), src='fd00::2'))
