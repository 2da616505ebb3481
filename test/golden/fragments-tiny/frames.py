"""Fragments that hide the transport header."""
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

def tcp_piece(at, part, more=True, identification=1):
    return Ether(bytes(ether(1, 2) / IP(src='10.0.0.1', dst='10.0.0.2', id=identification, proto=6, flags='MF' if more else 0, frag=at // 8) / Raw(part)))
segment = bytes(Tcp().frame(0, 'S')[TCP])
dies(tcp_piece(0, segment[:8]))
dies(tcp_piece(0, segment[:16], identification=2))
# Begins inside the header (RFC 3128).
dies(tcp_piece(8, segment[8:], False, identification=3))
# Of nothing, and one that ends where the next cannot begin.
dies(tcp_piece(800, b'', identification=4))
dies(tcp_piece(0, segment + payload(7), identification=5))
