"""A container that asks for a stranger and announces itself."""
from captures import *  # noqa: F403

for frame in (
    ether(1, BROADCAST) / ARP(op=1, hwsrc=mac(1), psrc='10.0.0.1', pdst='10.0.0.77'),
    ether(1, BROADCAST) / ARP(op=1, hwsrc=mac(1), psrc='10.0.0.1', pdst='10.0.0.1'),
    ether(1, BROADCAST) / ARP(op=2, hwsrc=mac(1), psrc='10.0.0.1', hwdst=BROADCAST, pdst='10.0.0.1'),
    ether(1, BROADCAST) / ARP(op=1, hwsrc=mac(1), psrc='0.0.0.0', pdst='10.0.0.1'),
):
    send('web', frame)
    expect('db', frame)
    expect('log', frame)
