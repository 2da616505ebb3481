"""Tiers from the top, orders and names in them, the first match decides."""
from connections import *  # noqa: F403

for port in (15, 20, 24, 26, 29, 41, 101):
    passes(udp(1, 2, 4000, port))
for port in (1, 10, 14, 16, 19, 25, 30, 40, 100):
    dies(udp(1, 2, 4001, port))
# Policies of db say nothing of web, but what db sends.
passes(udp(2, 1, 4002, 10))
dies(udp(2, 1, 4002, 50))
dies(udp(2, 1, 4002, 25))
