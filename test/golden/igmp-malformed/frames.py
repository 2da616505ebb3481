"""IGMP that contradicts itself."""
from membership import *  # noqa: F403

GROUP = '239.1.2.3'
say('web', data(1, '224.0.0.9'), 'db', 'log')
wait(1)
all_are_asked('web', 'db', 'log')
send('db', igmp(2, GROUP, IGMP(type=0x16, mrcode=0, gaddr=GROUP, chksum=0x1234)))
send('db', igmp(2, GROUP, IGMP(type=0x16, mrcode=0, gaddr=GROUP), ttl=2))
send('db', igmp(2, GROUP, IGMP(type=0x16, mrcode=0, gaddr=GROUP), flags='MF'))
send('db', igmp(2, GROUP, IGMP(type=0x16, mrcode=0, gaddr='10.0.0.9')))
send('db', igmp(2, GROUP, Raw(bytes.fromhex('1600fa00ef01'))))
send('db', report3(2, (TO_EX, GROUP), options=[]))
send('db', igmp(2, ALL_V3, IGMPv3(type=0x22, mrcode=0) / IGMPv3mr(numgrp=2, records=[IGMPv3gr(rtype=4, maddr=GROUP)])))
send('db', igmp(2, ALL_V3, IGMPv3(type=0x22, mrcode=0) / IGMPv3mr(records=[IGMPv3gr(rtype=4, numsrc=300, maddr=GROUP)])))
say('db', igmp(2, ALL_SYSTEMS, IGMP(type=0x13, mrcode=0, gaddr='0.0.0.0')), 'web', 'log')
wait(10_000)
send('web', data(1, GROUP))
