"""ICMP errors that speak of what nobody sent."""
from connections import *  # noqa: F403

from scapy.layers.inet6 import ICMPv6PacketTooBig

def error(host, other, what, about, most=None, v6=False):
    quoted = bytes(Ether(bytes(about))[IPv6 if v6 else IP])
    return between(host, other, what / Raw(quoted[:most]), v6)
unreachable = ICMP(type=3, code=3)
# Of no connection.
dies(error(2, 1, unreachable, udp(1, 2, 4000, 53)))
ask = passes(udp(1, 2, 4000, 53))
passes(error(2, 1, unreachable, ask))
# From who never saw it, to who never sent it, about another port, or too short to say.
dies(error(3, 1, unreachable, ask))
dies(error(2, 3, unreachable, ask))
dies(error(2, 1, unreachable, udp(1, 2, 4001, 53)))
dies(error(2, 1, unreachable, udp(2, 1, 53, 4000)))
dies(error(2, 1, unreachable, ask, 24))
# An error about an error, and what is no error that a connection has.
dies(error(2, 1, unreachable, error(1, 2, unreachable, udp(2, 1, 53, 4000))))
dies(error(2, 1, ICMP(type=5, code=1, gw='10.0.0.3'), ask))
# Of TCP the quoted number must be one that is still on its way (RFC 5927, 4.1).
talk = Tcp().open()
data = talk.passes(0, 'PA', payload(500))
passes(error(2, 1, unreachable, data))
blind = Tcp(seq=(3_000_000_000, 5001)).frame(0, 'PA', payload(500))
dies(error(2, 1, unreachable, blind))
dies(error(2, 1, ICMP(type=3, code=4, nexthopmtu=68), blind, 28))
wide = Tcp(sport=40001, v6=True).open()
dies(error(2, 1, ICMPv6PacketTooBig(mtu=1280), Tcp(sport=40001, seq=(3_000_000_000, 5001), v6=True).frame(0, 'PA', payload(500)), v6=True))
passes(error(2, 1, ICMPv6PacketTooBig(mtu=1280), wide.passes(0, 'PA', payload(500)), v6=True))
talk.passes(1, 'A')
