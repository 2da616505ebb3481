"""An echo request in fragments, to several receivers."""
from connections import *  # noqa: F403


def pieces(kind, v6, identification):
    whole = bytes(ICMP(type=kind, id=5, seq=1) / Raw(payload(600))) if not v6 else b'\x80\0\0\0\0\5\0\1' + bytes(payload(600))
    cut = []
    for start, end in ((0, 400), (400, len(whole))):
        more = end < len(whole)
        if v6:
            layer = IPv6(src='fd00::1', dst='ff02::fb', nh=44) / IPv6ExtHdrFragment(nh=58, offset=start // 8, m=int(more), id=identification)
        else:
            layer = IP(src='10.0.0.1', dst='224.0.0.251', id=identification, proto=1, flags='MF' if more else 0, frag=start // 8)
        group = '33:33:00:00:00:fb' if v6 else '01:00:5e:00:00:fb'
        cut.append(Ether(bytes(Ether(src=ether(1, 2).src, dst=group) / layer / Raw(whole[start:end]))))
    return cut


for v6 in (False, True):
    first, second = pieces(8, v6, 7)
    for piece in (first, second):
        send('web', piece)
        expect('db', piece)
    # The other way round.
    first, second = pieces(8, v6, 8)
    send('web', second)
    send('web', first)
    expect('db', first)
    expect('db', second)
# An answer that nobody let in, with all that follows.
for piece in pieces(0, False, 9):
    send('web', piece)
