"""Two containers, and two ports that may hold anybody."""
from captures import *  # noqa: F403

stranger = ether(1, '02:00:00:00:00:77') / IP(src='10.0.0.1', dst='10.0.0.77') / UDP(sport=5, dport=6) / b'who'
send('web', stranger)
expect('guest', stranger)
expect('lab', stranger)
stranger = ether(3, '02:00:00:00:00:77') / IP(src='10.0.0.3', dst='10.0.0.77') / UDP(sport=5, dport=6) / b'who'
send('guest', stranger)
expect('lab', stranger)
send('mail', ether(5, '02:00:00:00:00:77') / IP(src='10.0.0.5', dst='10.0.0.77') / UDP(sport=5, dport=6) / b'who')
# To itself: the receiver is behind the port that the frame came by.
send('web', ether(1, 1) / IP(src='10.0.0.1', dst='10.0.0.1') / UDP(sport=5, dport=6) / b'me')
