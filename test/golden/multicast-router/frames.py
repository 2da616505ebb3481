"""A multicast router behind a port that may be one."""
from membership import *  # noqa: F403

GROUP = '239.1.2.3'
send('db', query2(2))
say('guest', query2(4), 'web', 'db', 'log')
wait(10)
for port in ('web', 'db', 'log', 'guest'):
    expect(port, asked6())
say('db', report2(2, GROUP), 'guest')
wait(10_000)
say('web', data(1, GROUP), 'db', 'guest')
say('web', data(1, '239.9.9.9'), 'guest')
say('guest', data(4, GROUP), 'db')
say('log', mld_report2(3, (TO_EX, 'ff05::1:3')))
say('web', data(1, 'ff05::1:3'), 'log')
say('db', leave2(2, GROUP), 'guest')
say('web', data(1, GROUP), 'db', 'guest')
say('guest', query2(4, GROUP, tenths=10), 'web', 'db', 'log')
wait(2000)
say('web', data(1, GROUP), 'guest')
# It is not heard for long: the switch asks.
wait(260_000)
all_are_asked('web', 'db', 'log', 'guest')
send('web', data(1, '239.9.9.9'))
