#include "wire/dissect.hpp"

#include <cstdlib>
#include <string>

#include "native/frames.hpp"
#include "native/tap.hpp"

using namespace vsw;
using namespace vsw::test;

namespace {
const std::string kStart = "02:00:00:00:00:01 > 02:00:00:00:00:02, ";
std::string six(std::string_view hex) { return to_string(Ip::v6(from_hex(hex).data())); }
}  // namespace

TEST("wire/dissect: TCP, UDP and SCTP show addresses, ports, flags and length") {
  CHECK_EQUAL(dissect(ethernet(0x0800, ipv4(6, tcp(counting(5), 0x02)))),
              kStart + "IPv4 10.77.0.1.4242 > 10.77.0.2.80, TCP [S], length 5");
  CHECK_EQUAL(dissect(ethernet(0x0800, ipv4(6, tcp({}, 0xff)))),
              kStart + "IPv4 10.77.0.1.4242 > 10.77.0.2.80, TCP [SFRPUEW.], length 0");
  CHECK_EQUAL(dissect(ethernet(0x86dd, ipv6(17, udp(counting(9))))),
              kStart + "IPv6 fd00:77::1.5353 > fd00:77::2.53, UDP, length 9");
  CHECK_EQUAL(dissect(ethernet(0x0800, ipv4(132, sctp(counting(4))))),
              kStart + "IPv4 10.77.0.1.3868 > 10.77.0.2.3869, SCTP, length 4");
}

TEST("wire/dissect: ICMP and ICMPv6 show what they say") {
  CHECK_EQUAL(dissect(ethernet(0x0800, ipv4(1, echo(8, counting(6))))),
              kStart + "IPv4 10.77.0.1 > 10.77.0.2, ICMP echo request, id 77, sequence 3, length 6");
  CHECK_EQUAL(dissect(ethernet(0x0800, ipv4(1, echo(3, {})))),
              kStart + "IPv4 10.77.0.1 > 10.77.0.2, ICMP unreachable, code 0, length 0");
  CHECK_EQUAL(dissect(ethernet(0x86dd, ipv6(58, echo(129, {})))),
              kStart + "IPv6 fd00:77::1 > fd00:77::2, ICMPv6 echo reply, id 77, sequence 3, length 0");
  CHECK_EQUAL(dissect(ethernet(0x86dd, ipv6(58, join({number(135u << 24, 4), number(0, 4), kDestination6})))),
              kStart + "IPv6 fd00:77::1 > fd00:77::2, ICMPv6 neighbour solicitation, who has fd00:77::2, length 16");
  CHECK_EQUAL(dissect(ethernet(0x86dd, ipv6(58, join({number(136u << 24, 4), number(0, 4), kSource6})))),
              kStart + "IPv6 fd00:77::1 > fd00:77::2, ICMPv6 neighbour advertisement, fd00:77::1, length 16");
  // Too short to have a target: only the type is told.
  CHECK_EQUAL(dissect(ethernet(0x86dd, ipv6(58, number(135ull << 56, 8)))),
              kStart + "IPv6 fd00:77::1 > fd00:77::2, ICMPv6 type 135, code 0, length 0");
}

TEST("wire/dissect: ARP, tags, LLC and other EtherTypes") {
  CHECK_EQUAL(dissect(ethernet(0x0806, arp(1))), kStart + "ARP who-has 10.77.0.2 tell 10.77.0.1");
  CHECK_EQUAL(dissect(ethernet(0x0806, arp(2))), kStart + "ARP reply 10.77.0.1 is-at 02:00:00:00:00:01");
  CHECK_EQUAL(dissect(ethernet(0x0806, arp(9))), kStart + "ARP operation 9, 10.77.0.1 at 02:00:00:00:00:01");
  CHECK_EQUAL(dissect(tagged(0x8100, 0x6064, 0x0806, arp(1))),
              kStart + "vlan 100, ARP who-has 10.77.0.2 tell 10.77.0.1");
  CHECK_EQUAL(dissect(tagged(0x88a8, 7, 0x8100, join({number(8, 2), number(0x88cc, 2), counting(3)}))),
              kStart + "vlan 7, vlan 8, EtherType 0x88cc, length 3");
  CHECK_EQUAL(dissect(ethernet(3, from_hex("4242 03 0000"))), kStart + "LLC, length 3");
}

TEST("wire/dissect: fragments and protocols without ports") {
  CHECK_EQUAL(dissect(ethernet(0x0800, ipv4(17, udp(counting(8)), 0x2000))),
              kStart + "IPv4 10.77.0.1.5353 > 10.77.0.2.53, fragment at 0+, UDP, length 8");
  CHECK_EQUAL(dissect(ethernet(0x0800, ipv4(17, counting(8), 185))),
              kStart + "IPv4 10.77.0.1 > 10.77.0.2, fragment at 1480, protocol 17, length 8");
  CHECK_EQUAL(
      dissect(ethernet(0x86dd, ipv6(60, join({from_hex("3300000000000000"), from_hex("2c01000000000000 00000000"),
                                              from_hex("1100 0b99 00000001"), counting(8)})))),
      kStart + "IPv6 fd00:77::1 > fd00:77::2, fragment at 2968+, protocol 17, length 8");
  CHECK_EQUAL(dissect(ethernet(0x0800, ipv4(47, counting(4)))),
              kStart + "IPv4 10.77.0.1 > 10.77.0.2, protocol 47, length 4");
}

TEST("wire/dissect: a frame that does not parse gives its MACs as far as they are there, and the error") {
  CHECK_EQUAL(dissect({}), std::string("0 bytes, frame_too_short"));
  CHECK_EQUAL(dissect(from_hex("0200000000")), std::string("5 bytes, frame_too_short"));
  CHECK_EQUAL(dissect(from_hex("020000000002 0200")), std::string("? > 02:00:00:00:00:02, frame_too_short"));
  CHECK_EQUAL(dissect(kMacs), std::string("02:00:00:00:00:01 > 02:00:00:00:00:02, frame_too_short"));
  CHECK_EQUAL(dissect(ethernet(0x0800, counting(20))), kStart + "ipv4_malformed");
}

TEST("wire/dissect: addresses are written as RFC 5952 wants") {
  CHECK_EQUAL(to_string(Ip::v4(kSource4.data())), std::string("10.77.0.1"));
  CHECK_EQUAL(six("00000000000000000000000000000000"), std::string("::"));
  CHECK_EQUAL(six("00000000000000000000000000000001"), std::string("::1"));
  CHECK_EQUAL(six("fe800000000000000000000000000000"), std::string("fe80::"));
  CHECK_EQUAL(six("20010db8000000000001000000000001"), std::string("2001:db8::1:0:0:1"));
  CHECK_EQUAL(six("20010db8000000010001000100010001"), std::string("2001:db8:0:1:1:1:1:1"));
  CHECK_EQUAL(six("20010db800010000000000000000abcd"), std::string("2001:db8:1::abcd"));
  CHECK_EQUAL(to_string(kBroadcastMac), std::string("ff:ff:ff:ff:ff:ff"));
}
