"""A container that tries other MACs."""
from captures import *  # noqa: F403

inner = IP(src='10.0.0.1', dst='10.0.0.2') / UDP(sport=5, dport=6) / b'hi'
honest = ether(1, 2) / inner
send('web', honest)
expect('db', honest)
for liar in (mac(2), mac(9), '06:00:00:00:00:01'):
    send('web', ether(liar, 2) / inner)
send('web', ether(9, BROADCAST) / ARP(op=1, hwsrc=mac(1), psrc='10.0.0.1', pdst='10.0.0.2'))
for port in ('web', 'guest'):
    for nobody in (BROADCAST, '01:00:5e:00:00:01', '00:00:00:00:00:00', '03:00:00:00:00:01'):
        send(port, ether(nobody, 2) / inner)
