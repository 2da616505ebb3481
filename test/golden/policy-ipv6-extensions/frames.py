"""Rules look behind IPv6 extension headers."""
from connections import *  # noqa: F403

from scapy.layers.inet6 import IPv6ExtHdrDestOpt, IPv6ExtHdrHopByHop, IPv6ExtHdrRouting, PadN
from scapy.layers.ipsec import AH

def behind(headers, dport, last=None):
    return Ether(bytes(ether(1, 2) / IPv6(src='fd00::1', dst='fd00::2') / headers / (last or UDP(sport=4000, dport=dport)) / Raw(payload(20))))
hop = lambda: IPv6ExtHdrHopByHop(options=[PadN(optdata=bytes(4))])  # noqa: E731
options = lambda: IPv6ExtHdrDestOpt(options=[PadN(optdata=bytes(4))])  # noqa: E731
for port, verdict in ((53, passes), (54, dies)):
    verdict(behind(hop(), port))
    verdict(behind(options(), port))
    verdict(behind(hop() / options(), port))
    verdict(behind(IPv6ExtHdrRouting(addresses=['fd00::9']), port))
passes(behind(options(), 80, TCP(sport=4000, dport=80, flags='S')))
dies(behind(options(), 81, TCP(sport=4000, dport=81, flags='S')))
# The reply needs none of them.
passes(udp(2, 1, 53, 4000, v6=True))
