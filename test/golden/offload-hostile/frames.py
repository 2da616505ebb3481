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

# The same over IPv6, behind a priority tag, and where there is nothing to cut.
def tcp6(flags='PA', under=ether(1, 2), behind=None):
    inner = TCP(sport=5, dport=6, flags=flags) / payload(3000)
    return Ether(bytes(under / IPv6(src='fd00::1', dst='fd00::2') / (inner if behind is None else behind / inner)))
wide = tcp6()
for start in (14, 34, 53, 55, 74):
    send('web', partial(wide), {**offload_of(wide, 'tcp6', 1000), 'checksumStart': start})
for lies in ({'gso': 'tcp4'}, {'gso': 'udp'}, {'gsoSize': 0}, {'gsoSize': 7}, {'needsChecksum': False}, {'checksumOffset': 6}):
    send('web', partial(wide), {**offload_of(wide, 'tcp6', 1000), **lies})
for flags in ('S', 'R', 'UA'):
    send('web', partial(tcp6(flags)), offload_of(tcp6(flags), 'tcp6', 1000))
fragment6 = bytes(tcp6(behind=IPv6ExtHdrFragment(nh=6, id=1, m=1)))
send('web', fragment6, {'gso': 'tcp6', 'gsoSize': 1000, 'needsChecksum': True, 'checksumStart': 62, 'checksumOffset': 16})
shown = Ether(bytes(Ether(src=mac(1), dst=mac(2)) / Dot1Q(vlan=0, prio=3) / IP(src='10.0.0.1', dst='10.0.0.2') / TCP(sport=5, dport=6, flags='A') / payload(3000)))
send('web', partial(good)[:12] + bytes(shown)[12:16] + partial(good)[12:], {**offload_of(good, 'tcp4', 1000), 'checksumStart': 34})
send('web', good, {'gso': 'none', 'gsoSize': 0, 'needsChecksum': False, 'checksumStart': 0, 'checksumOffset': 0, 'ecn': True})
long = Ether(bytes(ether(1, 2) / IP(src='10.0.0.1', dst='10.0.0.2') / UDP(sport=5, dport=6, len=2000) / payload(3000)))
send('web', partial(long), {**offload_of(long, 'udp', 1000), 'checksumStart': 34, 'checksumOffset': 6})
