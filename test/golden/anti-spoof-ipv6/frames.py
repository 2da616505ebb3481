"""A container that tries other IPv6 addresses, and an accomplice."""
from captures import *  # noqa: F403

for source in ('fd00::1', 'fe80::ff:fe00:1'):
    honest = ether(1, 2) / IPv6(src=source, dst='fd00::2') / UDP(sport=5, dport=6) / b'hi'
    send('web', honest)
    expect('db', honest)
for liar in ('fd00::2', 'fd00::9', 'fe80::1', 'fe80::ff:fe00:2', '::1', 'ff02::1', '::', '::ffff:10.0.0.1'):
    send('web', ether(1, 2) / IPv6(src=liar, dst='fd00::2') / UDP(sport=5, dport=6) / b'hi')
listener = (ether(1, multicast_mac('ff02::16')) / IPv6(src='::', dst='ff02::16', hlim=1)
            / IPv6ExtHdrHopByHop(options=[PadN(optdata=b'\0\0')]) / ICMPv6MLReport2(records=[ICMPv6MLDMultAddrRec(dst='ff02::fb')]))
send('web', listener)
expect('db', listener)
baited = ether(2, 1) / IPv6(src='fd00::2', dst='fd00::9') / TCP(sport=7, dport=8, flags='S')
send('db', baited)
expect('web', baited)
send('web', ether(1, 2) / IPv6(src='fd00::9', dst='fd00::2') / TCP(sport=8, dport=7, flags='SA'))
