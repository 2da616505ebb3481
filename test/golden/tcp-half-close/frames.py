"""One end has closed, the other goes on for long."""
from connections import *  # noqa: F403

talk = Tcp().open()
talk.passes(0, 'FA')
talk.passes(1, 'A')
for _ in range(4):
    wait(50_000)
    talk.passes(1, 'PA', payload(500))
    talk.passes(0, 'A')
talk.passes(1, 'FA')
talk.passes(0, 'A')

# Silent for longer than a half-closed connection is kept.
silent = Tcp(sport=40001).open()
silent.passes(0, 'FA')
silent.passes(1, 'A')
wait(61_000)
silent.dies(1, 'PA', payload(500))
