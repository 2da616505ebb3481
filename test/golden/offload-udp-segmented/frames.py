"""A sender of UDP super-frames, a receiver that takes them and one that does not."""
from captures import *  # noqa: F403

def play(ip, length, size):
    for to, port in ((2, 'db'), (3, 'log')):
        head = ip.copy()
        head.dst = ip.dst[:-1] + str(to)
        frame = Ether(bytes(ether(1, to) / head / UDP(sport=5, dport=6) / payload(length)))
        raw, offload = partial(frame), offload_of(frame, 'udp', size)
        send('web', raw, offload)
        if port == 'log':
            expect(port, raw, offload)
            continue
        data = bytes(payload(length))
        for index, at in enumerate(range(0, length, size)):
            part = head.copy()
            if IP in part:
                part.id = (ip.id + index) & 0xffff
            expect(port, ether(1, to) / part / UDP(sport=5, dport=6) / data[at:at + size])

for ip in (IP(src='10.0.0.1', dst='10.0.0.2', id=9), IPv6(src='fd00::1', dst='fd00::2')):
    play(ip, 3000, 1400)
    play(ip, 2800, 1400)
    play(ip, 128 * 90, 90)
    play(ip, 2, 1)
