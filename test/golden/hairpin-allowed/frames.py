"""Neighbours behind one port: with hairpin they reach each other, without it they do not."""
from captures import *  # noqa: F403

first, second = '02:00:00:00:00:71', '02:00:00:00:00:72'


def udp(source, destination, host, peer, text):
    return ether(source, destination) / IP(src='10.0.0.%d' % host, dst='10.0.0.%d' % peer) / UDP(sport=5, dport=6) / text


# Unknown: to everybody, its own port too. From then on where it was heard.
out = udp(first, second, 71, 72, b'who are you')
send('vepa', out)
expect('vepa', out)
expect('plain', out)
back = udp(second, first, 72, 71, b'your neighbour')
send('vepa', back)
expect('vepa', back)
static = udp(first, '02:00:00:00:00:99', 71, 99, b'declared here')
send('vepa', static)
expect('vepa', static)
every = ether(first, BROADCAST) / IP(src='10.0.0.71', dst='10.0.0.255') / UDP(sport=5, dport=6) / b'to all'
send('vepa', every)
expect('vepa', every)
expect('plain', every)
send('vepa', udp(first, first, 71, 71, b'to myself'))
# The other port says nothing of hairpin.
third, fourth = '02:00:00:00:00:73', '02:00:00:00:00:74'
heard = udp(third, BROADCAST, 73, 255, b'here')
send('plain', heard)
expect('vepa', heard)
send('plain', udp(fourth, third, 74, 73, b'not this way'))
