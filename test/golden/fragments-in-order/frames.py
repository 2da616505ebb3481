"""Fragments follow their first one."""
from connections import *  # noqa: F403

def pieces(layer, sizes, identification=7, host=1, other=2, proto=17):
    # The datagram behind its IP header, cut at these sizes.
    whole, cut, at = bytes(layer), [], 0
    for index, size in enumerate(sizes):
        last = index == len(sizes) - 1
        part = whole[at:] if last else whole[at:at + size]
        cut.append(Ether(bytes(ether(host, other) / IP(src=f'10.0.0.{host}', dst=f'10.0.0.{other}', id=identification, proto=proto,
                                                      flags=0 if last else 'MF', frag=at // 8) / Raw(part))))
        at += len(part)
    return cut
def datagram(sport=4000, dport=53, size=1000):
    # Its checksum is of the whole, which no fragment shows.
    return Ether(bytes(udp(1, 2, sport, dport, payload(size))))[UDP]

for piece in pieces(datagram(), (400, 400, 0)):
    passes(piece)
# Denied, all of it.
for piece in pieces(datagram(dport=54), (400, 400, 0), 8):
    dies(piece)
# A reply in fragments, and fragments that nobody asked for.
answer = bytes(Ether(bytes(udp(2, 1, 53, 4000, payload(900))))[UDP])
for piece in pieces(Raw(answer), (400, 0), 9, 2, 1):
    passes(piece)
other = bytes(Ether(bytes(udp(2, 1, 53, 4001, payload(900))))[UDP])
for piece in pieces(Raw(other), (400, 0), 10, 2, 1):
    dies(piece)
# A whole datagram, then the same name again.
for piece in pieces(datagram(dport=54), (400, 400, 0), 7):
    dies(piece)
# What begins no connection, and its rest, though rules would let it in.
stray = Ether(bytes(between(1, 2, TCP(sport=4002, dport=80, flags='R', seq=5) / Raw(payload(900)))))[TCP]
for piece in pieces(stray, (400, 0), 11, proto=6):
    dies(piece)
