"""Packets up to 9,000 bytes towards a receiver with an MTU of 1,500."""
from captures import *  # noqa: F403

def udp(length, **more):
    return ether(1, 2) / IP(src='10.0.0.1', dst='10.0.0.2', **more) / UDP(sport=5, dport=6) / payload(length - 28)
send('web', udp(1500, flags='DF'))
expect('db', udp(1500, flags='DF'))
for length in (1501, 8999, 9000):
    send('web', udp(length, flags='DF'))
    expect('web', too_big(udp(length, flags='DF'), 1500))
send('web', udp(2000))
expect('web', too_big(udp(2000), 1500))

options = ether(1, 2) / IP(src='10.0.0.1', dst='10.0.0.2', options=[IPOption_NOP()] * 8) / ICMP() / payload(1472)
send('web', options)
expect('web', too_big(options, 1500))
first = ether(1, 2) / IP(src='10.0.0.1', dst='10.0.0.2', flags='MF', proto=17) / UDP(sport=5, dport=6, len=20000, chksum=7) / payload(1992)
send('web', first)
expect('web', too_big(first, 1500))

# What is partial or many packets in our memory is quoted as it would have been on a wire.
send('web', partial(udp(3000)), offload_of(udp(3000)))
expect('web', too_big(udp(3000), 1500))
def tcp(data, **more):
    return Ether(bytes(ether(1, 2) / IP(src='10.0.0.1', dst='10.0.0.2', id=9, flags='DF') / TCP(sport=5, dport=6, seq=100, **more) / data))
send('web', partial(tcp(payload(30_000), flags='FPA')), offload_of(tcp(payload(30_000), flags='FPA'), 'tcp4', 8960))
expect('web', too_big(tcp(payload(8960), flags='A'), 1500))
data = payload(30_000)
burst = Ether(bytes(ether(1, 2) / IP(src='10.0.0.1', dst='10.0.0.2', id=9) / UDP(sport=5, dport=6) / data))
send('web', partial(burst), offload_of(burst, 'udp', 1473))
expect('web', too_big(ether(1, 2) / IP(src='10.0.0.1', dst='10.0.0.2', id=9) / UDP(sport=5, dport=6) / data[:1473], 1500))
