"""IPv6 fragments, in any order."""
from connections import *  # noqa: F403

from scapy.layers.inet6 import IPv6ExtHdrFragment

def pieces(layer, sizes, identification, next_header=17):
    whole, cut, at = bytes(layer), [], 0
    for index, size in enumerate(sizes):
        last = index == len(sizes) - 1
        part = whole[at:] if last else whole[at:at + size]
        cut.append(Ether(bytes(ether(1, 2) / IPv6(src='fd00::1', dst='fd00::2') /
                               IPv6ExtHdrFragment(nh=next_header, offset=at // 8, m=0 if last else 1, id=identification) / Raw(part))))
        at += len(part)
    return cut
def datagram(dport=53):
    return Ether(bytes(udp(1, 2, 4000, dport, payload(1000), v6=True)))[UDP]
for piece in pieces(datagram(), (400, 400, 0), 1):
    passes(piece)
cut = pieces(datagram(), (400, 400, 0), 2)
for index in (2, 1, 0):
    send('web', cut[index])
for index in (0, 2, 1):
    expect('db', cut[index])
for piece in pieces(datagram(54), (400, 400, 0), 3):
    dies(piece)
# An atomic fragment is a whole datagram (RFC 6946).
passes(pieces(datagram(), (0,), 4)[0])
dies(pieces(datagram(54), (0,), 5)[0])
# Overlapping, everything after it dies (RFC 5722).
cut = pieces(datagram(), (400, 400, 0), 6)
passes(cut[0])
dies(pieces(datagram(), (392, 400, 0), 6)[1])
dies(cut[2])
