"""Datagrams that are answered, and those that nobody asked for."""
from connections import *  # noqa: F403

for v6 in (False, True):
    ask, answer = (1, 2, 4000, 53), (2, 1, 53, 4000)
    dies(udp(*answer, v6=v6))
    passes(udp(*ask, v6=v6))
    passes(udp(*answer, v6=v6))
    passes(udp(*answer, v6=v6))
    # Not to another port, and not from another.
    dies(udp(2, 1, 53, 4001, v6=v6))
    dies(udp(2, 1, 54, 4000, v6=v6))
    dies(udp(1, 2, 4000, 54, v6=v6))
    # Answered, it lives for longer than unanswered.
    wait(50_000)
    passes(udp(*answer, v6=v6))
    wait(61_000)
    dies(udp(*answer, v6=v6))
    passes(udp(*ask, v6=v6))
    wait(21_000)
    dies(udp(*answer, v6=v6))
