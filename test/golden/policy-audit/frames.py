"""A policy on trial decides nothing."""
from connections import *  # noqa: F403

passes(udp(1, 2, 4000, 9))
dies(udp(1, 2, 4000, 10))
passes(udp(1, 2, 4000, 11))
