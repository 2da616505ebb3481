"""Hosts of two networks, and a trunk that carries both with their tags."""
from captures import *  # noqa: F403

def say(source, destination, text=b'hi'):
    return ether(source, destination) / IP(src='10.0.0.%d' % source, dst='10.0.0.9') / UDP(sport=5, dport=6) / text


for port, vlan in (('web', 100), ('shop', 200)):
    send(port, say(1, 9))
    expect('uplink', tagged(say(1, 9), vlan))
    # Nobody declared this MAC, so it is looked for where it may be: behind the trunk.
    send(port, say(1, 0x77))
    expect('uplink', tagged(say(1, 0x77), vlan))
# The trunk stands between two access ports in the flood: each gets its own form of the one frame.
send('web', say(1, BROADCAST))
expect('db', say(1, BROADCAST))
expect('uplink', tagged(say(1, BROADCAST), 100))
expect('zed', say(1, BROADCAST))
send('shop', say(1, BROADCAST))
expect('uplink', tagged(say(1, BROADCAST), 200))
for prio, dei in ((5, 0), (7, 1), (0, 1)):
    send('web', tagged(say(1, 9), 0, prio, dei))
    expect('uplink', tagged(say(1, 9), 100, prio, dei))
    send('web', tagged(say(1, BROADCAST), 0, prio, dei))
    expect('db', say(1, BROADCAST))
    expect('uplink', tagged(say(1, BROADCAST), 100, prio, dei))
    expect('zed', say(1, BROADCAST))
    send('web', tagged(say(1, 3), 0, prio, dei))
    expect('zed', say(1, 3))
# ARP and IPv6 like IPv4; what a tag puts on is scapy's own tag.
ask = ether(1, BROADCAST) / ARP(op=1, hwsrc=mac(1), psrc='10.0.0.1', pdst='10.0.0.77')
send('shop', ask)
expect('uplink', ether(1, BROADCAST) / Dot1Q(vlan=200) / ask[ARP])
six = IPv6(src='fd00::1', dst='fd00::9') / UDP(sport=5, dport=6) / b'six'
send('web', ether(1, 9) / six)
expect('uplink', ether(1, 9) / Dot1Q(vlan=100) / six)
