"""More packets that are too large than a port is answered for."""
from captures import *  # noqa: F403

def jumbo(source, number):
    return ether(source, 2) / IP(src=f'10.0.0.{source}', dst='10.0.0.2', id=number) / UDP(sport=5, dport=6) / payload(1600)
def say(port, source, count, answered):
    for number in range(count):
        send(port, jumbo(source, number))
        if number < answered:
            expect(port, too_big(jumbo(source, number), 1500))
say('web', 1, 130, 100)
say('app', 3, 2, 2)
wait(70)
say('web', 1, 20, 7)
wait(1000)
say('web', 1, 110, 100)
