"""ICMP errors about connections that are there."""
from connections import *  # noqa: F403

from scapy.layers.inet6 import ICMPv6DestUnreach, ICMPv6EchoRequest, ICMPv6PacketTooBig, ICMPv6TimeExceeded

def error(host, other, what, about, most=None, v6=False):
    quoted = bytes(Ether(bytes(about))[IPv6 if v6 else IP])
    return between(host, other, what / Raw(quoted[:most]), v6)
ask = passes(udp(1, 2, 4000, 53))
passes(error(2, 1, ICMP(type=3, code=3), ask))
passes(error(2, 1, ICMP(type=11, code=0), ask, 28))
passes(error(2, 1, ICMP(type=3, code=4, nexthopmtu=1400), ask))
# About a reply, from who got it.
reply = passes(udp(2, 1, 53, 4000))
passes(error(1, 2, ICMP(type=3, code=3), reply))
ask = passes(udp(1, 2, 4000, 53, v6=True))
passes(error(2, 1, ICMPv6DestUnreach(code=4), ask, v6=True))
passes(error(2, 1, ICMPv6PacketTooBig(mtu=1280), ask, v6=True))
passes(error(2, 1, ICMPv6TimeExceeded(), ask, v6=True))

talk = Tcp().open()
data = talk.passes(0, 'PA', payload(500))
passes(error(2, 1, ICMP(type=3, code=4, nexthopmtu=1400), data, 28))
syn = Tcp(sport=40001, v6=True).passes(0, 'S')
passes(error(2, 1, ICMPv6DestUnreach(code=1), syn, v6=True))
ping = passes(between(1, 2, ICMP(type=8, id=7) / Raw(payload(20))))
passes(error(2, 1, ICMP(type=3, code=1), ping))
# No error ends anything.
talk.passes(1, 'A')
talk.passes(1, 'PA', payload(20))
