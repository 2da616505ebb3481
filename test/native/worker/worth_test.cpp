#include "worker/worth.hpp"

#include "native/policies.hpp"

using namespace vsw;
using namespace vsw::test;

namespace {

const PlannedRule kWeb{.id = 10, .services = {{6, 80, 80, 0}}};
const PlannedRule kNothing{.id = 11, .action = 1};

PlannedRule web(std::uint8_t flags) { return {.id = 10, .flags = flags, .services = {{6, 80, 80, 0}}}; }
std::size_t forth(SmallSwitch& small) { return small.deliver(1, tcp4_frame(1, 2, {kAckFlag, 101, 501, 4000, 80, 0}), 2); }
std::size_t back(SmallSwitch& small) { return small.deliver(2, tcp4_frame(2, 1, {kAckFlag, 501, 101, 80, 4000, 0}), 1); }

}  // namespace

TEST("worker/worth: a connection dies with the rule that allowed it, whichever side sends next, and comes back with it") {
  for (const bool reply_first : {true, false}) {
    SmallSwitch small;
    small.commit(judged_network(2, {kWeb, kNothing}));
    CHECK_EQUAL(shake_hands(small), 3u);
    small.commit(Edits().put_rules(1, {kNothing}));
    CHECK_EQUAL(reply_first ? back(small) : forth(small), 0u);
    CHECK_EQUAL(reply_first ? forth(small) : back(small), 0u);
    CHECK_EQUAL(small.drops(1, DropReason::k_ingress_denied) + small.drops(2, DropReason::k_ingress_denied), 2u);
    small.commit(Edits().put_rules(1, {kWeb, kNothing}));
    CHECK_EQUAL(back(small) + forth(small), 2u);
    CHECK_EQUAL(small.broken_law(), "");
  }
}

TEST("worker/worth: a reply is never judged as something new: only the first packet's direction is asked about") {
  SmallSwitch small;
  small.commit(judged_network(2, {kWeb, kNothing}));
  CHECK_EQUAL(shake_hands(small), 3u);
  small.commit(Edits().splice_rules(1, 0, 0, {{.id = 12, .action = 1, .services = {{17, 0, 0xffff, 0}}}}));
  CHECK_EQUAL(back(small) + forth(small), 2u);
}

TEST("worker/worth: a set that gains or loses an address is felt by its connections alone") {
  SmallSwitch small;
  const PlannedRule from_set{.id = 10, .source = 7};
  Edits edits = judged_network(3, {from_set, kNothing});
  edits.put_address_sets(1, mapped(ip4_of(1)), {7}).put_address_sets(1, mapped(ip4_of(3)), {7});
  small.commit(edits);
  CHECK_EQUAL(shake_hands(small), 3u);
  CHECK_EQUAL(small.deliver(3, udp4_frame(3, 2), 2), 1u);
  const std::uint64_t misses = small.count(3, Counter::k_flow_misses);
  small.commit(Edits().delete_address_sets(1, mapped(ip4_of(1))));
  CHECK_EQUAL(back(small) + forth(small), 0u);
  CHECK_EQUAL(small.deliver(3, udp4_frame(3, 2), 2), 1u);
  CHECK_EQUAL(small.count(3, Counter::k_flow_misses), misses);
  small.commit(Edits().put_prefix_set(7, 0, mapped(ip4_of(1)), 32));
  CHECK_EQUAL(back(small) + forth(small), 2u);
}

TEST("worker/worth: what is kept outlives its rule; it is not there for a second one") {
  SmallSwitch small;
  small.commit(judged_network(2, {web(4), kNothing}));
  CHECK_EQUAL(shake_hands(small), 3u);
  small.commit(Edits().put_rules(1, {kNothing}));
  CHECK_EQUAL(back(small) + forth(small), 2u);
  CHECK_EQUAL(small.deliver(1, tcp4_frame(1, 2, {kSynFlag, 100, 0, 4001}), 2), 0u);
}

TEST("worker/worth: both ends of what is killed are told, without waiting for a frame") {
  SmallSwitch small;
  small.commit(judged_network(2, {web(8), kNothing}));
  CHECK_EQUAL(shake_hands(small), 3u);
  small.commit(Edits().put_rules(1, {kNothing}));
  small.plane.advance(1'000);
  for (const std::uint16_t side : {std::uint16_t{1}, std::uint16_t{2}}) {
    const std::vector<Bytes> told = small.receive(side);
    REQUIRE(told.size() == 1);
    const std::uint16_t other = side == 1 ? 2 : 1;
    const Bytes reset = tcp4_frame(other, side, {kResetFlag | kAckFlag, side == 1 ? 501u : 101u, side == 1 ? 101u : 501u,
                                                 static_cast<std::uint16_t>(side == 1 ? 80 : 4000),
                                                 static_cast<std::uint16_t>(side == 1 ? 4000 : 80), 0, 0});
    CHECK_EQUAL(to_hex(Bytes(told[0].begin() + 34, told[0].end())), to_hex(Bytes(reset.begin() + 34, reset.end())));
  }
  CHECK_EQUAL(small.broken_law(), "");
}

TEST("worker/worth: a connection from before there were rules is judged in its own direction when there are") {
  SmallSwitch small;
  small.commit(one_network(2));
  CHECK_EQUAL(shake_hands(small), 3u);
  small.commit(judged_network(2, {kWeb, kNothing}, {}, {.tcp_loose = false}));
  CHECK_EQUAL(back(small) + forth(small), 2u);
  small.commit(Edits().put_port_policy(1, 0, 0).put_port_policy(2, 0, 0).delete_rules(1).delete_rules(2));
  CHECK_EQUAL(back(small) + forth(small), 2u);
}

TEST("worker/worth: what a port's own settings change is asked of its frames again, and the connection goes on") {
  SmallSwitch small;
  small.commit(judged_network(2, {kWeb, kNothing}, {}, {.tcp_loose = false}));
  CHECK_EQUAL(shake_hands(small), 3u);
  small.commit(Edits().put_port({.id = 2, .further_addresses = {50}}));
  CHECK_EQUAL(back(small) + forth(small), 2u);
  small.commit(Edits().put_port({.id = 2, .station = 9}));
  CHECK_EQUAL(back(small), 0u);
  CHECK_EQUAL(small.drops(2, DropReason::k_mac_spoofed), 1u);
}
