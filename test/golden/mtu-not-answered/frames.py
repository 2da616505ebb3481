"""What is larger than its receiver's MTU, and what nobody answers."""
from captures import *  # noqa: F403

quote = IP(src='10.0.0.2', dst='10.0.0.1') / UDP(sport=5, dport=6) / payload(1500)
v4 = ether(1, 2) / IP(src='10.0.0.1', dst='10.0.0.2')
v6 = ether(1, 2) / IPv6(src='fd00::1', dst='fd00::2')
for type in (3, 4, 5, 11, 12, 19, 40, 255):
    send('web', v4 / ICMP(type=type, unused=0) / quote)
for message in (ICMPv6DestUnreach(), ICMPv6PacketTooBig(mtu=1300)):
    send('web', v6 / message / quote)
send('web', v6 / IPv6ExtHdrDestOpt() / ICMPv6DestUnreach() / quote)
send('web', ether(1, 2) / IPv6(src='fd00::1', dst='fd00::2', hlim=255) / ICMPv6ND_Redirect(tgt='fd00::9', dst='fd00::8') / ICMPv6NDOptDstLLAddr(lladdr=mac(9)) /
     Raw(b'\4\xf0' + bytes(1918)))
send('web', ether(1, 2) / IP(src='10.0.0.1', dst='10.0.0.2', frag=200, proto=17) / payload(2000))
send('web', v6 / IPv6ExtHdrFragment(nh=17, id=1, offset=200, m=1) / payload(2000))
for address in ('0.0.0.1', '127.0.0.1', '224.0.0.5', '255.255.255.255'):
    send('web', ether(1, 2) / IP(src=address, dst='10.0.0.2') / UDP(sport=5, dport=6) / payload(2000))
    send('web', ether(1, 2) / IP(src='10.0.0.1', dst=address) / UDP(sport=5, dport=6) / payload(2000))
for source, destination in (('ff02::1', 'fd00::2'), ('::', 'fd00::2'), ('fd00::1', 'ff02::5'), ('fd00::1', '::')):
    send('web', ether(1, 2) / IPv6(src=source, dst=destination) / UDP(sport=5, dport=6) / payload(2000))
for group in (BROADCAST, multicast_mac('224.0.0.5')):
    send('web', ether(1, group) / IP(src='10.0.0.1', dst='10.0.0.2') / UDP(sport=5, dport=6) / payload(2000))
send('web', ether(1, 7) / IP(src='10.0.0.1', dst='10.0.0.7') / UDP(sport=5, dport=6) / payload(2000))
send('web', ether(1, 2) / IP(src='10.0.0.1', dst='10.0.0.2', proto=1, flags='MF') / ICMP(type=3) / quote)
small = ether(1, 3) / IPv6(src='fd00::1', dst='fd00::3') / UDP(sport=5, dport=6) / payload(1000)
send('web', small)
other = Ether(src=mac(1), dst=mac(2), type=0x88b5) / payload(1600)
send('web', other)

# An echo or a question for the address mask is no error, and its sender is told.
for type in (0, 8, 17):
    query = v4 / ICMP(type=type) / payload(1500)
    send('web', query)
    expect('web', too_big(query, 1500))
