"""Leaving without being asked."""
from membership import *  # noqa: F403

A, B = '239.1.2.3', 'ff05::1:3'
send('db', report3(2, (TO_EX, A)))
wait(1)
all_are_asked('web', 'db', 'log')
send('db', mld_report2(2, (TO_EX, B)))
wait(10_000)
say('web', data(1, A), 'db')
say('web', data(1, B), 'db')
send('db', leave2(2, A))
send('db', mld_report2(2, (TO_IN, B)))
send('web', data(1, A))
send('web', data(1, B))
