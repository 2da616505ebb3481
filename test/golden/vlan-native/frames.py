"""A trunk whose native network goes without a tag, and one without a native network."""
from captures import *  # noqa: F403

def say(source, destination, text=b'hi'):
    return ether(source, destination) / IP(src='10.0.0.%d' % source, dst='10.0.0.1') / UDP(sport=5, dport=6) / text


send('router', say(9, 1))
expect('web', say(9, 1))
send('router', tagged(say(9, 1), 100, 2))
expect('web', say(9, 1))
send('router', tagged(say(9, 1), 0, 2))
expect('web', say(9, 1))
send('router', tagged(say(9, 2), 200))
expect('shop', say(9, 2))
send('web', say(1, 9))
expect('router', say(1, 9))
send('shop', say(2, 9))
expect('router', tagged(say(2, 9), 200))
# Untagged here is tagged there; the priority is what the sender's tag said.
send('router', say(9, 8))
expect('alone', tagged(say(9, 8), 100))
send('router', tagged(say(9, 8), 0, 4, 1))
expect('alone', tagged(say(9, 8), 100, 4, 1))
send('alone', tagged(say(8, 9), 100, 4))
expect('router', say(8, 9))
send('alone', tagged(say(8, BROADCAST), 100, 4))
expect('router', say(8, BROADCAST))
expect('web', say(8, BROADCAST))
send('alone', tagged(say(8, BROADCAST), 200, 4))
expect('router', tagged(say(8, BROADCAST), 200, 4))
expect('shop', say(8, BROADCAST))
