"""Fragments that come before their first one."""
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

for order in ((1, 0, 2), (2, 1, 0), (2, 0, 1), (0, 2, 1)):
    number = 20 + order[0] * 9 + order[1] * 3
    cut = pieces(datagram(), (400, 400, 0), number)
    for index in order:
        send('web', cut[index])
    # What waited leaves behind the first, in the order in which it came.
    first = order.index(0)
    for index in (0,) + order[:first] + order[first + 1:]:
        expect('db', cut[index])
# Waited, and then denied with it.
cut = pieces(datagram(dport=54), (400, 400, 0), 70)
for index in (2, 1, 0):
    dies(cut[index])
