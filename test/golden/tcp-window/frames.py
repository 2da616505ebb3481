"""Segments in the window, at its edge and beyond."""
from connections import *  # noqa: F403

talk = Tcp(window=1000).open()
# As much as was offered; a byte beyond it may be a probe.
talk.passes(0, 'A', payload(1000))
talk.dies(0, 'A', payload(600), seq=1001 + 1000 + 500)
# What came before comes again.
talk.passes(0, 'A', payload(500), seq=1001)
talk.passes(1, 'A')
# Acknowledges what nobody sent, and what was long ago.
talk.dies(1, 'A', ack=1001 + 50_000)
talk.dies(1, 'A', ack=1001 - 70_000)
# Older than any window.
talk.dies(0, 'A', payload(10), seq=talk.seq[0] - 5000)
talk.passes(0, 'A', payload(1000))
talk.passes(1, 'A')

# Scaled by what both offered (RFC 7323): 1000 << 7.
wide = Tcp(sport=40001, window=1000).open(options=([('WScale', 7)], [('WScale', 7)]))
wide.passes(1, 'A')
wide.passes(0, 'A', payload(1400), seq=1001 + 100_000, advance=False)
wide.dies(0, 'A', payload(1400), seq=1001 + 140_000, advance=False)
# Offered by one alone: not scaled.
half = Tcp(sport=40002, window=1000).open(options=([('WScale', 7)], []))
half.passes(1, 'A')
half.dies(0, 'A', payload(1400), seq=1001 + 100_000, advance=False)
half.dies(1, 'A', payload(1400), seq=5001 + 100_000, advance=False)
half.passes(1, 'A', payload(900))
