"""A sender of super-frames whose segments are too large for one receiver."""
from captures import *  # noqa: F403

for to, port in ((2, 'db'), (3, 'log')):
    frame = Ether(bytes(ether(1, to) / IP(src='10.0.0.1', dst=f'10.0.0.{to}') / TCP(sport=5, dport=6, flags='A') / payload(2600)))
    send('web', partial(frame), offload_of(frame, 'tcp4', 1261))
    segment = ether(1, to) / IP(src='10.0.0.1', dst=f'10.0.0.{to}') / TCP(sport=5, dport=6, flags='A') / bytes(payload(2600))[:1261]
    expect('web', too_big(segment, 1300))
    send('web', partial(frame), offload_of(frame, 'tcp4', 1260))
    if port == 'db':
        expect(port, partial(frame), offload_of(frame, 'tcp4', 1260))
        continue
    data = bytes(payload(2600))
    for index, at in enumerate((0, 1260, 2520)):
        expect(port, ether(1, to) / IP(src='10.0.0.1', dst=f'10.0.0.{to}', id=1 + index) / TCP(sport=5, dport=6, flags='A', seq=at) / data[at:at + 1260])
