#include "flow/flow_key.hpp"

#include <set>

#include "native/held_packet.hpp"
#include "native/stations.hpp"
#include "native/tap.hpp"

using namespace vsw;
using namespace vsw::test;

namespace {

constexpr HashSeed kSeed{11, 12};

bool equal(const FlowKey& one, const FlowKey& other) {
  if (one.kind != other.kind) return false;
  return one.kind == FlowKind::kIpv4 ? one.v4 == other.v4 : one.v6 == other.v6;
}
FlowKey key_of(const Bytes& frame, NetworkId network = NetworkId{1}, HashSeed seed = kSeed) {
  const HeldPacket held(frame, {});
  if (held.error != ParseError::kNone) fail(__FILE__, __LINE__, "the frame cannot be parsed: " + to_hex(frame));
  FlowKey key, any;
  make_flow_key(held.packet, network, seed, key);
  // What most frames are has a way of its own, to the same end.
  make_any_key(held.packet, network, seed, any);
  CHECK(key.kind == any.kind);
  if (key.kind != FlowKind::kNone)
    CHECK(equal(key, any) && key.side == any.side && key.hash == any.hash);
  return key;
}
// Frame and answer: one key and hash, told apart by their side.
void check_joined(const Bytes& frame, const Bytes& answer, FlowKind kind) {
  const FlowKey one = key_of(frame), other = key_of(answer);
  CHECK(one.kind == kind);
  CHECK(equal(one, other));
  CHECK_EQUAL(one.hash, other.hash);
  CHECK_EQUAL(one.side ^ other.side, 1);
}
bool cacheable(const Bytes& frame) { return key_of(frame).kind != FlowKind::kNone; }

Bytes ip4_frame(std::uint16_t from, std::uint16_t to, std::uint8_t protocol, const Bytes& payload, std::uint16_t fragment = 0) {
  return between(mac_of(from), mac_of(to), 0x0800, ip4_datagram(ip4_of(from), ip4_of(to), protocol, payload, fragment));
}
Bytes ip6_frame(std::uint16_t from, std::uint16_t to, std::uint8_t protocol, const Bytes& payload) {
  return between(mac_of(from), mac_of(to), 0x86dd, ip6_datagram(ip6_of(from), ip6_of(to), protocol, payload));
}
// TCP between ports of our choice.
Bytes tcp_between(std::uint16_t source, std::uint16_t destination) {
  Bytes segment = tcp({});
  write(segment, 0, source, 2);
  write(segment, 2, destination, 2);
  return segment;
}

}  // namespace

TEST("flow/flow_key: both directions lead to one key, whichever end has the smaller address or port") {
  for (const auto& [from, to] : {std::pair<std::uint16_t, std::uint16_t>{1, 2}, {2, 1}, {1, 0xff01}}) {
    check_joined(udp4_frame(from, to, 4'000, 5'000), udp4_frame(to, from, 5'000, 4'000), FlowKind::kIpv4);
    check_joined(udp4_frame(from, to, 5'000, 4'000), udp4_frame(to, from, 4'000, 5'000), FlowKind::kIpv4);
    check_joined(udp6_frame(from, to, 4'000, 5'000), udp6_frame(to, from, 5'000, 4'000), FlowKind::kIpv6);
    check_joined(ip4_frame(from, to, 6, tcp_between(1, 65'535)), ip4_frame(to, from, 6, tcp_between(65'535, 1)), FlowKind::kIpv4);
    check_joined(ip6_frame(from, to, 6, tcp_between(1, 65'535)), ip6_frame(to, from, 6, tcp_between(65'535, 1)), FlowKind::kIpv6);
    check_joined(other_frame(from, to, 0x88cc), other_frame(to, from, 0x88cc), FlowKind::kEther);
  }
}

TEST("flow/flow_key: two ends with one address are told apart by their ports") {
  check_joined(udp4_frame(1, 1, 4'000, 5'000), udp4_frame(1, 1, 5'000, 4'000), FlowKind::kIpv4);
  check_joined(udp6_frame(1, 1, 4'000, 5'000), udp6_frame(1, 1, 5'000, 4'000), FlowKind::kIpv6);
}

TEST("flow/flow_key: addresses that differ in one half only are two ends, too") {
  const auto frame = [](const Bytes& from, const Bytes& to) {
    return between(mac_of(1), mac_of(2), 0x86dd, ip6_datagram(from, to, 17, udp_datagram(7, 7, counting(4))));
  };
  const Bytes one = from_hex("fd00 0000 0000 0001 0000 0000 0000 0009"), other = from_hex("fd00 0000 0000 0002 0000 0000 0000 0001");
  const Bytes third = from_hex("fd00 0000 0000 0001 0000 0000 0000 0008");
  check_joined(frame(one, other), frame(other, one), FlowKind::kIpv6);
  check_joined(frame(one, third), frame(third, one), FlowKind::kIpv6);
}

TEST("flow/flow_key: an echo and its answer are one flow, in both families, and other identifiers another") {
  const Bytes request4 = ip4_frame(1, 2, 1, echo(8, counting(8)));
  check_joined(request4, ip4_frame(2, 1, 1, echo(0, counting(8))), FlowKind::kIpv4);
  const auto echo6 = [](std::uint16_t from, std::uint16_t to, std::uint8_t type) {
    return icmp6_frame(mac_of(from), mac_of(to), ip6_of(from), ip6_of(to), echo(type, counting(8)), 64);
  };
  check_joined(echo6(1, 2, 128), echo6(2, 1, 129), FlowKind::kIpv6);
  Bytes other = echo(8, counting(8));
  write(other, 4, 78, 2);
  CHECK(!equal(key_of(request4), key_of(ip4_frame(1, 2, 1, other))));
}

TEST("flow/flow_key: everything that decides a frame's fate makes another key") {
  const std::vector<FlowKey> keys = {
      key_of(udp4_frame(1, 2)),
      key_of(udp4_frame(1, 3)),
      key_of(udp4_frame(3, 2)),
      key_of(udp4_frame(1, 2, 4'001)),
      key_of(udp4_frame(1, 2, 4'000, 5'001)),
      key_of(udp4_frame(1, 2, 5'000, 4'000)),
      key_of(udp4_frame(1, 2), NetworkId{2}),
      key_of(ip4_frame(1, 2, 6, tcp_between(4'000, 5'000))),
      key_of(ip4_frame(1, 2, 47, counting(20))),
      key_of(ip4_frame(1, 2, 132, sctp(counting(4)))),
      key_of(udp6_frame(1, 2)),
      key_of(udp6_frame(1, 2, 4'001)),
      key_of(udp6_frame(1, 2), NetworkId{2}),
      key_of(ip6_frame(1, 2, 6, tcp_between(4'000, 5'000))),
      key_of(other_frame(1, 2, 0x88cc)),
      key_of(other_frame(1, 2, 0x88cd)),
      key_of(other_frame(1, 3, 0x88cc)),
      key_of(other_frame(1, 2, 0x88cc), NetworkId{2}),
  };
  std::set<std::uint64_t> hashes;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    CHECK(keys[i].kind != FlowKind::kNone);
    hashes.insert(keys[i].hash);
    for (std::size_t j = 0; j < i; ++j) CHECK(!equal(keys[i], keys[j]));
  }
  CHECK_EQUAL(hashes.size(), keys.size());
}

TEST("flow/flow_key: what decides nothing makes no other key: payload, length, time to live, MACs of IP frames") {
  const FlowKey key = key_of(udp4_frame(1, 2));
  CHECK(equal(key, key_of(udp4_frame(1, 2, 4'000, 5'000, 1'000))));
  Bytes other = udp4_frame(1, 2);
  other[22] = std::byte{3};
  Bytes header(other.begin() + 14, other.begin() + 34);
  repair_ipv4(header);
  std::copy(header.begin(), header.end(), other.begin() + 14);
  std::copy_n(mac_of(9).begin(), 6, other.begin());
  CHECK(equal(key, key_of(other)));
  CHECK_EQUAL(key.hash, key_of(other).hash);
}

TEST("flow/flow_key: the ports of DHCP are four") {
  std::set<std::uint32_t> ports;
  for (std::uint32_t port = 0; port < 0x1'0000; ++port)
    if (is_dhcp_port(port)) ports.insert(port);
  CHECK(ports == (std::set<std::uint32_t>{67, 68, 546, 547}));
}

TEST("flow/flow_key: the seed decides the hash, and the hash is that of the key") {
  const FlowKey four = key_of(udp4_frame(1, 2)), six = key_of(udp6_frame(1, 2));
  CHECK_EQUAL(four.hash, hash_of(four.v4, kSeed));
  CHECK_EQUAL(six.hash, hash_of(six.v6, kSeed));
  CHECK(four.hash != key_of(udp4_frame(1, 2), NetworkId{1}, {13, 14}).hash);
  CHECK(six.hash != key_of(udp6_frame(1, 2), NetworkId{1}, {13, 14}).hash);
  // Every word of a wide key counts.
  std::set<std::uint64_t> hashes{six.hash};
  for (std::size_t at = 0; at < sizeof(FlowKey6); at += 2) {
    FlowKey6 changed = six.v6;
    reinterpret_cast<unsigned char*>(&changed)[at] ^= 1;
    hashes.insert(hash_of(changed, kSeed));
  }
  CHECK_EQUAL(hashes.size(), 1 + sizeof(FlowKey6) / 2);
}

TEST("flow/flow_key: a used key is written whole: what was in it before leaves no trace") {
  const HeldPacket four(udp4_frame(1, 2), {}), six(udp6_frame(1, 2), {}), other(other_frame(1, 2, 0x88cc), {});
  FlowKey key;
  std::memset(static_cast<void*>(&key.v6), 0xff, sizeof key.v6);
  for (const HeldPacket* held : {&six, &other, &four, &other, &six, &four}) {
    make_flow_key(held->packet, NetworkId{1}, kSeed, key);
    FlowKey fresh;
    make_flow_key(held->packet, NetworkId{1}, kSeed, fresh);
    CHECK(equal(key, fresh) && key.hash == fresh.hash && key.side == fresh.side);
  }
}

TEST("flow/flow_key: no key for what a stage looks into: ARP, neighbour discovery, other ICMP, LLC, tags") {
  CHECK(!cacheable(arp_request(1, 2)));
  CHECK(!cacheable(nd_request(1, 2)));
  CHECK(!cacheable(icmp6_frame(mac_of(1), mac_of(2), ip6_of(1), ip6_of(2), advertisement(ip6_of(1), mac_of(1)))));
  for (const int type : {3, 5, 11, 12, 13}) CHECK(!cacheable(ip4_frame(1, 2, 1, echo(static_cast<std::uint8_t>(type), counting(8)))));
  for (const int type : {1, 2, 3, 4, 130, 143})
    CHECK(!cacheable(icmp6_frame(mac_of(1), mac_of(2), ip6_of(1), ip6_of(2), echo(static_cast<std::uint8_t>(type), counting(8)))));
  CHECK(!cacheable(other_frame(1, 2, 46)));
  CHECK(!cacheable(tagged(0x8100, 100, 0x0800, ipv4(17, udp(counting(4))))));
  CHECK(cacheable(ethernet(0x0800, ipv4(17, udp(counting(4))))));
}

TEST("flow/flow_key: no key for fragments, the first or a later one, nor for DHCP in either family or direction") {
  CHECK(!cacheable(ip4_frame(1, 2, 17, udp_datagram(4'000, 5'000, counting(8)), 0x2000)));
  CHECK(!cacheable(ip4_frame(1, 2, 17, counting(16), 0x0010)));
  CHECK(cacheable(ip4_frame(1, 2, 17, udp_datagram(4'000, 5'000, counting(8)), 0x4000)));  // only "do not fragment"
  CHECK(!cacheable(ip6_frame(1, 2, 44, join({from_hex("1100 0001 00000007"), udp_datagram(4'000, 5'000, counting(8))}))));
  for (const std::uint16_t port : {67, 68, 546, 547}) {
    CHECK(!cacheable(udp4_frame(1, 2, port, 5'000)));
    CHECK(!cacheable(udp4_frame(1, 2, 5'000, port)));
    CHECK(!cacheable(udp6_frame(1, 2, port, 5'000)));
    CHECK(!cacheable(udp6_frame(1, 2, 5'000, port)));
    CHECK(cacheable(ip4_frame(1, 2, 6, tcp_between(port, 5'000))));
  }
}
