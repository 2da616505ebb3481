"""Echoes that are answered, and answers that nobody asked for."""
from connections import *  # noqa: F403

from scapy.layers.inet6 import ICMPv6EchoReply, ICMPv6EchoRequest

def ask(number, sequence=1, host=1, other=2):
    return between(host, other, ICMP(type=8, id=number, seq=sequence) / Raw(payload(20)))
def answer(number, sequence=1):
    return between(2, 1, ICMP(type=0, id=number, seq=sequence) / Raw(payload(20)))
dies(answer(7))
passes(ask(7))
passes(answer(7))
passes(ask(7, 2))
passes(answer(7, 2))
dies(answer(8))
dies(ask(9, host=2, other=1))
# Other messages are no echoes, and no rule allows them.
dies(between(1, 2, ICMP(type=13, ts_ori=1, ts_rx=0, ts_tx=0)))
wait(31_000)
dies(answer(7))

def ask6(number):
    return between(1, 2, ICMPv6EchoRequest(id=number, seq=1, data=payload(20)), v6=True)
def answer6(number):
    return between(2, 1, ICMPv6EchoReply(id=number, seq=1, data=payload(20)), v6=True)
dies(answer6(7))
passes(ask6(7))
passes(answer6(7))
dies(answer6(8))
