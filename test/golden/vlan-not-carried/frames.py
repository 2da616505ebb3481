"""A container that sends tagged frames."""
from captures import *  # noqa: F403

inner = IP(src='10.0.0.1', dst='10.0.0.2') / UDP(sport=5, dport=6) / b'hi'
for tags in (Dot1Q(vlan=1), Dot1Q(vlan=100), Dot1Q(vlan=4095), Dot1Q(vlan=0) / Dot1Q(vlan=0), Dot1Q(vlan=0) / Dot1Q(vlan=5), Dot1Q(vlan=5) / Dot1Q(vlan=0), Dot1AD(vlan=0), Dot1AD(vlan=7) / Dot1Q(vlan=8)):
    send('web', ether(1, 2) / tags / inner)
    send('guest', ether(3, 2) / tags / inner)
send('web', ether(1, 2) / Dot1Q(vlan=1) / Dot1Q(vlan=2) / Dot1Q(vlan=3) / inner)
# A priority tag in front of three more is still too much.
send('web', ether(1, 2) / Dot1Q(vlan=0) / Dot1Q(vlan=1) / Dot1Q(vlan=2) / Dot1Q(vlan=3) / inner)
