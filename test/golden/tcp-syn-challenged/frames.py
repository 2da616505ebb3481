"""A host that crashed opens the connection that its peer still has."""
from connections import *  # noqa: F403

talk = Tcp(seq=(1000, 5000)).open()
talk.passes(0, 'PA', payload(100))
talk.passes(1, 'A')
server_next, server_wants = talk.seq[1], talk.seq[0]
wait(1000)
# It knows nothing any more, the peer answers where it is, and is told that this is over (RFC 9293, figure 9).
talk.passes(0, 'S', seq=400_000)
talk.passes(1, 'A', seq=server_next, ack=server_wants)
talk.passes(0, 'R', seq=server_wants)
wait(1000)
anew = Tcp(seq=(400_000, 90_000)).open()
anew.passes(1, 'PA', payload(10))

# A SYN in the name of the client is challenged too, and the client says that all is well.
calm = Tcp(sport=40001).open()
calm.passes(0, 'S', seq=2_000_000)
calm.passes(1, 'A')
calm.passes(0, 'A')
calm.passes(0, 'PA', payload(10))
calm.passes(1, 'A')
