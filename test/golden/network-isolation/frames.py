"""Twin networks: everything is equal but the name."""
from captures import *  # noqa: F403

hello = ether(1, 2) / IP(src='10.0.0.1', dst='10.0.0.2') / UDP(sport=5, dport=6) / b'blue'
send('web', hello)
expect('db', hello)
hello = ether(1, 2) / IP(src='10.0.0.1', dst='10.0.0.2') / UDP(sport=5, dport=6) / b'red'
send('shop', hello)
expect('mail', hello)
loud = ether(1, BROADCAST) / IP(src='10.0.0.1', dst='10.0.0.255') / UDP(sport=5, dport=6) / b'blue'
send('web', loud)
expect('db', loud)
# A MAC learned in red is nobody in blue.
heard = ether('02:00:00:00:00:77', 1) / IP(src='10.0.0.77', dst='10.0.0.1') / UDP(sport=5, dport=6) / b'red'
send('guest', heard)
expect('shop', heard)
send('web', ether(1, '02:00:00:00:00:77') / IP(src='10.0.0.1', dst='10.0.0.77') / UDP(sport=6, dport=5) / b'lost')
# An address of red alone is nobody's in blue: the question is flooded, in blue.
question = ether(1, BROADCAST) / ARP(op=1, hwsrc=mac(1), psrc='10.0.0.1', pdst='10.0.0.7')
send('web', question)
expect('db', question)
