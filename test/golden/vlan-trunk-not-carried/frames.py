"""Trunks that get tags of no network of theirs, and none where they need one."""
from captures import *  # noqa: F403

inner = IP(src='10.0.0.9', dst='10.0.0.1') / UDP(sport=5, dport=6) / b'hi'
for trunk, number in (('router', 9), ('alone', 8)):
    for tags in (Dot1Q(vlan=300), Dot1Q(vlan=1), Dot1Q(vlan=4094), Dot1Q(vlan=4095), Dot1AD(vlan=100), Dot1AD(vlan=0),
                 Dot1Q(vlan=0) / Dot1Q(vlan=200), Dot1Q(vlan=0) / Dot1Q(vlan=0), Dot1Q(vlan=100) / Dot1Q(vlan=200),
                 Dot1Q(vlan=100) / Dot1Q(vlan=0), Dot1Q(vlan=200) / Dot1AD(vlan=100), Dot1Q(vlan=4095) / Dot1Q(vlan=100)):
        send(trunk, ether(number, 1) / tags / inner)
        send(trunk, ether(number, BROADCAST) / tags / inner)
# Without a native network, no tag is no network.
send('alone', ether(8, 1) / inner)
send('alone', ether(8, 1) / Dot1Q(vlan=0, prio=7) / inner)
send('alone', ether(8, BROADCAST) / inner)
# A tag that its frame ends in is no tag.
send('alone', (ether(8, 1) / Dot1Q(vlan=100)).build()[:17])
send('router', ether(9, 1) / Dot1Q(vlan=100) / Dot1Q(vlan=1) / Dot1Q(vlan=2) / Dot1Q(vlan=3) / inner)
