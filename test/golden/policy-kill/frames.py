"""Connections whose ends are told that they are over."""
from connections import *  # noqa: F403

gone, stays = Tcp().open(), Tcp(dport=81).open()
gone.passes(0, 'PA', payload(100))
gone.passes(1, 'A')
wait(1000)
def over(side):
    other = side ^ 1
    return Ether(bytes(ether(gone.hosts[other], gone.hosts[side]) / ip(gone.hosts[other], gone.hosts[side], id=0, flags='DF') /
                       TCP(sport=gone.ports[other], dport=gone.ports[side], flags='RA', seq=gone.seq[other], ack=gone.seq[side], window=0)))
stays.passes(0, 'PA', payload(10))
expect('web', over(0))
expect('db', over(1))
wait(1000)
# Who goes on all the same did not hear it, and is told again.
expect('web', reset_for(gone.dies(0, 'PA', payload(10))))
expect('db', reset_for(gone.dies(1, 'PA', payload(10))))
stays.passes(1, 'PA', payload(10))
