"""Probes of another switch, and loopback tests of a station."""
from captures import *  # noqa: F403

PROBES, PROBER = '03:76:73:77:6c:70', '02:00:00:00:00:75'


def probe(port, network):
    body = struct.pack('!HHHH', 0, 0x0100, 0, port) + struct.pack('!HI', network, 1000) + bytes(4) + b'not ours' + bytes(20)
    return Ether(src=PROBER, dst=PROBES, type=0x9000) / body


def test(source):
    """A request to come back, as routers send it to themselves."""
    return Ether(src=source, dst=source, type=0x9000) / (struct.pack('<HH', 0, 1) + bytes(42))


send('strict-a', probe(2, 1))
send('strict-b', probe(2, 1))
send('strict-a', test('02:00:00:00:00:71'))
for sender, receiver in (('open-a', 'open-b'), ('open-b', 'open-a')):
    frame = probe(3, 2)
    send(sender, frame)
    expect(receiver, frame)
send('open-a', test('02:00:00:00:00:71'))
# Nobody is held down.
say = Ether(src='02:00:00:00:00:71', dst='02:00:00:00:00:72', type=0x0800) / IP(src='10.0.0.71', dst='10.0.0.72') / UDP(sport=5, dport=6) / b'on'
for sender, receiver in (('strict-b', 'strict-a'), ('open-b', 'open-a')):
    send(sender, say)
    expect(receiver, say)
