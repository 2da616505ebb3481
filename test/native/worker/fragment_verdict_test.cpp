#include "worker/fragment_verdict.hpp"

#include "native/policies.hpp"

using namespace vsw;
using namespace vsw::test;

namespace {

const PlannedRule kNothing{.id = 11, .action = 1};
const PlannedRule kDns{.id = 10, .services = {{17, 53, 53, 0}}};
const PlannedRule kPing{.id = 12, .services = {{1, 8 << 8, (8 << 8) + 255, 0}}};

// What station 1 sends to the address of station 2, in two pieces.
struct Pieces {
  Bytes first, last;
};
Pieces pieces_of(std::uint8_t protocol, const Bytes& datagram) {
  const auto piece = [&](std::size_t from, std::size_t to, bool more) {
    const auto at = [&](std::size_t offset) { return datagram.begin() + static_cast<std::ptrdiff_t>(offset); };
    return between(mac_of(1), mac_of(2), 0x0800,
                   ip4_datagram(ip4_of(1), ip4_of(2), protocol, Bytes(at(from), at(to)),
                                static_cast<std::uint16_t>(from / 8 | (more ? 0x2000 : 0))));
  };
  return {piece(0, 16, true), piece(16, datagram.size(), false)};
}
Pieces dns() { return pieces_of(17, udp_datagram(4000, 53, counting(40))); }
Bytes to(const Bytes& mac, Bytes frame) {
  std::copy(mac.begin(), mac.end(), frame.begin());
  return frame;
}

// Station 2 may be asked for names, station 3 may be asked for nothing.
Edits open_and_closed() {
  Edits edits = judged_network(3, {kDns, kPing, kNothing});
  edits.put_rules(3, {kNothing}).put_port_policy(3, 3, 2);
  return edits;
}

}  // namespace

TEST("worker/fragment_verdict: what was said survives the table's words") {
  for (const bool flag : {false, true}) {
    const FragmentVerdict verdict{DropReason::k_ingress_denied, RuleId{70'000}, 17, 4000, 53, 0x0800, flag, !flag};
    const FragmentVerdict read = FragmentVerdict::of(verdict.judgement());
    CHECK(read.reason == DropReason::k_ingress_denied && read.rule == RuleId{70'000});
    CHECK(read.protocol == 17 && read.source_port == 4000 && read.destination_port == 53 && read.service == 0x0800);
    CHECK(read.is_asked == flag && read.has_key == !flag);
  }
}

TEST("worker/fragment_verdict: a piece to somebody else than the first one is judged by that one's rules") {
  for (const bool first_comes_first : {true, false}) {
    SmallSwitch small;
    small.commit(open_and_closed());
    const Bytes astray = to(mac_of(3), dns().last);
    if (first_comes_first) CHECK_EQUAL(small.deliver(1, dns().first, 2), 1u);
    CHECK_EQUAL(small.deliver(1, astray, 3), 0u);
    if (!first_comes_first) CHECK_EQUAL(small.deliver(1, dns().first, 2), 1u);
    CHECK_EQUAL(small.receive(3).size(), 0u);
    CHECK_EQUAL(small.drops(1, DropReason::k_ingress_denied), 1u);
    CHECK_EQUAL(small.broken_law(), "");
  }
}

TEST("worker/fragment_verdict: where the first one went to a group, one to a single station is judged by that one's rules") {
  SmallSwitch small;
  small.commit(open_and_closed());
  CHECK_EQUAL(small.deliver(1, to(kBroadcast, dns().first), 2), 1u);
  CHECK_EQUAL(small.deliver(1, to(mac_of(3), dns().last), 3), 0u);
  CHECK_EQUAL(small.drops(1, DropReason::k_ingress_denied), 1u);
  CHECK_EQUAL(small.broken_law(), "");
}

TEST("worker/fragment_verdict: what changed since the first one holds for the others, also of what makes no connection") {
  SmallSwitch small;
  small.commit(open_and_closed());
  CHECK_EQUAL(small.deliver(1, to(kBroadcast, dns().first), 2), 1u);
  small.commit(Edits().put_rules(2, {{.id = 20, .action = 1}}));
  CHECK_EQUAL(small.deliver(1, to(kBroadcast, dns().last), 2), 0u);
  CHECK_EQUAL(small.drops(1, DropReason::k_egress_denied), 1u);
}

TEST("worker/fragment_verdict: of ICMP the others are what the first one was, to a group, too") {
  for (const bool to_group : {false, true}) {
    SmallSwitch small;
    small.commit(open_and_closed());
    const Pieces ping = pieces_of(1, echo(8, counting(40)));
    for (const Bytes& piece : {ping.first, ping.last}) CHECK_EQUAL(small.deliver(1, to_group ? to(kBroadcast, piece) : piece, 2), 1u);
    CHECK_EQUAL(small.receive(3).size(), 0u);
    CHECK_EQUAL(small.broken_law(), "");
  }
}

TEST("worker/fragment_verdict: a piece whose connection leads elsewhere now ends that record, and no other") {
  SmallSwitch small;
  Edits edits = judged_network(3, {kDns, kNothing});
  edits.put_port({.id = 2, .anti_spoof = false}).put_port({.id = 3, .anti_spoof = false}).put_port_policy(2, 1, 2).put_port_policy(3, 1, 2);
  small.commit(edits);
  const auto speaks = [&](std::uint16_t port) {
    CHECK(small.send(port, to(kBroadcast, between(mac_of(9), kBroadcast, 0x0806, arp_message(1, mac_of(9), ip4_of(9), number(0, 6), ip4_of(9))))));
    small.plane.run();
    for (std::uint16_t other = 1; other <= 3; ++other) (void)small.receive(other);
  };
  speaks(2);
  CHECK_EQUAL(small.deliver(1, to(mac_of(9), dns().first), 2), 1u);
  CHECK_EQUAL(small.plane.fabric().flows4.size(), 1u);
  speaks(3);
  CHECK_EQUAL(small.deliver(1, to(mac_of(9), dns().last), 3), 1u);
  CHECK_EQUAL(small.plane.fabric().flows4.size(), 0u);
  CHECK_EQUAL(small.broken_law(), "");
}
