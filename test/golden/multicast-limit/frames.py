"""More groups than a port may ask for."""
from membership import *  # noqa: F403

say('web', data(1, '224.0.0.9'), 'db', 'log')
wait(1)
all_are_asked('web', 'db', 'log')
send('db', report2(2, '239.0.0.1'))
send('log', report3(3, (TO_EX, '239.0.0.1'), (TO_EX, '239.0.0.2'), (TO_EX, '239.0.0.3')))
wait(10_000)
say('web', data(1, '239.0.0.1'), 'db', 'log')
say('web', data(1, '239.0.0.3'), 'log')
say('web', data(1, '239.0.0.200'), 'log')
send('web', data(1, 'ff05::1'))
wait(250_000)
all_are_asked('web', 'db', 'log')
send('web', data(1, '239.0.0.3'))
