"""Connections in scapy's words, for the frames.py of cases about their lives.

Host N has the MAC ending in N and the addresses 10.0.0.N and fd00::N, and sits behind the port that `names` says.
"""
from captures import *  # noqa: F403
from captures import (ICMP, IP, TCP, UDP, Ether, ICMPv6DestUnreach, IPv6, Raw, ether, expect, send)

names = {1: 'web', 2: 'db', 3: 'log'}


def ip(source, destination, v6=False, **more):
    if v6:
        return IPv6(src=f'fd00::{source}', dst=f'fd00::{destination}', **more)
    return IP(src=f'10.0.0.{source}', dst=f'10.0.0.{destination}', **more)


def between(source, destination, layers, v6=False, **more):
    """A frame from one host to another. What is sent is built once, so that what is expected is the same bytes."""
    return Ether(bytes(ether(source, destination) / ip(source, destination, v6, **more) / layers))


def passes(frame):
    """Sent by its sender, and got by its receiver as it is."""
    host = int(frame.src[-2:], 16)
    send(names[host], frame)
    expect(names[int(frame.dst[-2:], 16)], frame)
    return frame


def dies(frame):
    send(names[int(frame.src[-2:], 16)], frame)
    return frame


class Tcp:
    """A TCP connection as both ends see it: `seq` is what an end sends next, and what the other acknowledges."""

    def __init__(self, client=1, server=2, sport=40000, dport=80, seq=(1000, 5000), window=8192, v6=False):
        self.hosts, self.ports, self.seq, self.window, self.v6 = (client, server), (sport, dport), list(seq), window, v6

    def frame(self, side, flags, data=b'', seq=None, ack=None, advance=True, **more):
        """From the client (0) or the server (1), at their numbers unless others are said."""
        other = side ^ 1
        number = self.seq[side] if seq is None else seq % 2**32
        facts = dict(window=self.window)
        facts.update(more)
        if 'A' in flags:
            facts['ack'] = self.seq[other] if ack is None else ack % 2**32
        segment = TCP(sport=self.ports[side], dport=self.ports[other], flags=flags, seq=number, **facts)
        if seq is None and advance:
            self.seq[side] = (number + len(data) + ('S' in flags) + ('F' in flags)) % 2**32
        layers = segment / Raw(data) if data else segment
        return between(self.hosts[side], self.hosts[other], layers, self.v6)

    def passes(self, *args, **more):
        return passes(self.frame(*args, **more))

    def dies(self, *args, **more):
        more.setdefault('advance', False)
        return dies(self.frame(*args, **more))

    def open(self, options=((), ())):
        self.passes(0, 'S', options=list(options[0]))
        self.passes(1, 'SA', options=list(options[1]))
        self.passes(0, 'A')
        return self

    def close(self):
        self.passes(0, 'FA')
        self.passes(1, 'FA')
        self.passes(0, 'A')
        return self


def udp(source, destination, sport, dport, data=b'x', v6=False, **more):
    return between(source, destination, UDP(sport=sport, dport=dport) / Raw(data), v6, **more)


def reset_for(frame):
    """What a host without such a connection says to a segment (RFC 9293, 3.10.7.1)."""
    parsed = Ether(bytes(frame))
    tcp = parsed[TCP]
    if 'A' in tcp.flags:
        answer = TCP(sport=tcp.dport, dport=tcp.sport, flags='R', seq=tcp.ack, window=0)
    else:
        length = len(bytes(tcp.payload)) + ('S' in tcp.flags) + ('F' in tcp.flags)
        answer = TCP(sport=tcp.dport, dport=tcp.sport, flags='RA', seq=0, ack=tcp.seq + length, window=0)
    layer = IPv6(src=parsed[IPv6].dst, dst=parsed[IPv6].src) if parsed.haslayer(IPv6) else IP(src=parsed[IP].dst, dst=parsed[IP].src, id=0, flags='DF')
    return Ether(src=parsed.dst, dst=parsed.src) / layer / answer


def prohibited(frame):
    """That a filter forbids it: RFC 1812, 5.2.7.1, and RFC 4443, 3.1."""
    parsed = Ether(bytes(frame))
    answer = Ether(src=parsed.dst, dst=parsed.src)
    if parsed.haslayer(IPv6):
        return answer / IPv6(src=parsed[IPv6].dst, dst=parsed[IPv6].src) / ICMPv6DestUnreach(code=1) / bytes(parsed[IPv6])[:1232]
    return answer / IP(src=parsed[IP].dst, dst=parsed[IP].src, id=0, flags='DF', tos=0xc0) / ICMP(type=3, code=13) / bytes(parsed[IP])[:548]
