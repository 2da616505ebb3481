"""A container that sends broken ARP."""
from captures import *  # noqa: F403

whole = bytes(ether(1, BROADCAST) / ARP(op=1, hwsrc=mac(1), psrc='10.0.0.1', pdst='10.0.0.2'))
for length in (14, 15, 20, 41):
    send('web', whole[:length])
for change in ({'hwtype': 6}, {'ptype': 0x86dd}, {'hwlen': 8}, {'plen': 16}, {'hwlen': 0}, {'plen': 0}):
    send('web', bytes(ether(1, BROADCAST)) [:12] + b'\x08\x06' + bytes(ARP(op=1, hwsrc=mac(1), psrc='10.0.0.1', pdst='10.0.0.2', **change))[:8] + whole[22:])
