"""Joining and leaving by MLDv1 and MLDv2."""
from membership import *  # noqa: F403

GROUP, OTHER = 'ff05::1:3', 'ff3e::8000:1'
say('web', data(1, GROUP), 'db', 'log')
wait(1)
for port in ('web', 'db', 'log'):
    expect(port, asked4(tenths=20, seconds=20))
    expect(port, asked6(milliseconds=2000, seconds=20))
send('db', mld_report1(2, GROUP))
send('log', mld_report2(3, (TO_EX, OTHER), (TO_EX, 'ff02::fb'), source='::'))
wait(2000)
say('web', data(1, GROUP), 'db')
say('web', data(1, OTHER), 'log')
say('web', data(1, 'ff02::fb'), 'db', 'log')
send('web', data(1, 'ff05::9'))
send('db', mld_done(2, GROUP))
expect('db', asked6(GROUP, milliseconds=1000, seconds=20))
send('log', mld_report2(3, (TO_IN, OTHER)))
expect('log', asked6(OTHER, milliseconds=1000, seconds=20))
wait(1000)
expect('db', asked6(GROUP, milliseconds=1000, seconds=20))
expect('log', asked6(OTHER, milliseconds=1000, seconds=20))
say('web', data(1, GROUP), 'db')
wait(1000)
send('web', data(1, GROUP))
send('web', data(1, OTHER))
