"""What rejects a TCP segment says so, as the host that it was for."""
from connections import *  # noqa: F403

for v6 in (False, True):
    for flags, more in (('S', {}), ('A', {'ack': 77}), ('PA', {'ack': 77, 'data': payload(10)})):
        frame = Tcp(dport=81, sport=40000 + len(flags) + len(more), v6=v6).frame(0, flags, **more)
        dies(frame)
        expect('web', reset_for(frame))
    # Data in a SYN (RFC 7413) are acknowledged with it.
    fast = Tcp(dport=81, sport=40010, v6=v6).frame(0, 'S', payload(7))
    dies(fast)
    expect('web', reset_for(fast))
    Tcp(v6=v6).open()
    # Nobody resets a reset.
    Tcp(dport=81, sport=40011, v6=v6).dies(0, 'R')
    Tcp(dport=81, sport=40012, v6=v6).dies(0, 'RA', ack=9)
