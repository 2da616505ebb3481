"""Writes segments.def: super-frames, and the frames that they stand for, each built from nothing by scapy.

Run `/usr/bin/python3 test/native/action/data/segments.py > test/native/action/data/segments.def`.
A segment is not derived from the super-frame's bytes: scapy computes every length and checksum anew.
"""
from scapy.all import (Dot1Q, Ether, IP, IPOption_NOP, IPv6, IPv6ExtHdrDestOpt, IPv6ExtHdrFragment,
                       IPv6ExtHdrHopByHop, Raw, TCP, UDP)

ETHER = Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')
V4 = dict(src='10.77.0.1', dst='10.77.0.2', ttl=64)
V6 = dict(src='fd00:77::1', dst='fd00:77::2', hlim=64)
STAMP = [('NOP', None), ('NOP', None), ('Timestamp', (0x01020304, 0x05060708))]


def payload(length):
    return bytes((i * 7 + (i >> 8)) & 0xff for i in range(length))


def partial(frame, length, start, at):
    """The transport checksum replaced by the sum of the pseudo-header, as a sender with offload leaves it."""
    layer = Ether(frame)
    if IP in layer:
        addresses, protocol = bytes(layer[IP])[12:20], layer[IP].proto
    else:
        addresses, protocol = bytes(layer[IPv6])[8:40], 6 if TCP in layer else 17
    pseudo = addresses + length.to_bytes(4, 'big') + protocol.to_bytes(4, 'big')
    total = sum(int.from_bytes(pseudo[i:i + 2], 'big') for i in range(0, len(pseudo), 2))
    while total > 0xffff:
        total = (total & 0xffff) + (total >> 16)
    place = start + at
    return frame[:place] + total.to_bytes(2, 'big') + frame[place + 2:]


def case(name, gso, size, network, transport, length, ecn=False):
    """`network(i)` and `transport(i, offset, last)` give the layers of segment i; None stands for the super-frame."""
    data = payload(length)
    whole = bytes(network(None) / transport(None, 0, True) / Raw(data))
    l4 = len(network(None))
    header = len(network(None) / transport(None, 0, True))
    start, at = l4, 16 if 'TCP' in gso.upper() else 6
    super_frame = partial(whole, len(whole) - start, start, at)
    print(f'SUPER("{name}", {gso}, {size}, {"true" if ecn else "false"}, {start}, {at}, "{super_frame[:header].hex()}", {length})')
    count = (length + size - 1) // size
    for i in range(count):
        piece = data[i * size:(i + 1) * size]
        frame = bytes(network(i) / transport(i, i * size, i == count - 1) / Raw(piece))
        print(f'SEGMENT("{frame[:header].hex()}", {i * size}, {len(piece)})')


def v4(first_id, under=ETHER, **more):
    return lambda i: under / IP(id=(first_id + (i or 0)) & 0xffff, **V4, **more)


def v6(*extensions, under=ETHER):
    def build(_):
        frame = under / IPv6(**V6)
        for extension in extensions:
            frame = frame / extension
        return frame
    return build


def tcp(sequence, flags, options=(), last_only='', first_only=''):
    def build(i, offset, last):
        shown = flags
        if i is not None and not last:
            shown = ''.join(f for f in shown if f not in last_only)
        if i not in (None, 0):
            shown = ''.join(f for f in shown if f not in first_only)
        return TCP(sport=4242, dport=80, seq=(sequence + offset) & 0xffffffff, ack=0x20000000, window=29200, flags=shown,
                   options=list(options))
    return build


def udp(*_):
    return UDP(sport=4000, dport=4001)


print('// Super-frames and the frames that they stand for, cut by scapy (segments.py). Payloads are frames.hpp\'s counting().')
print('// SUPER(name, gso, gso_size, ecn, checksum_start, checksum_offset, headers, payload length),')
print('// then SEGMENT(headers, payload offset, payload length) for each.')
case('tcp4', 'kTcp4', 1448, v4(0x1234, flags='DF'), tcp(0x10000000, 'PA', STAMP, 'P'), 5000)
case('tcp4 with FIN, ids and sequence numbers that wrap', 'kTcp4', 1000, v4(0xfffe), tcp(0xfffffc18, 'FPA', (), 'FP'), 3001)
case('tcp4 with CWR', 'kTcp4', 536, v4(1, flags='DF'), tcp(7, 'CEA', (), '', 'C'), 1609, ecn=True)
case('tcp4 with options and a tag', 'kTcp4', 1400, v4(9, under=ETHER / Dot1Q(vlan=100), options=[IPOption_NOP()] * 4),
     tcp(1, 'A'), 2801)
case('tcp4 in jumbo segments', 'kTcp4', 8948, v4(3, flags='DF'), tcp(1, 'PA', STAMP, 'P'), 20000)
case('tcp4 in the smallest segments', 'kTcp4', 8, v4(3), tcp(1, 'A'), 50)
case('tcp6', 'kTcp6', 1428, v6(), tcp(0x10000000, 'PA', STAMP, 'P'), 4285)
case('tcp6 behind extension headers', 'kTcp6', 1400, v6(IPv6ExtHdrHopByHop(), IPv6ExtHdrDestOpt(), IPv6ExtHdrFragment(id=5)),
     tcp(5, 'A'), 2900)
case('tcp4 as long as a datagram may be', 'kTcp4', 1460, v4(0x1234), tcp(5, 'PA', (), 'P'), 65495)
case('udp4', 'kUdp', 1400, v4(0x1234, flags='DF'), udp, 4201)
case('udp6', 'kUdp', 1200, v6(), udp, 3600)
case('udp4 of one byte each', 'kUdp', 1, v4(0xffff), udp, 3)
case('udp6 in jumbo segments', 'kUdp', 8952, v6(), udp, 30001)
