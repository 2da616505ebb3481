"""What is rejected without a word."""
from connections import *  # noqa: F403

# To a group or to all nobody answers.
send('web', ether(1, BROADCAST) / IP(src='10.0.0.1', dst='10.0.0.255') / UDP(sport=4000, dport=81) / b'all')
send('web', ether(1, multicast_mac('224.0.0.251')) / IP(src='10.0.0.1', dst='224.0.0.251') / UDP(sport=4000, dport=5353) / b'all')
send('web', ether(1, multicast_mac('ff02::fb')) / IPv6(src='fd00::1', dst='ff02::fb') / UDP(sport=4000, dport=5353) / b'all')
# A later fragment says nothing of what it is, and an error is never answered.
from scapy.layers.inet6 import ICMPv6DestUnreach
first, later = (Ether(bytes(ether(1, 2) / IP(src='10.0.0.1', dst='10.0.0.2', id=7, proto=17, flags=flags, frag=frag) / Raw(part)))
                for flags, frag, part in (('MF', 0, bytes(UDP(sport=4000, dport=81, len=48)) + payload(32)), (0, 5, payload(8))))
dies(first)
expect('web', Ether(bytes(prohibited(first))))
dies(later)
dies(between(1, 2, ICMP(type=3, code=3) / Raw(bytes(udp(2, 1, 81, 4000)[IP]))))
dies(between(1, 2, ICMPv6DestUnreach(code=4) / Raw(bytes(udp(2, 1, 81, 4000, v6=True)[IPv6])), True))
