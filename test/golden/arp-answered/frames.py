"""Two containers that look for each other, and a third that must hear nothing."""
from captures import *  # noqa: F403

def ask(host, port, target, owner, to=BROADCAST, sender=None):
    source = f'10.0.0.{host}' if sender is None else sender
    send(port, ether(host, to) / ARP(op=1, hwsrc=mac(host), psrc=source, pdst=target))
    expect(port, ether(owner, host) / ARP(op=2, hwsrc=mac(owner), psrc=target, hwdst=mac(host), pdst=source))
ask(1, 'web', '10.0.0.2', 2)
ask(2, 'db', '10.0.0.1', 1)
ask(1, 'web', '10.0.0.4', 4)
ask(4, 'guest', '10.0.0.3', 3)
ask(1, 'web', '10.0.0.2', 2, to=mac(2))
ask(1, 'web', '10.0.0.2', 2, sender='0.0.0.0')
# Padded to Ethernet's minimum, as network cards do.
send('web', bytes(ether(1, BROADCAST) / ARP(op=1, hwsrc=mac(1), psrc='10.0.0.1', pdst='10.0.0.3')) + bytes(18))
expect('web', ether(3, 1) / ARP(op=2, hwsrc=mac(3), psrc='10.0.0.3', hwdst=mac(1), pdst='10.0.0.1'))
