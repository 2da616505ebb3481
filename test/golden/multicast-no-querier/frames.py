"""Snooping where nobody asks."""
from membership import *  # noqa: F403

GROUP = '239.1.2.3'
send('db', report2(2, GROUP))
wait(20_000)
say('web', data(1, GROUP), 'db', 'log', 'guest')
say('guest', query2(4, tenths=10), 'web', 'db', 'log')
say('db', report2(2, GROUP), 'guest')
say('web', data(1, GROUP), 'db', 'log', 'guest')
wait(1000)
say('web', data(1, GROUP), 'db', 'guest')
wait(255_000)
say('web', data(1, GROUP), 'db', 'log', 'guest')
