"""Two hosts that open the same connection at once."""
from connections import *  # noqa: F403

talk = Tcp()
talk.passes(0, 'S')
talk.passes(1, 'S')
talk.passes(0, 'SA', seq=1000)
talk.passes(1, 'SA', seq=5000)
talk.passes(0, 'A')
talk.passes(1, 'PA', payload(50))
talk.passes(0, 'A')
# An answer to a SYN that nobody sent.
other = Tcp(sport=40000, seq=(1000, 5000))
other.dies(0, 'SA', seq=90000, ack=70000)
# Both ask; the client gives up before it hears so, and asks anew with another number: the answer to that one is the connection's.
anew = Tcp(sport=40001, dport=40000, seq=(1000, 5000))
anew.passes(0, 'S')
anew.passes(1, 'S')
anew.seq = [9000, 5000]
anew.passes(0, 'S')
anew.dies(1, 'SA', ack=1001)
anew.passes(1, 'SA')
anew.passes(0, 'A')
anew.passes(1, 'PA', payload(50))
