"""Names of ports, which each receiver gives to its own."""
from connections import *  # noqa: F403

for host, port, is_let_in in ((2, 8080, True), (2, 80, False), (3, 80, True), (3, 8080, False), (2, 22, True), (1, 80, False), (3, 81, False)):
    talk = Tcp(client=1 if host != 1 else 2, server=host, dport=port, sport=41000 + host)
    talk.passes(0, 'S') if is_let_in else talk.dies(0, 'S')
dies(udp(1, 3, 4000, 81))
