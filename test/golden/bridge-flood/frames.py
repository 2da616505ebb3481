"""Three in a network: what one says to all, the two others hear."""
from captures import *  # noqa: F403

for host, port, others in ((1, 'web', ('db', 'log')), (3, 'log', ('web', 'db'))):
    for frame in (
        ether(host, BROADCAST) / IP(src=f'10.0.0.{host}', dst='255.255.255.255') / UDP(sport=9, dport=9) / b'all',
        ether(host, BROADCAST) / IP(src=f'10.0.0.{host}', dst='10.0.0.255') / UDP(sport=9, dport=9) / b'subnet',
        ether(host, multicast_mac('224.0.0.251')) / IP(src=f'10.0.0.{host}', dst='224.0.0.251', ttl=255) / UDP(sport=5353, dport=5353) / b'mdns',
        ether(host, multicast_mac('ff02::fb')) / IPv6(src=f'fd00::{host}', dst='ff02::fb', hlim=255) / UDP(sport=5353, dport=5353) / b'mdns',
        ether(host, multicast_mac('ff02::16')) / IPv6(src=f'fd00::{host}', dst='ff02::16', hlim=1)
        / IPv6ExtHdrHopByHop(options=[PadN(optdata=b'\0\0')]) / ICMPv6MLReport2(records=[ICMPv6MLDMultAddrRec(dst='ff02::fb')]),
    ):
        send(port, frame)
        for other in others:
            expect(other, frame)
