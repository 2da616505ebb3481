"""A sender and two receivers, one with a small MTU."""
from captures import *  # noqa: F403

def udp(length, to=2):
    return ether(1, to) / IP(src='10.0.0.1', dst=f'10.0.0.{to}') / UDP(sport=5, dport=6) / payload(length - 28)
for length in (1299, 1300):
    send('web', udp(length))
    expect('db', udp(length))
for length in (1301, 1500):
    send('web', udp(length))
    expect('web', too_big(udp(length), 1300))
send('web', udp(1500, 3))
expect('log', udp(1500, 3))
send('web', udp(1501, 3))
expect('web', too_big(udp(1501, 3), 1500))
loud = ether(1, BROADCAST) / IP(src='10.0.0.1', dst='10.0.0.255') / UDP(sport=5, dport=6) / payload(1400)
send('web', loud)
expect('log', loud)
