"""A port that is used again after a connection has ended."""
from connections import *  # noqa: F403

# Both have closed, and a greater number opens anew (RFC 9293, 3.6.1).
talk = Tcp(seq=(1000, 5000)).open().close()
wait(1000)
again = Tcp(seq=(500_000, 800_000)).open()
again.passes(0, 'PA', payload(10))
again.passes(1, 'A')

# A smaller one may be an old duplicate: its receiver answers, and the sender who meant it resets and tries again.
old = Tcp(sport=40001, seq=(1_000_000, 5000)).open().close()
old.passes(0, 'S', seq=1000)
old.passes(1, 'A')
old.passes(0, 'R', seq=old.seq[0])
wait(1000)
Tcp(sport=40001, seq=(1000, 70_000)).open().passes(1, 'PA', payload(10))

# TIME-WAIT is over: what comes now is a connection like any other.
late = Tcp(sport=40002, seq=(1_000_000, 5000)).open().close()
wait(121_000)
late.dies(1, 'PA', payload(10))
Tcp(sport=40002, seq=(1000, 70_000)).open()

# The other end has no right to open it.
ended = Tcp(sport=40003).open().close()
Tcp(client=2, server=1, sport=80, dport=40003, seq=(900_000, 1)).dies(0, 'S')
