"""One port, alone in its network."""
from captures import *  # noqa: F403

send('web', ether(1, BROADCAST) / IP(src='10.0.0.1', dst='255.255.255.255') / UDP(sport=9, dport=9) / b'all')
send('web', ether(1, 9) / IP(src='10.0.0.1', dst='10.0.0.9') / UDP(sport=9, dport=9) / b'nobody')
