"""Two that talk and a third that must hear nothing."""
from captures import *  # noqa: F403

for talk in (IP(src='10.0.0.1', dst='10.0.0.2'), IPv6(src='fd00::1', dst='fd00::2')):
    echo = ICMP(id=7, seq=1) if IP in talk else ICMPv6EchoRequest(id=7, seq=1)
    for inner in (TCP(sport=40000, dport=80, flags='S'), UDP(sport=40000, dport=53) / payload(33),
                  SCTP(sport=5000, dport=3868) / SCTPChunkInit(), echo):
        asked = ether(1, 2) / talk.copy() / inner
        send('web', asked)
        expect('db', asked)
answer = ether(2, 1) / IP(src='10.0.0.2', dst='10.0.0.1') / TCP(sport=80, dport=40000, flags='SA', ack=1)
send('db', answer)
expect('web', answer)
# Ethernet pads to 60 bytes, and padding is passed on as it came.
padded = ether(1, 2) / IP(src='10.0.0.1', dst='10.0.0.2') / UDP(sport=1, dport=2) / b'x'
send('web', bytes(padded) + bytes(17))
expect('db', bytes(padded) + bytes(17))
