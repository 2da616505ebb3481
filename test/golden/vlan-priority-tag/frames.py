"""A container that marks its frames with a priority."""
from captures import *  # noqa: F403

for priority in (0, 5, 7):
    tagged = ether(1, 2) / Dot1Q(vlan=0, prio=priority) / IP(src='10.0.0.1', dst='10.0.0.2') / UDP(sport=5, dport=6) / payload(64)
    plain = ether(1, 2) / IP(src='10.0.0.1', dst='10.0.0.2') / UDP(sport=5, dport=6) / payload(64)
    send('web', tagged)
    expect('db', plain)
send('web', ether(1, BROADCAST) / Dot1Q(vlan=0, prio=3) / ARP(op=1, hwsrc=mac(1), psrc='10.0.0.1', pdst='10.0.0.2'))
expect('web', ether(2, 1) / ARP(op=2, hwsrc=mac(2), psrc='10.0.0.2', hwdst=mac(1), pdst='10.0.0.1'))
