"""Two containers that look for each other by IPv6, and a third that must hear nothing."""
from captures import *  # noqa: F403

def answer(owner, host, target, source):
    probe = source == '::'
    return (ether(owner, '33:33:00:00:00:01' if probe else host) / IPv6(src=target, dst='ff02::1' if probe else source, hlim=255)
            / ICMPv6ND_NA(tgt=target, R=0, S=0 if probe else 1, O=1) / ICMPv6NDOptDstLLAddr(lladdr=mac(owner)))
for source in ('fd00::1', 'fe80::ff:fe00:1'):
    send('web', ether(1, multicast_mac('ff02::1:ff00:2')) / IPv6(src=source, dst='ff02::1:ff00:2', hlim=255)
         / ICMPv6ND_NS(tgt='fd00::2') / ICMPv6NDOptSrcLLAddr(lladdr=mac(1)))
    expect('web', answer(2, 1, 'fd00::2', source))
send('web', ether(1, 2) / IPv6(src='fd00::1', dst='fd00::2', hlim=255) / ICMPv6ND_NS(tgt='fd00::2'))
expect('web', answer(2, 1, 'fd00::2', 'fd00::1'))
send('db', ether(2, multicast_mac('ff02::1:ff00:3')) / IPv6(src='::', dst='ff02::1:ff00:3', hlim=255) / ICMPv6ND_NS(tgt='fd00::3'))
expect('db', answer(3, 2, 'fd00::3', '::'))
