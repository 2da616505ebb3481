"""Connections that a change allows no more, or still."""
from connections import *  # noqa: F403

gone, stays, replies = Tcp().open(), Tcp(dport=81).open(), Tcp(sport=40001).open()
passes(udp(1, 2, 4000, 80))
passes(udp(2, 1, 80, 4000))
passes(udp(1, 2, 4000, 81))
wait(1000)
# Whichever side speaks next.
gone.dies(0, 'PA', payload(10))
replies.dies(1, 'PA', payload(10))
gone.dies(1, 'PA', payload(10))
dies(udp(2, 1, 80, 4000))
dies(udp(1, 2, 4000, 80))
stays.passes(1, 'PA', payload(10))
stays.passes(0, 'PA', payload(10))
passes(udp(2, 1, 81, 4000))
Tcp(sport=40002).dies(0, 'S')
