"""A trunk sends tagged frames to hosts of two networks, and to another trunk."""
from captures import *  # noqa: F403

def say(source, destination, text=b'hi'):
    return ether(source, destination) / IP(src='10.0.0.9', dst='10.0.0.1') / UDP(sport=5, dport=6) / text


# web and shop have the same MAC and addresses.
for vlan, host in ((100, 'web'), (200, 'shop')):
    send('uplink', tagged(say(9, 1), vlan))
    expect(host, say(9, 1))
send('uplink', tagged(say(9, BROADCAST), 100, 3))
expect('db', say(9, BROADCAST))
expect('far', tagged(say(9, BROADCAST), 100, 3))
expect('web', say(9, BROADCAST))
send('uplink', tagged(say(9, BROADCAST), 200, 6, 1))
expect('far', tagged(say(9, BROADCAST), 200, 6, 1))
expect('shop', say(9, BROADCAST))
for prio in range(8):
    send('uplink', tagged(say(9, 8), 100, prio))
    expect('far', tagged(say(9, 8), 100, prio))
# A stranger is heard behind uplink in one VLAN and behind far in the other.
send('uplink', tagged(say(0x77, 1), 100))
expect('web', say(0x77, 1))
send('far', tagged(say(0x77, 1), 200))
expect('shop', say(0x77, 1))
back = ether(1, 0x77) / IP(src='10.0.0.1', dst='10.0.0.77') / UDP(sport=6, dport=5) / b'back'
send('web', back)
expect('uplink', tagged(back, 100))
send('shop', back)
expect('far', tagged(back, 200))
# A trunk is one port in each network: what is behind it is not sent back, in neither VLAN.
send('uplink', tagged(say(9, 0x77), 100))
send('far', tagged(say(8, 0x77), 200))
# The switch answers with the asker's tag.
ask = ether(9, BROADCAST) / ARP(op=1, hwsrc=mac(9), psrc='10.0.0.9', pdst='10.0.0.2')
send('uplink', tagged(ask, 100, 5))
expect('uplink', tagged(ether(2, 9) / ARP(op=2, hwsrc=mac(2), psrc='10.0.0.2', hwdst=mac(9), pdst='10.0.0.9'), 100, 5))
# Nobody in prod has that address.
send('uplink', tagged(ask, 200))
expect('far', tagged(ask, 200))
expect('shop', ask)
