"""Groups that nobody asked for, flooded."""
from membership import *  # noqa: F403

GROUP = '239.1.2.3'
send('db', report2(2, GROUP))
wait(1)
all_are_asked('web', 'db', 'log')
send('db', report2(2, GROUP))
wait(10_000)
say('web', data(1, GROUP), 'db')
say('web', data(1, '239.9.9.9'), 'db', 'log')
say('web', data(1, 'ff05::1:3'), 'db', 'log')
