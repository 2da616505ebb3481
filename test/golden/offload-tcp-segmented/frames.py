"""A sender of super-frames, a receiver that takes them and one that does not."""
from captures import *  # noqa: F403

def segments(super_frame, size):
    """What a wire would carry of it, by scapy."""
    layer = super_frame[TCP]
    data = bytes(layer.payload)
    pieces = [data[at:at + size] for at in range(0, len(data), size)]
    for index, piece in enumerate(pieces):
        part = Ether(bytes(super_frame))
        part[TCP].remove_payload()
        part[TCP].seq = (layer.seq + index * size) & 0xffffffff
        flags = int(layer.flags)
        if index < len(pieces) - 1:
            flags &= ~0x09
        if index > 0:
            flags &= ~0x80
        part[TCP].flags = flags
        del part[TCP].chksum
        if IP in part:
            part[IP].id = (super_frame[IP].id + index) & 0xffff
            del part[IP].len, part[IP].chksum
        else:
            del part[IPv6].plen
        yield part / Raw(piece)

def play(ip, tcp, size, kind, **more):
    # Through bytes and back, so that every field has its value.
    for to, port in ((2, 'db'), (3, 'log')):
        head = ip.copy()
        head.dst = ip.dst[:-1] + str(to)
        frame = Ether(bytes(ether(1, to) / head / tcp))
        raw, offload = partial(frame), offload_of(frame, kind, size, **more)
        send('web', raw, offload)
        if port == 'log':
            expect(port, raw, offload)
        else:
            for part in segments(frame, size):
                expect(port, part)

v4, v6 = IP(src='10.0.0.1', dst='10.0.0.2', id=0xfffe, flags='DF'), IPv6(src='fd00::1', dst='fd00::2')
for ip, kind in ((v4, 'tcp4'), (v6, 'tcp6')):
    play(ip, TCP(sport=5, dport=6, seq=0xfffffff0, flags='A') / payload(3000), 1428, kind)
    play(ip, TCP(sport=5, dport=6, seq=7, flags='FPA', options=[('Timestamp', (1, 2)), ('NOP', None), ('NOP', None)]) / payload(5001), 1400, kind)
    play(ip, TCP(sport=5, dport=6, seq=7, flags='PA') / payload(2000, 3), 1000, kind)
    play(ip, TCP(sport=5, dport=6, seq=7, flags='PACE') / payload(2001), 1000, kind, ecn=True)
# 65,535 bytes of IP, the most that there is: 46 segments.
play(v4, TCP(sport=5, dport=6, seq=7, flags='PA') / payload(65495), 1440, 'tcp4')
