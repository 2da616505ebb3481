"""A sender that leaves checksums to others, a receiver that takes that and one that does not."""
from captures import *  # noqa: F403

def play(frame, kind='none', size=0, outcome=None):
    for to, port in ((2, 'db'), (3, 'log')):
        copy = frame.copy()
        copy[Ether].dst = mac(to)
        inner = copy[IP] if IP in copy else copy[IPv6]
        inner.dst = inner.dst[:-1] + str(to)
        whole = Ether(bytes(copy))
        offload = offload_of(whole, kind, size)
        send('web', partial(whole), offload)
        if port == 'log':
            expect(port, partial(whole), offload_of(whole))
        else:
            expect(port, whole)

for ip in (IP(src='10.0.0.1', dst='10.0.0.2'), IPv6(src='fd00::1', dst='fd00::2')):
    for length in (0, 1, 2, 99, 1200):
        play(ether(1, 2) / ip / TCP(sport=5, dport=6, flags='PA') / payload(length))
        play(ether(1, 2) / ip / UDP(sport=5, dport=6) / payload(length))
play(ether(1, 2) / IP(src='10.0.0.1', dst='10.0.0.2') / TCP(sport=5, dport=6, flags='PA') / payload(500), 'tcp4', 1000)
play(ether(1, 2) / IPv6(src='fd00::1', dst='fd00::2') / UDP(sport=5, dport=6) / payload(500), 'udp', 500)

# A datagram whose sum comes out as zero.
zero = Ether(bytes(ether(1, 2) / IP(src='10.0.0.1', dst='10.0.0.2') / UDP(sport=5, dport=6) / b'\0\0'))
start = bytearray(partial(zero))
rest = internet_checksum(bytes(start[34:]))
start[42:44] = struct.pack('!H', rest)
done = bytearray(start)
done[40:42] = b'\xff\xff'
send('web', bytes(start), offload_of(zero))
expect('db', bytes(done))
