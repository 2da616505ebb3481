"""A container that speaks for others in ARP."""
from captures import *  # noqa: F403

answer = ether(1, 2) / ARP(op=2, hwsrc=mac(1), psrc='10.0.0.1', hwdst=mac(2), pdst='10.0.0.2')
send('web', answer)
expect('db', answer)
for operation in (1, 2):
    for hardware, address in ((mac(1), '10.0.0.2'), (mac(1), '10.0.0.9'), (mac(2), '10.0.0.1'), (mac(9), '10.0.0.1')):
        send('web', ether(1, BROADCAST) / ARP(op=operation, hwsrc=hardware, psrc=address, pdst='10.0.0.77'))
send('web', ether(1, BROADCAST) / ARP(op=2, hwsrc=mac(1), psrc='0.0.0.0', pdst='10.0.0.77'))
for operation in (0, 3, 4, 9):
    send('web', ether(1, BROADCAST) / ARP(op=operation, hwsrc=mac(1), psrc='10.0.0.1', pdst='10.0.0.77'))
probe = ether(1, BROADCAST) / ARP(op=1, hwsrc=mac(1), psrc='0.0.0.0', pdst='10.0.0.77')
send('web', probe)
expect('db', probe)
expect('guest', probe)
proxy = ether(3, 1) / ARP(op=2, hwsrc=mac(3), psrc='10.0.0.77', hwdst=mac(1), pdst='10.0.0.1')
send('guest', proxy)
expect('web', proxy)
