"""Each network of a trunk is judged by itself."""
from connections import *  # noqa: F403

def inside(name, host, source, destination, port, vlan, is_up, is_let_in):
    other = 9
    pair = (other, host) if is_up else (host, other)
    frame = Ether(bytes(ether(*pair) / IP(src=source, dst=destination) / UDP(sport=4000 + port, dport=port) / b'x'))
    send('uplink' if is_up else name, tagged(frame, vlan) if is_up else frame)
    if is_let_in:
        expect(name if is_up else 'uplink', frame if is_up else tagged(frame, vlan))
for port, is_let_in in ((7, False), (8, True), (9, True)):
    inside('web', 1, '10.0.0.1', '10.0.0.9', port, 10, False, is_let_in)
    inside('db', 2, '10.0.1.2', '10.0.1.9', port, 20, False, True)
for port, is_let_in in ((17, True), (8, False), (9, False)):
    inside('web', 1, '10.0.0.9', '10.0.0.1', port, 10, True, is_let_in)
    inside('db', 2, '10.0.1.9', '10.0.1.2', port, 20, True, True)
