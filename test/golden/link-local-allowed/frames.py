"""Two containers that talk by their link-local addresses."""
from captures import *  # noqa: F403

one, other = 'fe80::ff:fe00:1', 'fe80::ff:fe00:2'
asked = ether(1, 2) / IPv6(src=one, dst=other) / ICMPv6EchoRequest(id=3, seq=1, data=b'ping')
answer = ether(2, 1) / IPv6(src=other, dst=one) / ICMPv6EchoReply(id=3, seq=1, data=b'ping')
send('web', asked)
expect('db', asked)
send('db', answer)
expect('web', answer)
send('web', ether(1, 2) / IPv6(src=other, dst=one) / ICMPv6EchoRequest(id=3, seq=1, data=b'ping'))
