"""A trunk under anti-spoof with an address in each of its networks."""
from captures import *  # noqa: F403

def say(source, destination, of=9, to=0):
    return ether(of, to) / IP(src=source, dst=destination) / UDP(sport=5, dport=6) / b'hi'


send('router', say('10.0.0.9', '10.0.0.1', to=1))
expect('web', say('10.0.0.9', '10.0.0.1', to=1))
send('router', tagged(say('10.0.1.9', '10.0.1.2', to=2), 200))
expect('shop', say('10.0.1.9', '10.0.1.2', to=2))
# Each address in the other network is spoofed.
send('router', say('10.0.1.9', '10.0.0.1', to=1))
send('router', tagged(say('10.0.1.9', '10.0.0.1', to=1), 100))
send('router', tagged(say('10.0.0.9', '10.0.1.2', to=2), 200))
send('router', tagged(say('10.0.1.9', '10.0.1.2', of=8, to=2), 200))
local = IPv6(src='fe80::ff:fe00:9', dst='fd00:1::2') / UDP(sport=5, dport=6) / b'six'
send('router', tagged(ether(9, 2) / local, 200))
expect('shop', ether(9, 2) / local)
six = IPv6(src='fd00:1::9', dst='fd00:1::2') / UDP(sport=5, dport=6) / b'six'
send('router', tagged(ether(9, 2) / six, 200))
expect('shop', ether(9, 2) / six)
send('router', ether(9, 1) / six)
# Neighbours: asked for in its network it is answered for, elsewhere the question goes round.
def ask(number, source, wanted):
    return ether(number, BROADCAST) / ARP(op=1, hwsrc=mac(number), psrc=source, pdst=wanted)


send('shop', ask(2, '10.0.1.2', '10.0.1.9'))
expect('shop', ether(9, 2) / ARP(op=2, hwsrc=mac(9), psrc='10.0.1.9', hwdst=mac(2), pdst='10.0.1.2'))
send('web', ask(1, '10.0.0.1', '10.0.1.9'))
expect('router', ask(1, '10.0.0.1', '10.0.1.9'))
send('router', tagged(ask(9, '10.0.1.9', '10.0.1.2'), 200))
expect('router', tagged(ether(2, 9) / ARP(op=2, hwsrc=mac(2), psrc='10.0.1.2', hwdst=mac(9), pdst='10.0.1.9'), 200))
send('router', tagged(ask(9, '10.0.0.9', '10.0.1.2'), 200))
send('router', ask(9, '10.0.1.9', '10.0.0.1'))
