"""Snooping off: everything floods."""
from membership import *  # noqa: F403

GROUP = '239.1.2.3'
say('db', report2(2, GROUP), 'web', 'log')
say('db', mld_report2(2, (TO_EX, 'ff05::1:3')), 'web', 'log')
say('web', data(1, GROUP), 'db', 'log')
say('web', data(1, 'ff05::1:3'), 'db', 'log')
say('db', igmp(2, GROUP, IGMP(type=0x16, mrcode=0, gaddr=GROUP, chksum=1)), 'web', 'log')
say('db', leave2(2, GROUP), 'web', 'log')
wait(20_000)
say('web', data(1, GROUP), 'db', 'log')
