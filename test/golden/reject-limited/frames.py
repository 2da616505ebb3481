"""A sender is told a hundred times a second, and no more."""
from connections import *  # noqa: F403

for number in range(130):
    frame = udp(1, 2, 4000 + number, 81)
    dies(frame)
    if number < 100:
        expect('web', Ether(bytes(prohibited(frame))))
wait(1000)
for number in range(130):
    frame = Tcp(sport=5000 + number).frame(0, 'S')
    dies(frame)
    if number < 100:
        expect('web', reset_for(frame))
