"""A port that loses what it sends, a port that loses what it gets, and one without faults."""
from captures import *  # noqa: F403

# Of the first ten frames, by loss 30 and repeat 20; for ever the same.
LOST_OF_SEED_1_RECEIVED = {2, 7, 8, 9}
LOST_OF_SEED_2_TRANSMITTED, REPEATED_OF_SEED_2_TRANSMITTED = {2, 4}, {6}


def udp(source, to, number):
    return ether(source, to) / IP(src=f'10.0.0.{source}', dst=f'10.0.0.{to}') / UDP(sport=5, dport=6) / payload(20 + number)


for number in range(10):
    send('web', udp(1, 3, number))
    if number not in LOST_OF_SEED_1_RECEIVED:
        expect('log', udp(1, 3, number))
for number in range(10):
    send('log', udp(3, 2, number))
    if number not in LOST_OF_SEED_2_TRANSMITTED:
        expect('db', udp(3, 2, number))
    if number in REPEATED_OF_SEED_2_TRANSMITTED:
        expect('db', udp(3, 2, number))
# The other direction of each has no faults.
send('db', udp(2, 1, 0))
expect('web', udp(2, 1, 0))
