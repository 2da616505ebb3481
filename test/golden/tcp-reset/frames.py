"""Resets: the exact one ends a connection, one in the window puts it in doubt, others die."""
from connections import *  # noqa: F403

# Out of window, from either side, and with numbers that are nobody's.
talk = Tcp(sport=40000).open()
talk.passes(0, 'PA', payload(100))
talk.passes(1, 'A')
talk.dies(1, 'R', seq=5001 + 20000)
talk.dies(0, 'R', seq=1101 - 9000)
talk.dies(0, 'RA', seq=7, ack=5001)
talk.passes(1, 'PA', payload(10))
talk.passes(0, 'A')

# In the window, but not exact: its receiver answers with a challenge, and the connection lives (RFC 5961, 3.2).
talk.passes(1, 'R', seq=talk.seq[1] + 100, advance=False)
talk.passes(0, 'A')
wait(15_000)
talk.passes(1, 'PA', payload(10))
talk.passes(0, 'A')

# In doubt, and nobody says otherwise: it is over after a while.
lost = Tcp(sport=40001).open()
lost.passes(1, 'R', seq=lost.seq[1] + 100, advance=False)
wait(15_000)
lost.dies(1, 'PA', payload(10))

# Exact: it is over, and forgotten soon after.
ended = Tcp(sport=40002).open()
ended.passes(0, 'RA')
wait(15_000)
ended.dies(1, 'PA', payload(10))
ended.dies(0, 'PA', payload(10))

# A SYN that is refused.
refused = Tcp(sport=40003)
refused.passes(0, 'S')
refused.dies(1, 'RA', seq=0, ack=1000)
refused.passes(1, 'RA', seq=0, ack=1001)
wait(15_000)
refused.dies(1, 'SA')

# In a wide window there are numbers whose lower half is the exact one's: the connection is there yet, and so a SYN opens nothing.
wide = Tcp(sport=40004, window=2000).open(options=([('WScale', 7)], [('WScale', 7)]))
wide.passes(1, 'A')
wide.passes(1, 'R', seq=wide.seq[1] + 65_536, advance=False)
wide.passes(0, 'S', seq=90_000)
wide.dies(1, 'SA', seq=70_000, ack=90_001)
