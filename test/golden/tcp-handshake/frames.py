"""A TCP connection from its SYN to its last acknowledgement."""
from connections import *  # noqa: F403

for v6 in (False, True):
    talk = Tcp(v6=v6)
    talk.passes(0, 'S')
    talk.passes(1, 'SA')
    talk.passes(0, 'A')
    talk.passes(0, 'PA', payload(100))
    talk.passes(1, 'A')
    talk.passes(1, 'PA', payload(1000))
    talk.passes(0, 'A')
    talk.close()

# What begins no connection that is allowed.
Tcp(dport=81).dies(0, 'S')
Tcp(sport=80, dport=40001, client=2, server=1).dies(0, 'S')
Tcp(sport=40002).dies(0, 'SA')
Tcp(sport=40003).dies(0, 'FA')
Tcp(sport=40004).dies(0, 'R')
Tcp(sport=40005).dies(1, 'SA')
