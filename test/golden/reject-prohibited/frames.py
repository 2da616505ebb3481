"""What rejects a datagram says so by ICMP."""
from connections import *  # noqa: F403

from scapy.layers.inet6 import ICMPv6DestUnreach, ICMPv6EchoRequest

def is_told(frame):
    dies(frame)
    expect('web', Ether(bytes(prohibited(frame))))
is_told(udp(1, 2, 4000, 81, payload(30)))
is_told(udp(1, 2, 4000, 81, payload(1200)))
is_told(udp(1, 2, 4000, 81, payload(30), v6=True))
is_told(udp(1, 2, 4000, 81, payload(1400), v6=True))
is_told(between(1, 2, ICMP(type=8, id=1) / Raw(payload(9))))
is_told(between(1, 2, ICMPv6EchoRequest(id=1, data=payload(9)), v6=True))
is_told(Ether(bytes(ether(1, 2) / IP(src='10.0.0.1', dst='10.0.0.2', proto=47) / Raw(payload(40)))))
passes(udp(1, 2, 4000, 82))
