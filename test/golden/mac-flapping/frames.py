"""Two ports fight over a MAC: the one that had it first keeps it, until it was quiet for ten seconds."""
from captures import *  # noqa: F403

stranger = '02:00:00:00:00:77'


def claim(port, number):
    frame = ether(stranger, 1) / IP(src='10.0.0.77', dst='10.0.0.1') / UDP(sport=7, dport=5) / (b'claim %d' % number)
    send(port, frame)
    expect('web', frame)


def ask(owner, number):
    frame = ether(1, stranger) / IP(src='10.0.0.1', dst='10.0.0.77') / UDP(sport=5, dport=7) / (b'who has it %d' % number)
    send('web', frame)
    expect(owner, frame)


claim('guest', 0)
ask('guest', 0)
# Four moves are followed.
for number, port in enumerate(('lab', 'guest', 'lab', 'guest'), 1):
    claim(port, number)
    ask(port, number)
# The fifth is not, nor what comes after it.
wait(1000)
for number in (5, 6):
    claim('lab', number)
    ask('guest', number)
wait(9000)
claim('lab', 7)
ask('guest', 7)
# Ten seconds after it began to flap it may move again.
wait(1001)
claim('lab', 8)
ask('lab', 8)
