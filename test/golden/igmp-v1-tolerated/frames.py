"""A host of IGMPv1 among others."""
from membership import *  # noqa: F403

GROUP = '239.1.2.3'
send('web', data(1, '224.0.0.9'))
expect('db', data(1, '224.0.0.9'))
expect('log', data(1, '224.0.0.9'))
wait(1)
all_are_asked('web', 'db', 'log')
send('db', report1(2, GROUP))
wait(10_000)
send('db', leave2(2, GROUP))
wait(5000)
say('web', data(1, GROUP), 'db')
wait(240_000)
all_are_asked('web', 'db', 'log')
say('web', data(1, GROUP), 'db')
wait(10_000)
send('web', data(1, GROUP))
