"""A container that sends broken transport headers."""
from captures import *  # noqa: F403

def v4(protocol, body):
    return ether(1, 2) / IP(src='10.0.0.1', dst='10.0.0.2', proto=protocol) / Raw(body)
def v6(protocol, body):
    return ether(1, 2) / IPv6(src='fd00::1', dst='fd00::2', nh=protocol) / Raw(body)
for over in (v4, v6):
    tcp = bytes(TCP(sport=5, dport=6, chksum=1))
    for length in (0, 1, 19):
        send('web', over(6, tcp[:length]))
    send('web', over(6, bytes(TCP(sport=5, dport=6, dataofs=4, chksum=1))))
    send('web', over(6, bytes(TCP(sport=5, dport=6, dataofs=6, chksum=1))))
    udp = bytes(UDP(sport=5, dport=6, len=8, chksum=1))
    for length in (0, 7):
        send('web', over(17, udp[:length]))
    send('web', over(17, bytes(UDP(sport=5, dport=6, len=7, chksum=1))))
    send('web', over(17, bytes(UDP(sport=5, dport=6, len=9, chksum=1))))
    send('web', over(132, bytes(11)))
    send('web', over(1 if over is v4 else 58, bytes(7)))
    # A UDP length below the datagram's is legal, and so is a protocol that nobody reads.
    for fine in (over(17, bytes(UDP(sport=5, dport=6, len=8, chksum=1)) + payload(4)), over(253, payload(3)), over(47, payload(1))):
        send('web', fine)
        expect('db', fine)
