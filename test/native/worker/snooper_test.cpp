// A whole switch that looks after multicast groups: who gets what, what it asks, and that packets add up.
#include "worker/snooper.hpp"

#include "native/small_switch.hpp"

namespace vsw::test {
namespace {

const Bytes kAllSystems = from_hex("e0000001"), kGroup = from_hex("ef010203"), kOther = from_hex("ef010204");
const Bytes kGroup6 = join({from_hex("ff05"), number(0x10003, 14)});

Bytes group_mac(const Bytes& group) {
  if (group.size() == 16) return join({from_hex("3333"), Bytes(group.end() - 4, group.end())});
  Bytes mac = join({from_hex("01005e"), Bytes(group.end() - 3, group.end())});
  mac[3] &= std::byte{0x7f};
  return mac;
}

Bytes igmp(std::uint16_t from, const Bytes& source, std::uint8_t type, const Bytes& group, const Bytes& rest = {},
           std::uint8_t code = 0) {
  Bytes message = join({number(type, 1), number(code, 1), number(0, 2), group, rest});
  write(message, 2, 0xffff & ~naive_sum(message), 2);
  Bytes datagram = join({from_hex("46c0"), number(24 + message.size(), 2), number(0, 4), from_hex("0102 0000"), source,
                         type == 0x22 || read(group, 0, 4) == 0 ? kAllSystems : group, from_hex("94040000"), message});
  repair_ipv4(datagram);
  return between(mac_of(from), group_mac(kAllSystems), 0x0800, datagram);
}
Bytes report(std::uint16_t from, const Bytes& group) { return igmp(from, ip4_of(from), 0x16, group); }
Bytes leave(std::uint16_t from, const Bytes& group) { return igmp(from, ip4_of(from), 0x17, group); }
Bytes query(std::uint16_t from, const Bytes& group = number(0, 4)) {
  return igmp(from, ip4_of(from), 0x11, group, {}, 10);
}
Bytes mld_report(std::uint16_t from, const Bytes& group) {
  const Bytes to = from_hex("ff02 0000 0000 0000 0000 0000 0000 0016");
  const Bytes record = join({from_hex("04 00 0000"), group});
  const Bytes payload = join({from_hex("3a00 0502 0000 0100"),
                              icmp6_message(link_local_of(from), to, join({from_hex("8f00 0000 0000 0001"), record}))});
  return between(mac_of(from), group_mac(to), 0x86dd,
                 join({number(0x6000'0000, 4), number(payload.size(), 2), from_hex("0001"), link_local_of(from), to, payload}));
}
Bytes data(std::uint16_t from, const Bytes& group) {
  return between(mac_of(from), group_mac(group), 0x0800,
                 ip4_datagram(ip4_of(from), group, 17, udp_datagram(4000, 5000, counting(18))));
}
Bytes data6(std::uint16_t from, const Bytes& group) {
  return between(mac_of(from), group_mac(group), 0x86dd,
                 ip6_datagram(ip6_of(from), group, 17, udp_datagram(4000, 5000, counting(18))));
}

// Ports 1 to 4 are hosts, 5 may hold anything.
Edits network_with(const PlannedNetwork& network, std::uint32_t groups_max = 256) {
  Edits edits;
  edits.put_network(network);
  for (std::uint16_t id = 1; id <= 5; ++id) {
    PlannedPort port;
    port.id = id;
    port.anti_spoof = id != 5;
    port.groups_max = groups_max;
    edits.put_port(port);
  }
  return edits;
}
PlannedNetwork snooping(bool querier) {
  PlannedNetwork network;
  network.snooping = true;
  network.querier = querier;
  return network;
}

struct Switch : SmallSwitch {
  explicit Switch(const PlannedNetwork& network, std::uint32_t groups_max = 256, FabricLimits limits = {1, 32, 1024, 256})
      : SmallSwitch(0, limits) {
    commit(network_with(network, groups_max));
  }
  // Sends, and says which ports got it: 0b1000 is port 3.
  unsigned who_gets(std::uint16_t from, const Bytes& frame) {
    forget();
    CHECK(send(from, frame));
    plane.run();
    unsigned ports = 0;
    for (std::uint16_t id = 1; id <= 5; ++id)
      for (const Bytes& got : receive(id))
        if (got == frame) ports |= 1u << id;
    return ports;
  }
  void forget() {
    for (std::uint16_t id = 1; id <= 5; ++id) (void)receive(id);
  }
  void pass(std::uint64_t ms) { plane.advance(ms); }
};

unsigned at(std::initializer_list<unsigned> ports) {
  unsigned bits = 0;
  for (const unsigned port : ports) bits |= 1u << port;
  return bits;
}

}  // namespace

TEST("worker/snooper: off, reports and groups flood") {
  Switch device({});
  CHECK_EQUAL(device.who_gets(2, report(2, kGroup)), at({1, 3, 4, 5}));
  CHECK_EQUAL(device.who_gets(1, data(1, kGroup)), at({2, 3, 4, 5}));
  CHECK_EQUAL(device.plane.fabric().groups.size(), 0u);
}

TEST("worker/snooper: once the first answers are in, a group is its members' own") {
  Switch device(snooping(true));
  device.pass(1);
  CHECK_EQUAL(device.who_gets(2, report(2, kGroup)), 0u);
  CHECK_EQUAL(device.who_gets(1, data(1, kGroup)), at({2, 3, 4, 5}));
  device.pass(9'999);
  CHECK_EQUAL(device.who_gets(1, data(1, kGroup)), at({2, 3, 4, 5}));
  device.pass(1);
  for (int i = 0; i < 3; ++i) CHECK_EQUAL(device.who_gets(1, data(1, kGroup)), at({2}));
  CHECK(device.count(1, Counter::k_flow_hits) >= 3);
  CHECK_EQUAL(device.who_gets(3, report(3, kGroup)), 0u);
  CHECK_EQUAL(device.who_gets(1, data(1, kGroup)), at({2, 3}));
  CHECK_EQUAL(device.who_gets(2, data(2, kGroup)), at({3}));
  CHECK_EQUAL(device.who_gets(1, data(1, kOther)), 0u);
  CHECK_EQUAL(device.drops(1, DropReason::k_no_listener), 1u);
  CHECK_EQUAL(device.who_gets(1, data(1, from_hex("e00000fb"))), at({2, 3, 4, 5}));
  CHECK_EQUAL(device.who_gets(1, data6(1, kGroup6)), 0u);
  CHECK_EQUAL(device.who_gets(4, mld_report(4, kGroup6)), 0u);
  CHECK_EQUAL(device.who_gets(1, data6(1, kGroup6)), at({4}));
  CHECK_EQUAL(device.who_gets(1, data6(1, join({from_hex("ff02"), number(0xfb, 14)}))), at({2, 3, 4, 5}));
  CHECK_EQUAL(device.count(2, Counter::k_consumed_packets), 1u);
  CHECK_EQUAL(device.broken_law(), "");
}

TEST("worker/snooper: the switch asks all ports from nobody's address, and the one that leaves about its group") {
  Switch device(snooping(true));
  device.pass(0);
  for (std::uint16_t id = 1; id <= 5; ++id) {
    const std::vector<Bytes> asked = device.receive(id);
    REQUIRE(asked.size() == 2);
    CHECK_EQUAL(to_hex(asked[0]),
                "01005e000001"
                "0a7673770001"
                "0800"
                "46c000240000000001024413"
                "00000000e000000194040000"
                "1164ec1e00000000027d0000");
    CHECK_EQUAL(asked[1].size(), 90u);
  }
  CHECK_EQUAL(device.count(3, Counter::k_originated_packets), 2u);
  device.pass(10'000);
  (void)device.who_gets(2, report(2, kGroup));
  (void)device.who_gets(3, report(3, kGroup));
  CHECK(device.send(2, leave(2, kGroup)));
  device.plane.run();
  const std::vector<Bytes> asked = device.receive(2);
  REQUIRE(asked.size() == 1);
  CHECK_EQUAL(to_hex(Bytes(asked[0].begin() + 38, asked[0].begin() + 46)), "110afb73ef010203");
  CHECK(device.receive(3).empty());
  CHECK_EQUAL(device.who_gets(1, data(1, kGroup)), at({2, 3}));
  device.pass(1'000);
  CHECK_EQUAL(device.receive(2).size(), 1u);
  CHECK_EQUAL(device.who_gets(1, data(1, kGroup)), at({2, 3}));
  device.pass(1'000);
  CHECK_EQUAL(device.who_gets(1, data(1, kGroup)), at({3}));
  // Somebody behind the port still wants it.
  CHECK(device.send(3, leave(3, kGroup)));
  device.plane.run();
  (void)device.who_gets(3, report(3, kGroup));
  device.pass(5'000);
  CHECK_EQUAL(device.who_gets(1, data(1, kGroup)), at({3}));
  CHECK_EQUAL(device.broken_law(), "");
}

TEST("worker/snooper: with fast leave who leaves is believed") {
  PlannedNetwork network = snooping(true);
  network.fast_leave = true;
  Switch device(network);
  device.pass(0);
  device.pass(10'000);
  (void)device.who_gets(2, report(2, kGroup));
  CHECK_EQUAL(device.who_gets(2, leave(2, kGroup)), 0u);
  CHECK_EQUAL(device.who_gets(1, data(1, kGroup)), 0u);
  CHECK_EQUAL(device.broken_law(), "");
}

TEST("worker/snooper: a host may not ask; a router may, gets reports and all groups, and silences the switch") {
  Switch device(snooping(true));
  device.pass(0);
  CHECK_EQUAL(device.who_gets(1, query(1)), 0u);
  CHECK_EQUAL(device.drops(1, DropReason::k_multicast_query_denied), 1u);
  CHECK_EQUAL(device.who_gets(5, query(5)), at({1, 2, 3, 4}));
  device.pass(10'000);
  CHECK_EQUAL(device.who_gets(2, report(2, kGroup)), at({5}));
  CHECK_EQUAL(device.who_gets(1, data(1, kGroup)), at({2, 5}));
  CHECK_EQUAL(device.who_gets(1, data(1, kOther)), at({5}));
  device.forget();
  device.pass(22'000);
  CHECK_EQUAL(device.receive(1).size(), 1u);  // MLD alone
  // The router asks about the group, and nobody answers.
  CHECK_EQUAL(device.who_gets(5, query(5, kGroup)), at({1, 2, 3, 4}));
  device.pass(2'000);
  CHECK_EQUAL(device.who_gets(1, data(1, kGroup)), at({5}));
  // It falls silent.
  device.forget();
  device.pass(255'000);
  CHECK_EQUAL(device.receive(1).size(), 2u);
  CHECK_EQUAL(device.who_gets(1, data(1, kOther)), 0u);
  CHECK_EQUAL(device.broken_law(), "");
}

TEST("worker/snooper: beyond its share a port gets everything, and costs nobody else anything") {
  Switch device(snooping(true), 1);
  device.pass(0);
  device.pass(10'000);
  (void)device.who_gets(2, report(2, kGroup));
  (void)device.who_gets(3, report(3, kGroup));
  (void)device.who_gets(3, report(3, kOther));
  CHECK_EQUAL(device.count(3, Counter::k_groups_refused), 1u);
  CHECK_EQUAL(device.who_gets(1, data(1, kOther)), at({3}));
  CHECK_EQUAL(device.who_gets(1, data(1, from_hex("ef0a0a0a"))), at({3}));
  CHECK_EQUAL(device.who_gets(1, data(1, kGroup)), at({2, 3}));
  CHECK_EQUAL(device.who_gets(2, report(2, kGroup)), 0u);
  device.pass(260'001);
  CHECK_EQUAL(device.who_gets(1, data(1, kOther)), 0u);
  CHECK_EQUAL(device.broken_law(), "");
}

TEST("worker/snooper: memberships end with the port, the network, and the wish to know of them") {
  Switch device(snooping(true));
  device.pass(0);
  device.pass(10'000);
  (void)device.who_gets(2, report(2, kGroup));
  (void)device.who_gets(3, report(3, kGroup));
  device.commit(Edits().delete_port(2));
  CHECK_EQUAL(device.plane.fabric().groups.size(), 1u);
  CHECK_EQUAL(device.who_gets(1, data(1, kGroup)), at({3}));
  device.commit(Edits().put_network({}));
  CHECK_EQUAL(device.plane.fabric().groups.size(), 0u);
  CHECK_EQUAL(device.who_gets(1, data(1, kGroup)), at({3, 4, 5}));
  device.commit(Edits().put_network(snooping(true)));
  CHECK_EQUAL(device.who_gets(1, data(1, kGroup)), at({3, 4, 5}));
  device.pass(0);
  device.pass(10'000);
  CHECK_EQUAL(device.who_gets(1, data(1, kGroup)), 0u);
  CHECK_EQUAL(device.broken_law(), "");
}

TEST("worker/snooper: what contradicts itself dies by name and teaches nothing") {
  Switch device(snooping(true));
  device.pass(0);
  device.pass(10'000);
  Bytes wrong = report(2, kGroup);
  wrong[wrong.size() - 1] ^= std::byte{1};
  CHECK_EQUAL(device.who_gets(2, wrong), 0u);
  Bytes wrong6 = mld_report(2, kGroup6);
  wrong6[wrong6.size() - 1] ^= std::byte{1};
  CHECK_EQUAL(device.who_gets(2, wrong6), 0u);
  CHECK_EQUAL(device.drops(2, DropReason::k_igmp_malformed), 1u);
  CHECK_EQUAL(device.drops(2, DropReason::k_mld_malformed), 1u);
  CHECK_EQUAL(device.who_gets(1, data(1, kGroup)), 0u);
  CHECK_EQUAL(device.broken_law(), "");
}

}  // namespace vsw::test
