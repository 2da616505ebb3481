"""A container that asks for an address, and one that hands them out."""
from captures import *  # noqa: F403

def bootp(source, hardware, ports=(68, 67), operation=1, host=1, to=BROADCAST, destination='255.255.255.255'):
    return (ether(host, to) / IP(src=source, dst=destination) / UDP(sport=ports[0], dport=ports[1])
            / BOOTP(op=operation, xid=7, chaddr=bytes.fromhex(hardware.replace(':', ''))) / DHCP(options=[('message-type', 1), 'end']))
for source in ('0.0.0.0', '10.0.0.1'):
    asking = bootp(source, mac(1))
    send('web', asking)
    expect('db', asking)
    expect('guest', asking)
    send('web', bootp(source, mac(2)))
send('web', bootp('10.0.0.1', mac(2), ports=(67, 68), operation=2, to=mac(2), destination='10.0.0.2'))
send('web', bootp('10.0.0.1', mac(2), ports=(1067, 68), operation=2, to=mac(2), destination='10.0.0.2'))
send('web', bootp('10.0.0.1', mac(2), ports=(1068, 67)))
for port in (547, 1547):
    send('web', ether(1, 2) / IPv6(src='fd00::1', dst='fd00::2') / UDP(sport=port, dport=546) / payload(8))
asking = ether(1, multicast_mac('ff02::1:2')) / IPv6(src='fe80::ff:fe00:1', dst='ff02::1:2') / UDP(sport=546, dport=547) / payload(8)
send('web', asking)
expect('db', asking)
expect('guest', asking)
# Too short to say whose MAC it is about.
send('web', ether(1, BROADCAST) / IP(src='10.0.0.1', dst='255.255.255.255') / UDP(sport=68, dport=67) / payload(20))
answer = bootp('10.0.0.3', mac(1), ports=(67, 68), operation=2, host=3, to=mac(1), destination='10.0.0.1')
send('guest', answer)
expect('web', answer)
