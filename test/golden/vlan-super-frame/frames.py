"""Super-frames and partial checksums that enter or leave by trunks."""
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
        part[TCP].flags = int(layer.flags) & (0xff if index == len(pieces) - 1 else ~0x09)
        del part[TCP].chksum
        if IP in part:
            part[IP].id = (super_frame[IP].id + index) & 0xffff
            del part[IP].len, part[IP].chksum
        else:
            del part[IPv6].plen
        yield part / Raw(piece)


def moved(offload, by):
    return dict(offload, checksumStart=offload['checksumStart'] + by)


def play(ip, kind, size, length):
    def frame(source, destination):
        return Ether(bytes(ether(source, destination) / ip / TCP(sport=5, dport=6, seq=7, flags='PA') / payload(length)))

    raw, offload = partial(frame(1, 9)), offload_of(frame(1, 9), kind, size)
    send('web', raw, offload)
    expect('uplink', tagged(raw, 100), moved(offload, 4))
    send('web', tagged(raw, 0, 5), moved(offload, 4))
    expect('uplink', tagged(raw, 100, 5), moved(offload, 4))
    raw = partial(frame(1, 8))
    send('web', tagged(raw, 0, 6, 1), moved(offload, 4))
    for part in segments(frame(1, 8), size):
        expect('cut', tagged(part, 100, 6, 1))
    raw = partial(frame(9, 1))
    send('uplink', tagged(raw, 100, 3), moved(offload, 4))
    expect('web', raw, offload)
    raw = partial(frame(9, 2))
    send('uplink', tagged(raw, 100, 3), moved(offload, 4))
    for part in segments(frame(9, 2), size):
        expect('db', part)
    raw = partial(frame(9, 8))
    send('uplink', tagged(raw, 200, 3), moved(offload, 4))
    for part in segments(frame(9, 8), size):
        expect('cut', tagged(part, 200, 3))
    # A flood: whole without a tag, cut without one, cut with one, and none of them spoils another.
    raw = partial(frame(9, BROADCAST))
    send('uplink', tagged(raw, 100), moved(offload, 4))
    for part in segments(frame(9, BROADCAST), size):
        expect('cut', tagged(part, 100))
    for part in segments(frame(9, BROADCAST), size):
        expect('db', part)
    expect('web', raw, offload)


v4, v6 = IP(src='10.0.0.1', dst='10.0.0.9', id=7, flags='DF'), IPv6(src='fd00::1', dst='fd00::9')
for ip, kind in ((v4, 'tcp4'), (v6, 'tcp6')):
    play(ip, kind, 1000, 2001)
    play(ip, kind, 1428, 5000)
    # So long that the slot is full to its last byte, and that some of it lies behind.
    play(ip, kind, 700, 2048 - 14 - len(bytes(ip / TCP())))
    play(ip, kind, 1440, 2048 - 14 - len(bytes(ip / TCP())) + 1)
play(v4, 'tcp4', 1440, 65495)

# A partial checksum alone.
plain = Ether(bytes(ether(1, 8) / v4 / UDP(sport=5, dport=6) / payload(101)))
send('web', partial(plain), offload_of(plain))
expect('cut', tagged(plain, 100))
plain = Ether(bytes(ether(9, 2) / v4 / UDP(sport=5, dport=6) / payload(101)))
send('uplink', tagged(partial(plain), 100), moved(offload_of(plain), 4))
expect('db', plain)
# What starts where it would without the tag is a lie.
send('uplink', tagged(partial(plain), 100), offload_of(plain))
