"""A container that asks for a stranger and makes sure of its own address."""
from captures import *  # noqa: F403

for frame in (
    ether(1, multicast_mac('ff02::1:ff00:77')) / IPv6(src='fd00::1', dst='ff02::1:ff00:77', hlim=255)
    / ICMPv6ND_NS(tgt='fd00::77') / ICMPv6NDOptSrcLLAddr(lladdr=mac(1)),
    ether(1, multicast_mac('ff02::1:ff00:1')) / IPv6(src='::', dst='ff02::1:ff00:1', hlim=255) / ICMPv6ND_NS(tgt='fd00::1'),
    ether(1, multicast_mac('ff02::1:ff00:1')) / IPv6(src='::', dst='ff02::1:ff00:1', hlim=255) / ICMPv6ND_NS(tgt='fe80::ff:fe00:1'),
    ether(1, multicast_mac('ff02::1')) / IPv6(src='fd00::1', dst='ff02::1', hlim=255)
    / ICMPv6ND_NA(tgt='fd00::1', R=0, S=0, O=1) / ICMPv6NDOptDstLLAddr(lladdr=mac(1)),
):
    send('web', frame)
    expect('db', frame)
    expect('log', frame)
