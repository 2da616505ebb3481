"""Fragments whose first one does not come."""
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

cut = pieces(datagram(), (400, 400, 0), 5)
dies(cut[1])
dies(cut[2])
wait(31_000)
# Its first one comes too late for them.
passes(cut[0])
wait(31_000)
# And what follows so late is of nothing that is known.
dies(cut[1])
wait(31_000)
passes(udp(1, 2, 4000, 53))
