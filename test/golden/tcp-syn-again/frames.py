"""A SYN and its answer, sent again."""
from connections import *  # noqa: F403

talk = Tcp()
talk.passes(0, 'S', advance=False)
wait(1000)
talk.passes(0, 'S')
talk.passes(1, 'SA', advance=False)
wait(1000)
talk.passes(0, 'S', seq=1000)
talk.passes(1, 'SA')
talk.passes(0, 'A')
talk.passes(1, 'SA', seq=5000)
talk.passes(0, 'A')
talk.passes(0, 'PA', payload(10))

# Another number: it never was answered, so it begins anew (a host that gave up and tries again).
other = Tcp(sport=40001)
other.passes(0, 'S')
anew = Tcp(sport=40001, seq=(700_000, 5000)).open()
anew.passes(0, 'PA', payload(10))
# An answer to the SYN of before.
forged = Tcp(sport=40002)
forged.passes(0, 'S')
forged.dies(1, 'SA', ack=999)
forged.dies(1, 'SA', ack=1002)
