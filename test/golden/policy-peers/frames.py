"""Peers by labels, prefixes and networks."""
from connections import *  # noqa: F403

sees = {(1, False): (4,), (3, False): (1, 2, 4, 6), (1, True): (3, 4, 6), (3, True): (1, 4)}
for (host, v6), let_in in sees.items():
    for port in range(1, 8):
        frame = udp(host, 2, 4000 + port, port, v6=v6)
        passes(frame) if port in let_in else dies(frame)
