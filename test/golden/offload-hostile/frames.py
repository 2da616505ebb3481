"""A container that lies beside its frames."""
from captures import *  # noqa: F403

def tcp(flags='PA', length=3000, **ip):
    return Ether(bytes(ether(1, 2) / IP(**{'src': '10.0.0.1', 'dst': '10.0.0.2', **ip}) / TCP(sport=5, dport=6, flags=flags) / payload(length)))
def lie(frame, **more):
    send('web', partial(frame), {**offload_of(frame, 'tcp4', 1000), **more})
good = tcp()
for start in (0, 14, 33, 35, 38, 54, 65535):
    lie(good, checksumStart=start)
for offset in (0, 6, 15, 17, 65535):
    lie(good, checksumOffset=offset)
lie(good, gso='tcp6')
lie(good, gso='udp')
lie(good, gsoSize=0)
lie(good, gsoSize=7)
lie(good, needsChecksum=False)
for flags in ('S', 'R', 'UA', 'SA'):
    lie(tcp(flags))
send('web', partial(good) + bytes(4), offload_of(good, 'tcp4', 1000))
udp = Ether(bytes(ether(1, 2) / IP(src='10.0.0.1', dst='10.0.0.2') / UDP(sport=5, dport=6) / payload(3000)))
send('web', partial(udp), offload_of(udp, 'tcp4', 1000))
send('web', partial(udp), offload_of(udp, 'udp', 0))
send('web', partial(udp), offload_of(udp, 'udp', 23))
send('web', partial(udp), offload_of(udp, 'udp', 1000, ecn=True))
# A checksum for what has no transport header here: a fragment, ICMP, ARP.
send('web', ether(1, 2) / IP(src='10.0.0.1', dst='10.0.0.2', flags='MF') / UDP(sport=5, dport=6, len=64) / payload(24),
     {'gso': 'none', 'gsoSize': 0, 'needsChecksum': True, 'checksumStart': 34, 'checksumOffset': 6})
send('web', ether(1, 2) / IP(src='10.0.0.1', dst='10.0.0.2') / ICMP(id=7),
     {'gso': 'none', 'gsoSize': 0, 'needsChecksum': True, 'checksumStart': 34, 'checksumOffset': 2})
send('web', ether(1, BROADCAST) / ARP(op=1, hwsrc=mac(1), psrc='10.0.0.1', pdst='10.0.0.2'),
     {'gso': 'none', 'gsoSize': 0, 'needsChecksum': True, 'checksumStart': 14, 'checksumOffset': 2})
send('web', ether(1, 2) / Raw(payload(4)), {'gso': 'none', 'gsoSize': 0, 'needsChecksum': True, 'checksumStart': 14, 'checksumOffset': 16})
