"""Fragments of conversations that were forgotten, and a change of rules."""
from connections import *  # noqa: F403


def pieces(dport, identification):
    whole, cut = bytes(Ether(bytes(udp(1, 2, 4000, dport, payload(1000))))[UDP]), []
    for start, end in ((0, 400), (400, 800), (800, len(whole))):
        cut.append(Ether(bytes(ether(1, 2) / IP(src='10.0.0.1', dst='10.0.0.2', id=identification, proto=17,
                                                flags='MF' if end < len(whole) else 0, frag=start // 8) / Raw(whole[start:end]))))
    return cut


gone, stays = pieces(53, 7), pieces(54, 8)
passes(gone[0])
passes(stays[0])
wait(6000)
# Forgotten, and might begin anew.
passes(gone[1])
passes(stays[1])
wait(6000)
# And now only the one might.
dies(gone[2])
passes(stays[2])
