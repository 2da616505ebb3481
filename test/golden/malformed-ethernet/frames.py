"""A container that sends broken Ethernet."""
from captures import *  # noqa: F403

whole = bytes(ether(1, 2) / IP(src='10.0.0.1', dst='10.0.0.2') / UDP(sport=5, dport=6) / b'hi')
for length in (1, 6, 12, 13):
    send('web', whole[:length])
# A tag without what it tags.
send('web', whole[:12] + b'\x81\x00\x00')
send('web', whole[:12] + b'\x81\x00\x00\x05')
send('web', whole[:12] + b'\x81\x00\x00\x05\x08')
# Longer than the frame, longer than 802.3 allows, and neither length nor EtherType.
send('web', whole[:12] + b'\x00\x20' + bytes(31))
send('web', whole[:12] + b'\x05\xdd' + bytes(1600))
send('web', whole[:12] + b'\x05\xff' + bytes(1600))
