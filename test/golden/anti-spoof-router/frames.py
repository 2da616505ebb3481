"""A container that plays the router, and a real one."""
from captures import *  # noqa: F403

asking = ether(1, multicast_mac('ff02::2')) / IPv6(src='fe80::ff:fe00:1', dst='ff02::2', hlim=255) / ICMPv6ND_RS() / ICMPv6NDOptSrcLLAddr(lladdr=mac(1))
send('web', asking)
expect('db', asking)
expect('guest', asking)
def advertising(host):
    return (ether(host, multicast_mac('ff02::1')) / IPv6(src='fe80::ff:fe00:%x' % host, dst='ff02::1', hlim=255)
            / ICMPv6ND_RA(routerlifetime=1800) / ICMPv6NDOptSrcLLAddr(lladdr=mac(host)))
send('web', advertising(1))
# Behind an extension header it is the same message.
hidden = (ether(1, multicast_mac('ff02::1')) / IPv6(src='fe80::ff:fe00:1', dst='ff02::1', hlim=255)
          / IPv6ExtHdrDestOpt(options=[PadN(optdata=b'\0\0\0\0')]) / ICMPv6ND_RA(routerlifetime=1800))
send('web', hidden)
send('web', ether(1, 2) / IPv6(src='fe80::ff:fe00:1', dst='fd00::2', hlim=255) / ICMPv6ND_Redirect(tgt='fe80::1', dst='fd00::77'))
send('guest', advertising(3))
expect('web', advertising(3))
expect('db', advertising(3))
