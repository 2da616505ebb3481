"""A network that carries the tags of its hosts, on access ports and a trunk."""
from captures import *  # noqa: F403

inner = IP(src='10.0.0.1', dst='10.0.0.2') / UDP(sport=5, dport=6) / b'hi'
for tags in (Dot1Q(vlan=5), Dot1Q(vlan=200, prio=3), Dot1AD(vlan=7), Dot1AD(vlan=7) / Dot1Q(vlan=8, prio=6, id=1), Dot1Q(vlan=5) / Dot1Q(vlan=0)):
    send('east', ether(1, 2) / tags / inner)
    expect('west', ether(1, 2) / tags / inner)
    send('east', ether(1, 9) / tags / inner)
    expect('uplink', tagged(ether(1, 9) / tags / inner, 100))
    send('uplink', tagged(ether(9, 1) / tags / inner, 100, 5))
    expect('east', ether(9, 1) / tags / inner)
    send('uplink', tagged(ether(9, 3) / tags / inner, 200))
send('east', ether(1, BROADCAST) / Dot1Q(vlan=5) / inner)
expect('house', ether(1, BROADCAST) / Dot1Q(vlan=5) / inner)
expect('uplink', tagged(ether(1, BROADCAST) / Dot1Q(vlan=5) / inner, 100))
expect('west', ether(1, BROADCAST) / Dot1Q(vlan=5) / inner)
# A priority tag comes off, and what it said goes into the tag that is put on; the rest is payload.
send('east', ether(1, 9) / Dot1Q(vlan=0, prio=4) / Dot1Q(vlan=5) / inner)
expect('uplink', tagged(ether(1, 9) / Dot1Q(vlan=5) / inner, 100, 4))
send('east', ether(1, 2) / Dot1Q(vlan=0) / Dot1Q(vlan=0) / inner)
send('uplink', tagged(ether(9, 1) / Dot1AD(vlan=0) / inner, 100))
send('east', ether(1, 2) / Dot1Q(vlan=5) / Dot1Q(vlan=6) / Dot1Q(vlan=7) / inner)
send('plain', ether(3, 9) / Dot1Q(vlan=5) / inner)
# Full-sized packets behind two tags of their own.
full = IP(src='10.0.0.1', dst='10.0.0.2') / UDP(sport=5, dport=6) / payload(1472)
send('east', ether(1, 9) / Dot1Q(vlan=5) / Dot1Q(vlan=6) / full)
expect('uplink', tagged(ether(1, 9) / Dot1Q(vlan=5) / Dot1Q(vlan=6) / full, 100))
# One byte more dies, and nobody is told: whoever sent it listens behind its own tag.
big = IP(src='10.0.0.1', dst='10.0.0.2', flags='DF') / UDP(sport=5, dport=6) / payload(1473)
send('east', ether(1, 9) / Dot1Q(vlan=5) / big)
# ARP behind a tag is not ours to answer; without one it is.
ask = ARP(op=1, hwsrc=mac(1), psrc='10.0.0.1', pdst='10.0.0.2')
send('east', ether(1, 2) / Dot1Q(vlan=5) / ask)
expect('west', ether(1, 2) / Dot1Q(vlan=5) / ask)
send('east', ether(1, BROADCAST) / ask)
expect('east', ether(2, 1) / ARP(op=2, hwsrc=mac(2), psrc='10.0.0.2', hwdst=mac(1), pdst='10.0.0.1'))
# A tag hides nothing from anti-spoof.
send('house', ether(4, 2) / Dot1Q(vlan=5) / inner)
send('house', ether(4, 2) / Dot1Q(vlan=5) / IP(src='10.0.0.4', dst='10.0.0.2') / UDP(sport=5, dport=6) / b'own')
expect('west', ether(4, 2) / Dot1Q(vlan=5) / IP(src='10.0.0.4', dst='10.0.0.2') / UDP(sport=5, dport=6) / b'own')
