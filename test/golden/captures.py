"""Writes the captures of golden cases: runs each case's frames.py and stores what it sends and expects.

    /usr/bin/python3 -B captures.py [--into FOLDER] [CASE...]

A frames.py says `send(port, frame)` and `expect(port, frame)`, in order, a microsecond apart, so that the
captures of all ports tell one story; `wait(milliseconds)` moves the clock. `offload` is what the virtio_net_hdr beside a frame says.
Scapy is the second opinion on every length and checksum: nothing here comes from the switch.
"""
import json
import logging
import os
import runpy
import struct
import sys

from scapy.config import conf

conf.ipv6_enabled = True
conf.manufdb = None
logging.getLogger('scapy').setLevel(logging.ERROR)

from scapy.layers.dhcp import BOOTP, DHCP  # noqa: E402
from scapy.layers.inet import ICMP, IP, TCP, UDP, IPOption_NOP, IPOption_RR, fragment  # noqa: E402
from scapy.layers.inet6 import (  # noqa: E402
    ICMPv6DestUnreach, ICMPv6EchoReply, ICMPv6EchoRequest, ICMPv6PacketTooBig, ICMPv6MLReport2, ICMPv6MLDMultAddrRec, ICMPv6ND_NA, ICMPv6ND_NS, ICMPv6ND_RA, ICMPv6ND_RS,
    ICMPv6ND_Redirect, ICMPv6NDOptDstLLAddr, ICMPv6NDOptSrcLLAddr, IPv6, IPv6ExtHdrDestOpt, IPv6ExtHdrFragment,
    IPv6ExtHdrHopByHop, IPv6ExtHdrRouting, PadN,
)
from scapy.layers.ipsec import AH  # noqa: E402
from scapy.layers.l2 import ARP, LLC, Dot1AD, Dot1Q, Dot3, Ether  # noqa: E402
from scapy.layers.sctp import SCTP, SCTPChunkInit  # noqa: E402
from scapy.packet import Raw  # noqa: E402
from scapy.utils import checksum as internet_checksum  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
BROADCAST = 'ff:ff:ff:ff:ff:ff'


class Story:
    def __init__(self):
        self.now_us = 0
        self.sent = {}
        self.expected = {}

    def add(self, into, port, frame, offload):
        into.setdefault(port, []).append((self.now_us, bytes(frame), offload))
        self.now_us += 1


story = Story()


def send(port, frame, offload=None):
    """The frame enters the switch by the port."""
    story.add(story.sent, port, frame, offload)


def expect(port, frame, offload=None):
    """The port must get exactly this frame, behind all that it was to get before."""
    story.add(story.expected, port, frame, offload)


def wait(milliseconds):
    story.now_us = (story.now_us // 1000 + milliseconds) * 1000


def mac(number):
    return '02:00:00:00:00:%02x' % number


def multicast_mac(address):
    """The group's MAC: RFC 1112 and RFC 2464."""
    if ':' in address:
        from scapy.utils6 import inet_pton
        import socket
        tail = inet_pton(socket.AF_INET6, address)[-4:]
        return '33:33:%02x:%02x:%02x:%02x' % tuple(tail)
    parts = [int(part) for part in address.split('.')]
    return '01:00:5e:%02x:%02x:%02x' % (parts[1] & 127, parts[2], parts[3])


def ether(source, destination):
    """Ethernet between two hosts of this book of cases, by number, or by MAC as text."""
    name = lambda host: host if isinstance(host, str) else mac(host)  # noqa: E731
    return Ether(src=name(source), dst=name(destination))


def payload(length, start=0):
    return bytes((start + index) & 255 for index in range(length))


def partial(frame):
    """The frame with the pseudo-header's sum alone in its transport checksum, as a kernel hands it over."""
    raw = bytearray(bytes(frame))
    parsed = Ether(bytes(raw))
    layer = parsed.getlayer(TCP) or parsed.getlayer(UDP)
    length = len(bytes(layer))
    start = len(raw) - length
    protocol = 6 if layer.name == 'TCP' else 17
    if parsed.haslayer(IPv6):
        pseudo = bytes(raw[14 + 8:14 + 40]) + struct.pack('!IHBB', length, 0, 0, protocol)
    else:
        pseudo = bytes(raw[14 + 12:14 + 20]) + struct.pack('!BBH', 0, protocol, length)
    field = start + (16 if protocol == 6 else 6)
    raw[field:field + 2] = struct.pack('!H', internet_checksum(pseudo) ^ 0xffff)
    return bytes(raw)


def tagged(frame, vlan, prio=0, dei=0):
    """The frame with an 802.1Q tag in front of its EtherType."""
    raw = bytes(frame)
    return raw[:12] + struct.pack('!HH', 0x8100, prio << 13 | dei << 12 | vlan) + raw[12:]


def offload_of(frame, gso='none', gso_size=0, **more):
    """What a truthful virtio_net_hdr says beside a frame with a partial checksum."""
    parsed = Ether(bytes(frame))
    layer = parsed.getlayer(TCP) or parsed.getlayer(UDP)
    start = len(bytes(frame)) - len(bytes(layer))
    truth = {'gso': gso, 'gsoSize': gso_size, 'needsChecksum': True, 'checksumStart': start,
             'checksumOffset': 16 if layer.name == 'TCP' else 6}
    truth.update(more)
    return truth


def too_big(frame, mtu, most=None):
    """What the sender of an IP frame is told when its receiver takes packets up to `mtu`: RFC 1191, RFC 4443."""
    parsed = Ether(bytes(frame))
    answer = Ether(src=parsed.dst, dst=parsed.src)
    if parsed.haslayer(IPv6):
        quoted = bytes(parsed.getlayer(IPv6))[:(most or 1280) - 48]
        return answer / IPv6(src=parsed[IPv6].dst, dst=parsed[IPv6].src) / ICMPv6PacketTooBig(mtu=mtu) / quoted
    quoted = bytes(parsed.getlayer(IP))[:(most or 576) - 28]
    return answer / IP(src=parsed[IP].dst, dst=parsed[IP].src, id=0, flags='DF', tos=0xc0) / ICMP(type=3, code=4, nexthopmtu=mtu) / quoted


def write_capture(path, frames):
    with open(path, 'wb') as out:
        out.write(struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 262144, 1))
        for now_us, raw, _ in frames:
            out.write(struct.pack('<IIII', now_us // 1_000_000, now_us % 1_000_000, len(raw), len(raw)))
            out.write(raw)


def write_side(folder, side, streams):
    for port, frames in sorted(streams.items()):
        write_capture(os.path.join(folder, f'{side}.{port}.pcap'), frames)
        offloads = {str(index): offload for index, (_, _, offload) in enumerate(frames) if offload is not None}
        if offloads:
            with open(os.path.join(folder, f'{side}.{port}.offloads.json'), 'w') as out:
                out.write(json.dumps(offloads, indent=1, sort_keys=True) + '\n')


def main(arguments):
    global story
    into = None
    if arguments[:1] == ['--into']:
        into, arguments = arguments[1], arguments[2:]
    cases = arguments or sorted(name for name in os.listdir(HERE) if os.path.exists(os.path.join(HERE, name, 'frames.py')))
    sys.path.insert(0, HERE)
    sys.modules['captures'] = sys.modules['__main__']
    for name in cases:
        story = Story()
        runpy.run_path(os.path.join(HERE, name, 'frames.py'))
        folder = os.path.join(into or HERE, name)
        os.makedirs(folder, exist_ok=True)
        for old in os.listdir(folder):
            if old.startswith(('in.', 'out.')):
                os.remove(os.path.join(folder, old))
        write_side(folder, 'in', story.sent)
        write_side(folder, 'out', story.expected)


if __name__ == '__main__':
    main(sys.argv[1:])
