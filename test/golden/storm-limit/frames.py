"""Broadcast and unknown unicast die by name; multicast, known MACs and answers pass."""
from captures import *  # noqa: F403

send('web', ether(1, BROADCAST) / IP(src='10.0.0.1', dst='10.0.0.255') / UDP(sport=5, dport=6) / b'to all')
send('web', ether(1, BROADCAST) / ARP(op=1, hwsrc=mac(1), psrc='10.0.0.1', hwdst='00:00:00:00:00:00', pdst='10.0.0.77'))
send('web', ether(1, '02:00:00:00:00:77') / IP(src='10.0.0.1', dst='10.0.0.77') / UDP(sport=5, dport=6) / b'to whom')
# The switch answers for a declared address: no storm to anybody.
send('web', ether(1, BROADCAST) / ARP(op=1, hwsrc=mac(1), psrc='10.0.0.1', hwdst='00:00:00:00:00:00', pdst='10.0.0.2'))
expect('web', ether(2, 1) / ARP(op=2, hwsrc=mac(2), psrc='10.0.0.2', hwdst=mac(1), pdst='10.0.0.1'))
group = ether(1, multicast_mac('224.0.0.251')) / IP(src='10.0.0.1', dst='224.0.0.251') / UDP(sport=5353, dport=5353) / b'to some'
send('web', group)
expect('db', group)
expect('guest', group)
known = ether(1, 2) / IP(src='10.0.0.1', dst='10.0.0.2') / UDP(sport=5, dport=6) / b'to you'
send('web', known)
expect('db', known)
