"""A port that may hold two MACs, and shows four."""
from captures import *  # noqa: F403

strangers = ['02:00:00:00:01:%02x' % number for number in range(4)]
for number, stranger in enumerate(strangers):
    frame = ether(stranger, 1) / IP(src=f'10.0.0.{100 + number}', dst='10.0.0.1') / UDP(sport=6, dport=5) / b'here'
    send('guest', frame)
    expect('web', frame)
for number, stranger in enumerate(strangers):
    frame = ether(1, stranger) / IP(src='10.0.0.1', dst=f'10.0.0.{100 + number}') / UDP(sport=5, dport=6) / b'there'
    send('web', frame)
    expect('guest', frame)
    if number >= 2:
        expect('lab', frame)
