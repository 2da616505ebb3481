"""A network that lets nobody send."""
from captures import *  # noqa: F403

send('web', ether(1, 2) / IP(src='10.0.0.1', dst='10.0.0.2') / UDP(sport=5, dport=6) / b'hi')
send('web', ether(1, 2) / IPv6(src='fd00::1', dst='fd00::2') / ICMPv6EchoRequest(id=1))
send('web', ether(1, BROADCAST) / IP(src='10.0.0.1', dst='255.255.255.255') / UDP(sport=5, dport=6) / b'all')
send('web', ether(1, BROADCAST) / ARP(op=1, hwsrc=mac(1), psrc='10.0.0.1', pdst='10.0.0.2'))
expect('web', ether(2, 1) / ARP(op=2, hwsrc=mac(2), psrc='10.0.0.2', hwdst=mac(1), pdst='10.0.0.1'))
flooded = ether(1, multicast_mac('ff02::1:ff00:77')) / IPv6(src='fd00::1', dst='ff02::1:ff00:77', hlim=255) / ICMPv6ND_NS(tgt='fd00::77')
send('web', flooded)
expect('db', flooded)
