"""With tcpLoose: false only a SYN begins a connection."""
from connections import *  # noqa: F403

talk = Tcp(seq=(70_000, 90_000))
talk.dies(0, 'PA', payload(100))
talk.dies(1, 'PA', payload(100))
talk.open()
