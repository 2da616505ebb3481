"""A port that is declared to lead to a router."""
from membership import *  # noqa: F403

GROUP = '239.1.2.3'
say('db', report2(2, GROUP), 'log')
wait(10)
all_are_asked('web', 'db', 'log')
say('db', mld_report2(2, (TO_EX, 'ff05::1:3')), 'log')
wait(10_000)
say('web', data(1, GROUP), 'db', 'log')
say('web', data(1, '239.9.9.9'), 'log')
say('web', data(1, 'ff05::1:3'), 'db', 'log')
say('log', query2(3), 'web', 'db')
