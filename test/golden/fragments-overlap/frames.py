"""Fragments that say the same bytes twice."""
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

def piece(identification, at, part, more=True):
    return Ether(bytes(ether(1, 2) / IP(src='10.0.0.1', dst='10.0.0.2', id=identification, proto=17, flags='MF' if more else 0, frag=at // 8) / Raw(part)))
whole = bytes(datagram())
# The second covers bytes of the first: it, and whatever follows, is nobody's (RFC 1858, RFC 5722).
passes(piece(1, 0, whole[:400]))
dies(piece(1, 392, whole[392:800]))
dies(piece(1, 800, whole[800:], False))
# Another header over the first one's.
passes(piece(2, 0, whole[:400]))
dies(piece(2, 0, bytes(datagram(dport=54))[:400][:392]))
dies(piece(2, 400, whole[400:], False))
# The very same again is a duplicate, and dies alone.
passes(piece(3, 0, whole[:400]))
dies(piece(3, 0, whole[:400]))
passes(piece(3, 400, whole[400:], False))
# While it waits, too.
dies(piece(4, 400, whole[400:800]))
dies(piece(4, 792, whole[792:], False))
dies(piece(4, 0, whole[:400]))
# Another end, by a byte only, is no duplicate.
passes(piece(5, 0, whole[:400]))
passes(piece(5, 800, whole[800:-3], False))
dies(piece(5, 800, whole[800:-2], False))
dies(piece(5, 400, whole[400:800]))
