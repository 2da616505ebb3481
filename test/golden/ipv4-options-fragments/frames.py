"""Two containers that use what is rare in IPv4."""
from captures import *  # noqa: F403

for options in ([IPOption_NOP()] * 4, [IPOption_RR(routers=['0.0.0.0', '0.0.0.0'])], [IPOption_NOP()] * 40):
    frame = ether(1, 2) / IP(src='10.0.0.1', dst='10.0.0.2', options=options) / UDP(sport=5, dport=6) / payload(20)
    send('web', frame)
    expect('db', frame)
for inner in (UDP(sport=5, dport=6) / payload(3000), TCP(sport=5, dport=6, flags='A') / payload(3000), ICMP(id=7) / payload(3000)):
    for piece in fragment(IP(src='10.0.0.1', dst='10.0.0.2', id=77) / inner, fragsize=1480):
        send('web', ether(1, 2) / piece)
        expect('db', ether(1, 2) / piece)
