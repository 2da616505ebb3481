"""A network that lets nobody receive."""
from captures import *  # noqa: F403

send('web', ether(1, 2) / IP(src='10.0.0.1', dst='10.0.0.2') / TCP(sport=5, dport=6, flags='S'))
send('web', ether(1, BROADCAST) / IP(src='10.0.0.1', dst='255.255.255.255') / UDP(sport=5, dport=6) / b'all')
send('web', ether(1, 9) / IP(src='10.0.0.1', dst='10.0.0.9') / UDP(sport=5, dport=6) / b'nobody')
asked = ether(1, BROADCAST) / ARP(op=1, hwsrc=mac(1), psrc='10.0.0.1', pdst='10.0.0.77')
send('web', asked)
expect('db', asked)
expect('log', asked)
