"""A network that lists one EtherType more, and one that does not."""
from captures import *  # noqa: F403

listed = ether(1, 2) / Raw(payload(50))
listed.type = 0x88b5
send('web', listed)
expect('db', listed)
loud = ether(1, BROADCAST) / Raw(payload(9))
loud.type = 0x88b5
send('web', loud)
expect('db', loud)
for number, port, host, other in ((0x88b6, 'web', 1, 2), (0x88cc, 'web', 1, 2), (0x0600, 'web', 1, 2), (0x88b5, 'shop', 3, 4), (0xffff, 'shop', 3, 4)):
    frame = ether(host, other) / Raw(payload(46))
    frame.type = number
    send(port, frame)
send('web', Dot3(src=mac(1), dst=mac(2)) / LLC() / payload(40))
send('web', Dot3(src=mac(1), dst=mac(2)) / LLC() / payload(3))
