"""Writes the seeds of the fuzz targets into corpus/, with scapy.

Run `/usr/bin/python3 test/fuzz/seeds.py`. Files that a fuzzer found are named by their hash and stay.
"""
import pathlib
import re
import struct

from scapy.all import (AH, ARP, Dot1AD, Dot1Q, Dot3, Ether, ICMP, ICMPv6EchoRequest, ICMPv6ND_NS, ICMPv6NDOptSrcLLAddr,
                       IP, IPOption_NOP, IPv6, IPv6ExtHdrDestOpt, IPv6ExtHdrFragment, IPv6ExtHdrHopByHop,
                       IPv6ExtHdrRouting, LLC, Raw, SCTP, SCTPChunkInit, STP, TCP, UDP)

CORPUS = pathlib.Path(__file__).parent / 'corpus'
ETHER = Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')
V4 = IP(src='10.77.0.1', dst='10.77.0.2')
V6 = IPv6(src='fd00:77::1', dst='fd00:77::2')
STAMP = [('NOP', None), ('NOP', None), ('Timestamp', (1, 2))]

FRAMES = {
    'arp-request': ETHER / ARP(psrc='10.77.0.1', pdst='10.77.0.2'),
    'tcp4': ETHER / V4 / TCP(dport=80, flags='PA', options=STAMP) / Raw(b'GET /'),
    'tcp6': ETHER / V6 / TCP(dport=80, flags='S', options=[('MSS', 1440), ('WScale', 7)]),
    'udp4-options': ETHER / IP(src='10.77.0.1', dst='10.77.0.2', options=[IPOption_NOP()] * 4) / UDP(sport=4000, dport=4001) / Raw(b'x'),
    'udp6-extensions': ETHER / V6 / IPv6ExtHdrHopByHop() / IPv6ExtHdrRouting(addresses=['fd00:77::3']) / IPv6ExtHdrDestOpt()
                       / UDP(sport=4000, dport=4001) / Raw(b'x'),
    'udp6-authentication': ETHER / V6 / AH(nh=17, payloadlen=4, icv=b'0' * 12) / UDP(sport=4000, dport=4001),
    'udp4-first-fragment': ETHER / IP(src='10.77.0.1', dst='10.77.0.2', flags='MF', proto=17) / UDP(sport=4000, dport=4001, len=2000) / Raw(b'x' * 16),
    'udp4-last-fragment': ETHER / IP(src='10.77.0.1', dst='10.77.0.2', frag=185, proto=17) / Raw(b'x' * 9),
    'udp6-first-fragment': ETHER / V6 / IPv6ExtHdrFragment(m=1, id=9) / UDP(sport=4000, dport=4001, len=2000) / Raw(b'x' * 16),
    'udp6-last-fragment': ETHER / V6 / IPv6ExtHdrFragment(offset=3, id=9, nh=17) / Raw(b'x' * 9),
    'udp6-atomic-fragment': ETHER / V6 / IPv6ExtHdrFragment(id=9) / UDP(sport=4000, dport=4001),
    'echo4': ETHER / V4 / ICMP(id=7, seq=1) / Raw(b'ping'),
    'echo6': ETHER / V6 / ICMPv6EchoRequest(id=7, seq=1, data=b'ping'),
    'neighbour-solicitation': ETHER / V6 / ICMPv6ND_NS(tgt='fd00:77::2') / ICMPv6NDOptSrcLLAddr(lladdr='02:00:00:00:00:01'),
    'sctp4': ETHER / V4 / SCTP(sport=3868, dport=3868) / SCTPChunkInit(),
    'tagged-twice': ETHER / Dot1AD(vlan=5) / Dot1Q(vlan=6) / V4 / UDP(sport=4000, dport=4001),
    'spanning-tree': Dot3(dst='01:80:c2:00:00:00', src='02:00:00:00:00:01') / LLC() / STP(),
    'padded': ETHER / V4 / UDP(sport=4000, dport=4001) / Raw(b'x') / Raw(b'\0' * 17),
    'other-ether-type': Ether(dst='01:80:c2:00:00:0e', src='02:00:00:00:00:01', type=0x88CC) / Raw(b'\x02\x07\x04'),
}


def write(target, name, content):
    folder = CORPUS / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)


def segment_seeds():
    gso_numbers = {'kTcp4': 1, 'kTcp6': 4, 'kUdp': 5}
    pattern = re.compile(r'SUPER\("(.*)", (\w+), (\d+), (\w+), (\d+), (\d+), "(\w+)", (\d+)\)')
    definitions = pathlib.Path(__file__).parent.parent / 'native/action/data/segments.def'
    for line in definitions.read_text().splitlines():
        match = pattern.match(line)
        if match is None:
            continue
        name, gso, size, ecn, start, offset, headers, length = match.groups()
        kind = gso_numbers[gso] | (0x80 if ecn == 'true' else 0)
        virtio = struct.pack('<BBHHHH', 1, kind, len(headers) // 2, int(size), int(start), int(offset))
        yield re.sub(r'[^a-z0-9]+', '-', name.lower()), virtio + struct.pack('<HH', 2048, int(length)) + bytes.fromhex(headers)
    for name, start, offset in (('tcp4', 34, 16), ('tcp6', 54, 16)):
        virtio = struct.pack('<BBHHHH', 1, 0, 0, 0, start, offset)
        yield f'partial-{name}', virtio + struct.pack('<HH', 2048, 0) + bytes(FRAMES[name])


SENT, OFFLOADED, HAPPENS = 0x00, 0x80, 0xc0
OWN_SENDER, A_STATION, REPAIRED = 0x08, 0x10, 0x20


def sent(frame, port=0, control=SENT, virtio=b''):
    return struct.pack('<B', control | port) + virtio + struct.pack('<H', len(frame)) + frame


def mac(station):
    return b'\2\0\0\0\0' + bytes([station])


def story_seeds():
    for name, frame in FRAMES.items():
        raw = bytes(frame)
        helped = OWN_SENDER | REPAIRED
        # A frame, its like from an honest port and from two loose ones, a pause, and the first again.
        yield name, (sent(raw) + sent(raw, 1, helped) + sent(raw, 2) + sent(raw, 3, helped | A_STATION)
                     + bytes([HAPPENS, 1]) + sent(raw))
    for name, content in segment_seeds():
        virtio, (split, more), headers = content[:10], struct.unpack('<HH', content[10:14]), content[14:]
        frame = headers + bytes(min(more, 3000))
        yield f'super-{name}', b''.join(sent(frame, port, OFFLOADED | OWN_SENDER | REPAIRED, virtio) for port in (0, 1, 3))
    # Port 7 is a trunk: VLAN 100 is its native network's, 200 the other's, whose hosts may put on tags, too.
    for name, tags in (('native', b''), ('by-its-tag', b'\x81\0\0\x64'), ('other', b'\x81\0\xa0\xc8'), ('other-with-a-tag', b'\x81\0\0\xc8\x81\0\0\x05'),
                       ('priority', b'\x81\0\xe0\0'), ('priority-then-other', b'\x81\0\0\0\x81\0\0\xc8'), ('of-nobody', b'\x81\0\x01\x2c')):
        for kind in ('tcp4', 'arp-request'):
            raw = bytes(FRAMES[kind])
            tagged = raw[:12] + tags + raw[12:]
            yield f'trunk-{name}-{kind}', (sent(tagged, 7) + sent(raw, 2) + sent(tagged[6:12] + tagged[:6] + tagged[12:], 7) + sent(raw, 6)
                                           + sent(raw[:12] + b'\x81\0\0\x07' + raw[12:], 6) + bytes([HAPPENS | 7, 7]) + sent(tagged, 7))
    for name, content in segment_seeds():
        virtio, (split, more), headers = content[:10], struct.unpack('<HH', content[10:14]), content[14:]
        moved = virtio[:6] + struct.pack('<H', struct.unpack('<H', virtio[6:8])[0] + 4) + virtio[8:]
        frame = headers[:12] + b'\x81\0\x60\xc8' + headers[12:] + bytes(min(more, 3000))
        yield f'trunk-super-{name}', sent(frame, 7, OFFLOADED, moved) + sent(headers + bytes(min(more, 3000)), 3, OFFLOADED | OWN_SENDER, virtio)
    # Members ask, are asked, leave; others send to the group meanwhile, and time passes.
    group4, group6 = bytes(Ether(dst='01:00:5e:01:02:03', src='02:00:00:00:00:02') / IP(src='10.77.0.2', dst='239.1.2.3') / UDP(sport=4000, dport=4001)), \
        bytes(Ether(dst='33:33:00:00:00:63', src='02:00:00:00:00:02') / IPv6(src='fd00:77::2', dst='ff05::63') / UDP(sport=4000, dport=4001))
    for name, frame in membership_seeds():
        yield f'member-{name}', (sent(frame, 2) + sent(group4, 1) + sent(group6, 1) + sent(frame, 3) + bytes([HAPPENS, 2])
                                 + sent(frame, 0, OWN_SENDER | REPAIRED) + sent(group4, 3) + sent(group6, 3) + bytes([HAPPENS, 1]) + sent(group4, 1))
    # Port 4 takes 600 bytes, port 3 up to 9,000: who sends more is told, also of a super-frame.
    for name, frame in (('udp4', ETHER / V4 / UDP(sport=4000, dport=4001) / Raw(bytes(800))), ('udp4-df', ETHER / IP(src='10.77.0.1', dst='10.77.0.5', flags='DF', id=7)
                         / UDP(sport=4000, dport=4001) / Raw(bytes(800))), ('udp6', ETHER / V6 / UDP(sport=4000, dport=4001) / Raw(bytes(1600)))):
        raw = bytes(frame)
        yield f'too-big-{name}', b''.join(sent(raw, port, OWN_SENDER | A_STATION | REPAIRED) for port in (0, 1, 2, 3)) \
            + sent(mac(5) + raw[6:], 0, REPAIRED) + sent(mac(5) + raw[6:30] + b'\x0a\x4d\0\5' + raw[34:], 0, REPAIRED) + sent(mac(2) + raw[6:], 3, OWN_SENDER)
    one, two = bytes(FRAMES['tcp4']), bytes(FRAMES['arp-request'])
    happenings = b''.join(bytes([HAPPENS | port, what]) for port in (0, 2) for what in range(8))
    yield 'everything-happens', sent(one) + happenings + sent(one) + sent(two, 2) + happenings + sent(two, 3)


def membership_seeds():
    """What the golden cases about multicast groups send, by case and place."""
    golden = pathlib.Path(__file__).parent.parent / 'golden'
    for pattern in ('igmp-*', 'mld-*', 'multicast-router'):
        for capture in sorted(golden.glob(f'{pattern}/in.*.pcap')):
            content, at, number = capture.read_bytes(), 24, 0
            while at < len(content):
                length = struct.unpack_from('<I', content, at + 8)[0]
                frame = content[at + 16:at + 16 + length]
                if frame[12:14] == b'\x08\x00' and frame[23] == 2 or frame[12:14] == b'\x86\xdd' and frame[20] == 0:
                    yield f'{capture.parent.name}-{capture.name.split(".")[1]}-{number}', frame
                at, number = at + 16 + length, number + 1


def gather_seeds():
    right, partial, again = 1, 2, 4
    item = lambda control, length, frame=b'': struct.pack('<BH', control, length) + frame
    for family, ip in (('v4', V4), ('v4-df', IP(src='10.77.0.1', dst='10.77.0.2', flags='DF')), ('v6', V6)):
        for size in (1, 22, 300):
            frame = bytes(ETHER / ip / UDP(sport=4000, dport=4001) / Raw(bytes(range(size % 256)) * (size // 255 + 1)))
            first = item(right, len(frame), frame)
            yield f'{family}-{size}', first + item(right | again, 0) * 4 + item(right | again, size // 2) + item(right | again, 0)
            yield f'{family}-{size}-partial', item(partial | right, len(frame), frame) + item(right | again, 0) + item(partial | again, 0)
            yield f'{family}-{size}-others-between', first + item(right | again, 0) + item(right, len(frame), frame[:36] + b'\0\x50' + frame[38:]) + first * 2


def pcap_seeds():
    frames = [bytes(FRAMES[name]) for name in ('arp-request', 'tcp4', 'udp6-extensions')]
    for name, order, magic in (('microseconds', '<', 0xa1b2c3d4), ('nanoseconds', '<', 0xa1b23c4d), ('other-byte-order', '>', 0xa1b2c3d4)):
        head = struct.pack(f'{order}IHHIIII', magic, 2, 4, 0, 0, 65535, 1)
        records = [struct.pack(f'{order}IIII', 1000 + at, 5, len(frame), len(frame)) + frame for at, frame in enumerate(frames)]
        yield name, head + b''.join(records)
        yield f'{name}-clock-goes-back', head + b''.join(reversed(records))
        yield f'{name}-cut-short', head + b''.join(records)[:-7]
    yield 'longer-than-a-slot', struct.pack('<IHHIIII', 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1) + struct.pack('<IIII', 1, 0, 3000, 3000) + bytes(3000)
    yield 'empty', struct.pack('<IHHIIII', 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1)
    yield 'other-link-type', struct.pack('<IHHIIII', 0xa1b2c3d4, 2, 4, 0, 0, 65535, 101)
    yield 'pcapng', struct.pack('<III', 0x0a0d0d0a, 28, 0x1a2b3c4d) + bytes(16)


def track_seeds():
    flags = {'F': 1, 'S': 2, 'R': 4, 'P': 8, 'A': 16, 'U': 32}

    def step(sender, letters, seq=0, ack=0, length=0, window=1000, scale=-1, control=2):
        bits = sum(flags[letter] for letter in letters)
        return struct.pack('<BBIIHHb', control | sender, bits, seq & 0xffffffff, ack & 0xffffffff, length, window, scale)
    opened = step(0, 'S', 1000, scale=7) + step(1, 'SA', 5000, scale=8) + step(0, 'A') + step(1, 'A')
    closed = opened + step(0, 'FA') + step(1, 'FA') + step(0, 'A') + step(1, 'A')
    yield 'handshake', b'\0' + opened + step(0, 'PA', length=100) + step(1, 'A') + step(0, 'A', seq=-1)
    yield 'wrap', b'\0' + step(0, 'S', 0xfffffff0) + step(1, 'SA', 0xffffffff) + step(0, 'A') + step(1, 'A') + step(0, 'PA', length=500) * 3
    yield 'both-open', b'\0' + step(0, 'S', 1) + step(1, 'S', 9) + step(0, 'SA', seq=-1) + step(1, 'SA', seq=-1) + step(0, 'PA', length=9)
    yield 'ports-again', b'\0' + closed + step(0, 'S', seq=9) + step(0, 'S', seq=-9) + step(1, 'S', seq=-9, control=6)
    yield 'resets', b'\0' + opened + step(1, 'R', seq=500) + step(0, 'A') + step(1, 'R', seq=-500) + step(1, 'R') + step(0, 'A') + step(0, 'S')
    yield 'both-lost-it', b'\0' + opened + step(0, 'S', seq=70000) + step(1, 'SA', seq=90000) + step(1, 'RA', seq=0, control=0)
    yield 'old-connection', b'\0' + step(0, 'S', 1) + step(1, 'A', 4444, 9999, control=0) + step(0, 'R', 9999, control=0) + step(0, 'S', 1, control=0) + step(1, 'SA', 7, 2, control=0)
    yield 'picked-up', b'\2' + step(0, 'PA', 1000, 5000, length=100) + step(1, 'PA', 5000, 1100, length=9, control=0) + step(0, 'A') + step(1, 'FA')
    for name, frame in FRAMES.items():
        raw = bytes(frame)
        yield f'frame-{name}', b'\1' + b''.join(struct.pack('<BH', sender, len(raw)) + raw for sender in (0, 1, 0))
    for name, outer, inner in (('v4', V4 / ICMP(type=3, code=4), IP(src='10.77.0.2', dst='10.77.0.1') / TCP(dport=80)),
                               ('v6', V6 / Raw(b'\2' + bytes(7)), IPv6(src='fd00:77::2', dst='fd00:77::1') / IPv6ExtHdrFragment(m=1, id=9) / UDP(dport=53) / Raw(b'x'))):
        raw = bytes(ETHER / outer / inner)
        if name == 'v6':
            raw = raw[:20] + b'\x3a' + raw[21:]
        yield f'related-{name}', b'\1' + struct.pack('<BH', 0, len(raw)) + raw

    def chunk(kind, rest=b'', bits=0):
        return struct.pack('>BBH', kind, bits, 4 + len(rest)) + rest

    def association(sender, tag, chunks):
        raw = bytes(ETHER / V4 / Raw(struct.pack('>HHII', 3868, 3869, tag, 0) + chunks))
        raw = raw[:23] + b'\x84' + raw[24:]
        return struct.pack('<BH', sender, len(raw)) + raw
    begun = association(0, 0, chunk(1, struct.pack('>I', 7) + bytes(12))) + association(1, 7, chunk(2, struct.pack('>I', 8) + bytes(12))) \
        + association(0, 8, chunk(10) + chunk(0, bytes(13))) + association(1, 7, chunk(11))
    yield 'association', b'\1' + begun + association(1, 7, chunk(7, bytes(4))) + association(0, 8, chunk(8)) + association(1, 7, chunk(14)) + begun
    yield 'association-anew', b'\1' + begun + association(0, 0, chunk(1, struct.pack('>I', 17) + bytes(12))) \
        + association(1, 17, chunk(2, struct.pack('>I', 18) + bytes(12))) + association(0, 18, chunk(10)) + association(1, 18, chunk(6, b'', 1))
    yield 'association-of-another-path', b'\1' + association(0, 8, chunk(4, bytes(8))) + association(1, 7, chunk(5, bytes(8))) + association(0, 8, chunk(0, bytes(13)))


def fragment_seeds():
    more, v6, forgets, pause, goes = 4, 8, 16, 32, 64
    piece = lambda control, offset, length, number=1: struct.pack('<BBHH', control, number, offset, length)
    for name, kind in (('v4', 0), ('v6', v6)):
        first, second, last = piece(kind | more, 0, 1480), piece(kind | more, 185, 1480), piece(kind, 370, 100)
        yield f'{name}-in-order', (first + second + last) * 2
        yield f'{name}-out-of-order', last + second + first
        yield f'{name}-overlap', last + piece(kind | more, 184, 1480) + second + first
        yield f'{name}-twice', second * 2 + first * 2 + last
        yield f'{name}-too-late', second + piece(kind | more | pause, 300, 8, 2) * 3 + first + last
        yield f'{name}-forgotten', second + piece(kind | more | forgets, 0, 1480) + last + piece(goes | kind, 9, 8)
        yield f'{name}-tiny', piece(kind | more, 9, 12) + piece(kind, 9, 0) + piece(kind | more, 0, 4)
        yield f'{name}-flood', b''.join(piece(kind | more | port, 10, 8, number) for number in range(100) for port in (0, 1))


FIXED = {'u8': 1, 'u16': 2, 'u32': 4, 'mac': 6, 'ip': 16}
PREFIX = bytes(10) + b'\xff\xff\x0a\x4d\0\1' + b'\x18'


def edit(noun, /, **values):
    """One edit as edits.def says; what is not told is the smallest that goes."""
    definitions = (pathlib.Path(__file__).parent.parent.parent / 'native/commit/edits.def').read_text()
    tag, fields = re.search(rf'^EDIT\({noun}, (\d+)\)\n(.*?)^END', definitions, re.S | re.M).groups()
    content = struct.pack('<B', int(tag))
    for kind, field in re.findall(r'FIELD\((\w+), (\w+)\)', fields):
        value = values.get(field, 0 if kind in FIXED else b'' if kind == 'text' else [])
        if kind in FIXED:
            content += value.to_bytes(FIXED[kind], 'big' if kind in ('mac', 'ip') else 'little')
        elif kind == 'text':
            content += struct.pack('<H', len(value)) + value
        else:
            content += struct.pack('<I' if kind == 'list_rule' else '<H', len(value)) + b''.join(value)
    return content


def transaction_seeds():
    short = struct.Struct('<H').pack
    loose = dict(mtu=1500, macs_max=16, flows_max=100, groups_max=4, queues=1)
    blue = edit('PutNetwork', network=1, name=b'blue', mtu=1500, vlan=100, ether_types=[short(0x88CC)], ingress_allowed=1, egress_allowed=1)
    red = edit('PutNetwork', network=2, name=b'red', mtu=9000, vlan=200, carries_tags=1, ingress_allowed=1, snooping=1, query_ms=1000)
    guest = edit('PutPort', port=1, name=b'guest', network=1, type=2, mac=0x020000000001, addresses=[PREFIX], routes=[PREFIX + bytes(16)], **loose)
    house = edit('PutPort', port=2, name=b'house', network=1, type=2, mac=0x020000000002, trunk=[short(1), short(2)],
                 trunk_addresses=[short(2) + PREFIX], hairpin=1, **loose)
    static = edit('PutStaticMac', network=1, mac=0x020000000099, port=1)
    first, gone = blue + red + guest + house + static, [
        ('static-mac-deleted', edit('DeleteStaticMac', network=1, mac=0x020000000099)),
        ('port-closed', edit('ClosePort', port=1)),
        ('port-deleted', edit('DeletePort', port=2)),
        ('network-deleted', edit('DeletePort', port=2) + edit('DeleteNetwork', network=2)),
        ('network-in-use', edit('DeleteNetwork', network=1)),
        ('vlan-changed', edit('PutNetwork', network=2, name=b'red', mtu=1500, vlan=201)),
        ('vlan-beyond-all', edit('PutNetwork', network=2, name=b'red', mtu=1500, vlan=0xffff)),
        ('vlan-of-another', edit('PutNetwork', network=2, name=b'red', mtu=1500, vlan=100)),
        ('vlan-taken-away', edit('PutNetwork', network=2, name=b'red', mtu=1500)),
        ('native-carries-tags', edit('PutNetwork', network=1, name=b'blue', mtu=1500, vlan=100, carries_tags=1)),
        ('numbers-beyond-all', edit('PutPort', port=0xffff, network=1, type=2) + edit('PutNetwork', network=0xffff)),
        ('numbers-of-nobody', edit('PutPort', port=0, network=0, type=9) + edit('PutNetwork', network=0)),
    ]
    for name, second in gone:
        yield name, short(len(first)) + first + second


def classify_seeds():
    """Stories as classify.cpp reads them."""
    splice, ask, change, look = b'\x00', b'\x01', b'\x02', b'\x03'
    question = bytes([0, 0x9c, 0x40, 0, 80, 0xff, 0xff, 0x0e])
    any_rule = bytes([0])
    web = bytes([0x1c, 1, 2, 0, 80, 0, 80, 0])
    ranges = bytes([0xf0, 0, 1, 0xff, 0xfe, 0, 1, 4, 0, 8, 0, 1, 2, 1, 0, 0, 0, 0, 5, 2, 0, 1, 0xff, 0xff])
    for begin, size in ((0, 'none'), (1, 'some'), (2, 'many')):
        head = bytes([begin])
        yield f'{size}-asked', head + ask + question
        yield f'{size}-put-before', head + splice + bytes([0, 0, 1]) + web + ask + question
        yield f'{size}-put-after', head + splice + bytes([255, 0, 2]) + ranges + any_rule + ask + question
        yield f'{size}-replaced-in-the-middle', head + splice + bytes([127, 31, 3]) + web + ranges + any_rule + ask + question
        yield f'{size}-filled-at-one-place', head + (splice + bytes([128, 0, 15]) + web * 15) * 12 + ask + question
        yield f'{size}-emptied-at-one-place', head + (splice + bytes([64, 31, 0])) * 40 + ask + question
        yield f'{size}-tier-out-of-order', head + splice + bytes([255, 0, 0x81]) + any_rule + splice + bytes([0, 0, 0x86]) + any_rule
    yield 'members', bytes([0]) + change + bytes([1, 0x0d, 3, 1, 2, 3, 0x0b, 1, 9]) + look + change + bytes([0, 0x01, 3]) + look
    yield 'prefixes', bytes([0]) + (change + bytes([0, 2, 3, 0, 0, 8, 8, 1, 0, 1, 2, 32]) + look + change + bytes([0, 2, 1, 9, 0, 128]) + look)


for name, content in transaction_seeds():
    write('transaction_decode', name, content)
for name, frame in FRAMES.items():
    write('parse', name, bytes(frame))
for name, content in story_seeds():
    write('frames_through_switch', name, content)
for name, frame in membership_seeds():
    write('membership', name, frame)
for name, content in segment_seeds():
    write('segment', name, content)
for name, content in fragment_seeds():
    write('fragments', name, content)
for name, content in track_seeds():
    write('track', name, content)
for name, content in gather_seeds():
    write('gather', name, content)
for name, content in classify_seeds():
    write('classify', name, content)
for name, content in pcap_seeds():
    write('pcap', name, content)
