"""A connection that was there before the switch."""
from connections import *  # noqa: F403

talk = Tcp(seq=(70_000, 90_000))
talk.passes(0, 'PA', payload(100))
talk.passes(1, 'A')
talk.passes(1, 'PA', payload(100))
talk.passes(0, 'A')
talk.close()
# Where the server is heard first, its port tells who opened the connection.
pushed = Tcp(sport=40002)
pushed.passes(1, 'PA', payload(100))
pushed.passes(0, 'A')
# Not by whoever may not open it, and not by a reset; the last that an end has to say is as good as any.
Tcp(sport=20001).dies(1, 'PA', payload(100))
other = Tcp(sport=40001)
other.dies(0, 'R')
other.dies(0, 'FPU')
other.passes(0, 'FA')
other.passes(1, 'A')
