"""Sequence numbers that begin anew at zero."""
from connections import *  # noqa: F403

talk = Tcp(seq=(2**32 - 300, 2**32 - 50)).open()
for _ in range(6):
    talk.passes(0, 'PA', payload(100))
    talk.passes(1, 'A')
    talk.passes(1, 'PA', payload(20))
    talk.passes(0, 'A')
talk.dies(0, 'PA', payload(10), seq=talk.seq[0] + 30_000)
talk.dies(1, 'R', seq=talk.seq[1] - 30_000)
talk.close()
