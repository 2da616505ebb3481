"""MLD that contradicts itself."""
from membership import *  # noqa: F403

GROUP = 'ff05::1:3'
say('web', data(1, '224.0.0.9'), 'db', 'log')
wait(1)
all_are_asked('web', 'db', 'log')
send('db', mld(2, GROUP, ICMPv6MLReport(mladdr=GROUP, cksum=0x1234)))
send('db', mld(2, GROUP, ICMPv6MLReport(mladdr=GROUP), hops=2))
send('db', mld(2, GROUP, ICMPv6MLReport(mladdr=GROUP), alert=False))
send('db', mld(2, GROUP, ICMPv6MLReport(mladdr=GROUP), source='fd00::2'))
send('db', mld(2, GROUP, ICMPv6MLReport(mladdr='fd00::9')))
send('db', mld(2, ALL_MLDV2, ICMPv6MLReport2(records_number=2, records=[ICMPv6MLDMultAddrRec(rtype=4, dst=GROUP)])))
wait(10_000)
send('web', data(1, GROUP))
