"""VLAN tags on a device, read and written without the kernel's 8021q: what stood in a tag is in PACKET_AUXDATA.

    tags.py answer DEVICE VLAN ADDRESS          answers ARP and pings for ADDRESS in the VLAN
    tags.py hear DEVICE COUNT ETHERTYPE [LENGTH]
                                                prints COUNT frames of the EtherType (behind the tag) and at least
                                                that LENGTH, a JSON object each
    tags.py send DEVICE HEX                     sends a frame, byte for byte
    tags.py send-super DEVICE VLAN FROM TO TOMAC PORT SIZE COUNT
                                                sends a UDP super-frame of COUNT times SIZE bytes, tagged
    tags.py gather ADDRESS PORT COUNT           prints the sizes of COUNT datagrams, as JSON
    tags.py burst ADDRESS PORT SIZE COUNT       sends COUNT datagrams by one call (UDP_SEGMENT)

`answer`, `hear` and `gather` say `ready` first.
"""
import json
import socket
import struct
import sys

SOL_PACKET, PACKET_AUXDATA, PACKET_VNET_HDR = 263, 8, 15
PACKET_OUTGOING = 4
SOL_UDP, UDP_SEGMENT = 17, 103
STATUS_VLAN_VALID, STATUS_VLAN_TPID_VALID = 1 << 4, 1 << 6
VNET = struct.Struct('<BBHHHH')
NEEDS_CHECKSUM, GSO_UDP = 1, 5


def open_packets(device, with_vnet=False):
    packets = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    packets.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
    if with_vnet:
        packets.setsockopt(SOL_PACKET, PACKET_VNET_HDR, 1)
    packets.bind((device, 3))  # ETH_P_ALL
    return packets


def receive(packets, with_vnet=False):
    """A frame without its outer tag, that tag's (TPID, TCI) or None, and the virtio_net_hdr; only what came in."""
    while True:
        data, ancillary, _, where = packets.recvmsg(1 << 17, 256)
        if where[2] == PACKET_OUTGOING:
            continue
        tag = None
        for level, kind, content in ancillary:
            if level == SOL_PACKET and kind == PACKET_AUXDATA:
                status, _, _, _, _, tci, tpid = struct.unpack('IIIHHHH', content[:20])
                if status & STATUS_VLAN_VALID:
                    tag = (tpid if status & STATUS_VLAN_TPID_VALID else 0x8100, tci)
        vnet = VNET.unpack(data[:VNET.size]) if with_vnet else None
        return data[VNET.size if with_vnet else 0:], tag, vnet


def mac_of(device):
    with open(f'/sys/class/net/{device}/address') as file:
        return bytes.fromhex(file.read().strip().replace(':', ''))


def checksum(data):
    if len(data) % 2:
        data += b'\0'
    total = sum(struct.unpack(f'!{len(data) // 2}H', data))
    while total > 0xffff:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def tag_of(vlan, priority=0):
    return struct.pack('!HH', 0x8100, priority << 13 | vlan)


def answer_to(frame, own_mac, own_address):
    """The frame that answers, without a tag; None for what asks nothing of us."""
    kind = frame[12:14]
    if kind == b'\x08\x06' and frame[20:22] == b'\0\1' and frame[38:42] == own_address:
        return frame[6:12] + own_mac + frame[12:20] + b'\0\2' + own_mac + own_address + frame[22:32]
    if kind == b'\x08\x00' and frame[23] == 1 and frame[30:34] == own_address and frame[34] == 8:
        length = struct.unpack('!H', frame[16:18])[0]
        message = b'\0\0\0\0' + frame[38:14 + length]
        message = message[:2] + struct.pack('!H', checksum(message)) + message[4:]
        return frame[6:12] + own_mac + frame[12:26] + own_address + frame[26:30] + message
    return None


def answer(device, vlan, address):
    packets, own_mac, own_address = open_packets(device), mac_of(device), socket.inet_aton(address)
    print('ready', flush=True)
    while True:
        frame, tag, _ = receive(packets)
        if tag is None or tag[1] & 0xfff != int(vlan):
            continue
        said = answer_to(frame, own_mac, own_address)
        if said is not None:
            packets.send(said[:12] + tag_of(int(vlan), tag[1] >> 13) + said[12:])


def hear(device, count, ether_type, length=0):
    packets = open_packets(device, with_vnet=True)
    print('ready', flush=True)
    heard = 0
    while heard < int(count):
        frame, tag, (flags, gso, _, gso_size, start, offset) = receive(packets, with_vnet=True)
        if frame[12:14] != bytes.fromhex(ether_type) or len(frame) < int(length):
            continue
        heard += 1
        print(json.dumps({
            'tpid': tag[0] if tag else 0, 'vlan': tag[1] & 0xfff if tag else 0, 'priority': tag[1] >> 13 if tag else 0, 'isTagged': tag is not None,
            'needsChecksum': flags & NEEDS_CHECKSUM != 0, 'gso': gso, 'gsoSize': gso_size, 'checksumStart': start, 'checksumOffset': offset,
            'length': len(frame), 'start': frame[:64].hex(),
        }), flush=True)


def send(device, text):
    open_packets(device).send(bytes.fromhex(text))


def send_super(device, vlan, source, destination, destination_mac, port, size, count):
    payload = bytes(index & 255 for index in range(int(size) * int(count)))
    length = 8 + len(payload)
    addresses = socket.inet_aton(source) + socket.inet_aton(destination)
    pseudo = ~checksum(addresses + struct.pack('!BBH', 0, 17, length)) & 0xffff
    udp = struct.pack('!HHHH', 40000, int(port), length, pseudo) + payload
    ip = struct.pack('!BBHHHBBH', 0x45, 0, 20 + length, 7, 0x4000, 64, 17, 0) + addresses
    ip = ip[:10] + struct.pack('!H', checksum(ip)) + ip[12:]
    macs = bytes.fromhex(destination_mac.replace(':', '')) + mac_of(device)
    frame = macs + tag_of(int(vlan)) + b'\x08\x00' + ip + udp
    vnet = VNET.pack(NEEDS_CHECKSUM, GSO_UDP, 18 + 20 + 8, int(size), 18 + 20, 6)
    open_packets(device, with_vnet=True).send(vnet + frame)


def gather(address, port, count):
    datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    datagrams.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    datagrams.bind((address, int(port)))
    print('ready', flush=True)
    got = [datagrams.recv(1 << 16) for _ in range(int(count))]
    joined = b''.join(got)
    whole = joined == bytes(index & 255 for index in range(len(joined)))
    print(json.dumps({'sizes': [len(one) for one in got], 'isWhole': whole}), flush=True)


def burst(address, port, size, count):
    datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    datagrams.setsockopt(SOL_UDP, UDP_SEGMENT, int(size))
    datagrams.sendto(bytes(index & 255 for index in range(int(size) * int(count))), (address, int(port)))


def main(command, *arguments):
    {'answer': answer, 'hear': hear, 'send': send, 'send-super': send_super, 'gather': gather, 'burst': burst}[command](*arguments)


if __name__ == '__main__':
    main(*sys.argv[1:])
