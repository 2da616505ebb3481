"""Connections that a change leaves alone."""
from connections import *  # noqa: F403

talk = Tcp().open()
passes(udp(1, 2, 4000, 80))
wait(1000)
talk.passes(1, 'PA', payload(10))
talk.passes(0, 'PA', payload(10))
passes(udp(2, 1, 80, 4000))
# What begins now is judged as it is now.
Tcp(sport=40002).dies(0, 'S')
dies(udp(1, 2, 4001, 80))
talk.close()
