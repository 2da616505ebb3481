"""Writes linux_segments.def: the super-frames of segments.def, as this machine's Linux cuts them.

Run as root, `/usr/bin/python3 test/native/action/data/linux_segments.py > test/native/action/data/linux_segments.def`.
Two TAPs stand on a bridge in a namespace of their own: a super-frame is written to the one, and because
the other takes no offload, the kernel cuts it in between. Some are also sent with a sum in the checksum
field that is not the pseudo-header's: Linux takes the sender's word for it, and so do we.
"""
import ctypes
import fcntl
import os
import pathlib
import re
import select
import struct
import subprocess

CLONE_NEWNET = 0x40000000
TUNSETIFF, TUNSETOFFLOAD, TUNSETVNETHDRSZ = 0x400454CA, 0x400454D0, 0x400454D8
IFF_TAP, IFF_NO_PI, IFF_VNET_HDR = 0x0002, 0x1000, 0x4000
EVERY_OFFLOAD = 0x01 | 0x02 | 0x04 | 0x08 | 0x20 | 0x40  # checksum, TSO4, TSO6, ECN, USO4, USO6
HEADER = struct.Struct('<BBHHHH')
PATTERN = re.compile(r'SUPER\("(.*)", (\w+), (\d+), (\w+), (\d+), (\d+), "(\w+)", (\d+)\)')
GSO = {'kTcp4': 1, 'kTcp6': 4, 'kUdp': 5}


def payload(length):
    return bytes((i * 7 + (i >> 8)) & 0xff for i in range(length))


def run(*command):
    subprocess.run(command, check=True)


def tap(name, flags, offloads):
    device = os.open('/dev/net/tun', os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, TUNSETIFF, struct.pack('16sH22x', name.encode(), IFF_TAP | IFF_NO_PI | flags))
    if flags & IFF_VNET_HDR:
        fcntl.ioctl(device, TUNSETVNETHDRSZ, struct.pack('i', HEADER.size))
    fcntl.ioctl(device, TUNSETOFFLOAD, offloads)
    run('ip', 'link', 'set', name, 'mtu', '9000', 'master', 'bridge0', 'up')
    return device


def read_all(device):
    frames = []
    while select.select([device], [], [], 0.2)[0]:
        frames.append(os.read(device, 65536))
    return frames


def super_frames():
    definitions = pathlib.Path(__file__).with_name('segments.def').read_text().splitlines()
    lines = [line for line in definitions if PATTERN.match(line)]
    yield from lines
    for line in lines:
        name, _, _, _, start, offset, headers, _ = PATTERN.match(line).groups()
        if name in ('tcp4', 'tcp6', 'udp4', 'udp6'):
            at = 2 * (int(start) + int(offset))
            yield line.replace(headers, headers[:at] + 'beef' + headers[at + 4:]).replace(name, f'{name} with a wrong sum', 1)


def main():
    # This process alone is in the namespace, which ends with it.
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) != 0:
        raise SystemExit('needs root: a network namespace could not be made')
    pathlib.Path('/proc/sys/net/ipv6/conf/default/disable_ipv6').write_text('1')
    run('ip', 'link', 'add', 'bridge0', 'type', 'bridge', 'mcast_snooping', '0')
    run('ip', 'link', 'set', 'bridge0', 'mtu', '9000', 'up')
    sender, receiver = tap('sender', IFF_VNET_HDR, EVERY_OFFLOAD), tap('receiver', 0, 0)
    read_all(receiver)

    print('// The super-frames of segments.def, cut by Linux ' + os.uname().release.split('-')[0] + ' (linux_segments.py).')
    for line in super_frames():
        name, gso, size, ecn, start, offset, headers, length = PATTERN.match(line).groups()
        data = payload(int(length))
        header_length = len(headers) // 2
        hint = HEADER.pack(1, GSO[gso] | (0x80 if ecn == 'true' else 0), header_length, int(size), int(start), int(offset))
        os.write(sender, hint + bytes.fromhex(headers) + data)
        frames = read_all(receiver)
        if not frames:
            print(f'// Linux passes nothing of: {name}')
            continue
        print(line.replace(f'"{name}"', f'"Linux: {name}"'))
        at = 0
        for frame in frames:
            piece = frame[header_length:]
            if data[at:at + len(piece)] != piece:
                raise SystemExit(f'{name}: a segment does not hold the payload that should be there')
            print(f'SEGMENT("{frame[:header_length].hex()}", {at}, {len(piece)})')
            at += len(piece)


main()
