"""The host's own address, which a NetworkPolicy lets in."""
from connections import *  # noqa: F403

dies(udp(1, 2, 4000, 9))
passes(udp(3, 2, 4000, 9))
passes(udp(2, 3, 9, 4000))
passes(udp(2, 1, 4001, 9))
passes(udp(1, 2, 9, 4001))
