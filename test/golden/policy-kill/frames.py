"""Connections whose ends are told that they are over."""
from connections import *  # noqa: F403

gone, stays = Tcp().open(), Tcp(dport=81).open()
# Of this one nobody says a word.
silent = Tcp(v6=True, sport=40009).open()
gone.passes(0, 'PA', payload(100))
gone.passes(1, 'A')
wait(1000)
def over(talk, side):
    other = side ^ 1
    header = ip(talk.hosts[other], talk.hosts[side], True) if talk.v6 else ip(talk.hosts[other], talk.hosts[side], id=0, flags='DF')
    return Ether(bytes(ether(talk.hosts[other], talk.hosts[side]) / header /
                       TCP(sport=talk.ports[other], dport=talk.ports[side], flags='RA', seq=talk.seq[other], ack=talk.seq[side], window=0)))
stays.passes(0, 'PA', payload(10))
for talk in (gone, silent):
    expect('web', over(talk, 0))
    expect('db', over(talk, 1))
wait(1000)
# Who goes on all the same did not hear it, and is told again.
expect('web', reset_for(gone.dies(0, 'PA', payload(10))))
expect('db', reset_for(gone.dies(1, 'PA', payload(10))))
# Nobody answers a reset.
gone.dies(0, 'RA')
stays.passes(1, 'PA', payload(10))
