"""A gateway whose MAC the operator declared."""
from captures import *  # noqa: F403

gateway = '02:00:00:00:00:99'
to_gateway = ether(1, gateway) / IP(src='10.0.0.1', dst='192.0.2.1') / UDP(sport=5, dport=6) / b'out'
send('web', to_gateway)
expect('guest', to_gateway)
claim = ether(gateway, 1) / IP(src='192.0.2.1', dst='10.0.0.1') / UDP(sport=6, dport=5) / b'claim'
send('lab', claim)
expect('web', claim)
send('web', to_gateway)
expect('guest', to_gateway)
