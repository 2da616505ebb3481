"""Fragments that go to somebody else than their first one."""
from connections import *  # noqa: F403

def piece(identification, at, part, more=True, to=2, proto=17):
    return Ether(bytes(ether(1, to) / IP(src='10.0.0.1', dst='10.0.0.2', id=identification, proto=proto, flags='MF' if more else 0, frag=at // 8) / Raw(part)))
whole = bytes(Ether(bytes(udp(1, 2, 4000, 53, payload(1000))))[UDP])
everybody = 'ff:ff:ff:ff:ff:ff'
# db may be asked; log, to whose MAC the second goes, may not.
passes(piece(1, 0, whole[:400]))
dies(piece(1, 400, whole[400:800], to=3))
passes(piece(1, 800, whole[800:], False))
# The one that goes astray waits for the first one.
dies(piece(2, 400, whole[400:800], to=3))
passes(piece(2, 0, whole[:400]))
