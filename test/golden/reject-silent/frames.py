"""What is rejected without a word."""
from connections import *  # noqa: F403

# To a group or to all nobody answers.
send('web', ether(1, BROADCAST) / IP(src='10.0.0.1', dst='10.0.0.255') / UDP(sport=4000, dport=81) / b'all')
send('web', ether(1, multicast_mac('224.0.0.251')) / IP(src='10.0.0.1', dst='224.0.0.251') / UDP(sport=4000, dport=5353) / b'all')
send('web', ether(1, multicast_mac('ff02::fb')) / IPv6(src='fd00::1', dst='ff02::fb') / UDP(sport=4000, dport=5353) / b'all')
