"""IGMP and MLD in scapy's words, for the frames.py of cases about multicast groups."""
from captures import *  # noqa: F403
from captures import IP, IPv6, IPv6ExtHdrHopByHop, Raw, UDP, ether, multicast_mac
from scapy.contrib.igmp import IGMP
from scapy.contrib.igmpv3 import IGMPv3, IGMPv3gr, IGMPv3mq, IGMPv3mr
from scapy.layers.inet import IPOption_Router_Alert
from scapy.layers.inet6 import (ICMPv6MLDMultAddrRec, ICMPv6MLDone, ICMPv6MLQuery, ICMPv6MLQuery2, ICMPv6MLReport,
                                ICMPv6MLReport2, PadN, RouterAlert)

ALL_SYSTEMS, ALL_V3, ALL_NODES, ALL_MLDV2 = '224.0.0.1', '224.0.0.22', 'ff02::1', 'ff02::16'
IS_IN, IS_EX, TO_IN, TO_EX, ALLOW, BLOCK = 1, 2, 3, 4, 5, 6


def link_local(host):
    return 'fe80::ff:fe00:%x' % host


def igmp(host, destination, message, source=None, **more):
    """From host N at 10.0.0.N, with a router alert and TTL 1 unless said otherwise."""
    facts = {'ttl': 1, 'options': [IPOption_Router_Alert()], 'proto': 2, 'tos': 0xc0, 'id': 0}
    facts.update(more)
    return ether(host, multicast_mac(destination)) / IP(src=source or f'10.0.0.{host}', dst=destination, **facts) / message


def report1(host, group):
    return igmp(host, group, IGMP(type=0x12, mrcode=0, gaddr=group), options=[])


def report2(host, group):
    return igmp(host, group, IGMP(type=0x16, mrcode=0, gaddr=group))


def leave2(host, group):
    return igmp(host, '224.0.0.2', IGMP(type=0x17, mrcode=0, gaddr=group))


def query2(host, group='0.0.0.0', tenths=100):
    return igmp(host, ALL_SYSTEMS if group == '0.0.0.0' else group, IGMP(type=0x11, mrcode=tenths, gaddr=group))


def report3(host, *records, **more):
    """Each record: type, group, sources."""
    listed = [IGMPv3gr(rtype=kind, maddr=group, srcaddrs=list(sources)) for kind, group, *sources in records]
    return igmp(host, ALL_V3, IGMPv3(type=0x22, mrcode=0) / IGMPv3mr(records=listed), **more)


def asked4(group='0.0.0.0', tenths=100, seconds=125, network=1):
    """What the switch itself asks."""
    message = IGMPv3(type=0x11, mrcode=tenths) / IGMPv3mq(gaddr=group, resv=0, s=0, qrv=2, qqic=seconds)
    destination = ALL_SYSTEMS if group == '0.0.0.0' else group
    return igmp('0a:76:73:77:00:%02x' % network, destination, message, source='0.0.0.0')


def mld(host, destination, message, source=None, hops=1, alert=True):
    options = [RouterAlert(otype=5, value=0), PadN(otype=1, optlen=0)] if alert else [PadN(otype=1, optdata=b'\0\0\0\0')]
    frame = ether(host, multicast_mac(destination)) / IPv6(src=source or link_local(host), dst=destination, hlim=hops)
    return frame / IPv6ExtHdrHopByHop(options=options) / message


def mld_report1(host, group):
    return mld(host, group, ICMPv6MLReport(mladdr=group))


def mld_done(host, group):
    return mld(host, 'ff02::2', ICMPv6MLDone(mladdr=group))


def mld_report2(host, *records, **more):
    listed = [ICMPv6MLDMultAddrRec(rtype=kind, dst=group, sources=list(sources)) for kind, group, *sources in records]
    return mld(host, ALL_MLDV2, ICMPv6MLReport2(records=listed), **more)


def mld_query1(host, group='::', milliseconds=10000):
    return mld(host, ALL_NODES if group == '::' else group, ICMPv6MLQuery(mrd=milliseconds, mladdr=group))


def asked6(group='::', milliseconds=10000, seconds=125, network=1):
    message = ICMPv6MLQuery2(mrd=milliseconds, mladdr=group, S=0, QRV=2, QQIC=seconds, sources=[])
    return mld('0a:76:73:77:00:%02x' % network, ALL_NODES if group == '::' else group, message,
               source='fe80::876:73ff:fe77:%x' % network)


def data(host, group, text=b'for those who asked'):
    if ':' in group:
        return ether(host, multicast_mac(group)) / IPv6(src=f'fd00::{host}', dst=group) / UDP(sport=4000, dport=5000) / Raw(text)
    return ether(host, multicast_mac(group)) / IP(src=f'10.0.0.{host}', dst=group, ttl=4) / UDP(sport=4000, dport=5000) / Raw(text)


def say(port, frame, *receivers):
    """Sends a frame that these ports get."""
    send(port, frame)
    for receiver in receivers:
        expect(receiver, frame)


def all_are_asked(*ports, **more):
    for port in ports:
        expect(port, asked4(**more))
        expect(port, asked6(**more))
