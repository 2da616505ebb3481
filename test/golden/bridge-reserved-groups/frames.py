"""A network that lists the EtherType of LLDP."""
from captures import *  # noqa: F403

for last in (0x00, 0x01, 0x02, 0x03, 0x0e, 0x0f):
    frame = ether(1, '01:80:c2:00:00:%02x' % last) / Raw(payload(46))
    frame.type = 0x88cc
    send('web', frame)
frame = ether(1, '01:80:c2:00:00:10') / Raw(payload(46))
frame.type = 0x88cc
send('web', frame)
expect('db', frame)
