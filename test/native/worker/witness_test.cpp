#include "worker/witness.hpp"

#include <algorithm>

#include "native/policies.hpp"
#include "native/tap.hpp"

using namespace vsw;
using namespace vsw::test;

namespace {

constexpr std::uint8_t kAllow = 0, kDrop = 1, kReject = 2, kPass = 3, kLog = 1, kAuditedFlag = 2, kKill = 8;

PlannedRule to_port(std::uint32_t id, std::uint8_t action, std::uint16_t port, std::uint8_t flags = 0) {
  PlannedRule rule{id, action};
  rule.flags = flags;
  rule.services = {{6, port, port}};
  return rule;
}

std::uint64_t hits(SmallSwitch& small, std::uint32_t rule, RuleCounter counter = RuleCounter::kHits) {
  return small.plane.fabric().rule_counters.read(RuleId{rule}, counter);
}

// What was told since the last time, of all workers.
std::vector<Event> events(SmallSwitch& small) {
  std::vector<Event> all;
  for (std::uint32_t i = 0; i < small.plane.workers().size(); ++i)
    for (Event event; small.plane.workers().worker(i).events().pop(event);)
      if (event.decision.rule) all.push_back(event);
  return all;
}

}  // namespace

TEST("worker/witness: rules are counted once a connection, at both ends, and not once a packet") {
  SmallSwitch small;
  small.commit(judged_network(2, {to_port(10, kAllow, 80)}, {{20, kAllow}}));
  CHECK_EQUAL(shake_hands(small), 3u);
  for (std::uint32_t i = 0; i < 5; ++i)
    CHECK_EQUAL(small.deliver(1, tcp4_frame(1, 2, {kAckFlag, 101 + 10 * i, 501, 4000, 80, 10}), 2), 1u);
  CHECK_EQUAL(hits(small, 10), 1u);
  CHECK_EQUAL(hits(small, 20), 1u);
  CHECK_EQUAL(shake_hands(small, 80, 4001), 3u);
  CHECK_EQUAL(hits(small, 10), 2u);
  CHECK_EQUAL(hits(small, 20), 2u);
  CHECK(events(small).empty());
}

TEST("worker/witness: the moment of the last decision is the clock's") {
  SmallSwitch small;
  small.commit(judged_network(2, {to_port(10, kAllow, 80)}));
  shake_hands(small);
  const std::uint64_t first = hits(small, 10, RuleCounter::kLastMs);
  CHECK_EQUAL(first, small.plane.fabric().clock.now_ns() / 1'000'000);
  small.plane.advance(2'500);
  CHECK_EQUAL(hits(small, 10, RuleCounter::kLastMs), first);
  shake_hands(small, 80, 4001);
  CHECK_EQUAL(hits(small, 10, RuleCounter::kLastMs), first + 2'500);
}

TEST("worker/witness: what a network's own policy decided is counted under its number") {
  SmallSwitch small;
  PlannedNetwork network;
  network.ingress_allowed = false;
  small.commit(judged_network(2, {to_port(10, kAllow, 80)}, {}, network));
  CHECK_EQUAL(shake_hands(small), 3u);
  CHECK_EQUAL(hits(small, kDefaultRule.value), 1u);  // the sender's egress
  CHECK_EQUAL(small.deliver(1, tcp4_frame(1, 2, {kSynFlag, 1, 0, 4000, 81}), 2), 0u);
  CHECK_EQUAL(hits(small, kDefaultRule.value), 3u);  // both directions
}

TEST("worker/witness: a packet that is denied is told, with who, to whom and by which rule") {
  SmallSwitch small;
  small.commit(judged_network(2, {to_port(10, kDrop, 81)}));
  CHECK_EQUAL(small.deliver(1, tcp4_frame(1, 2, {kSynFlag, 1, 0, 4000, 81}), 2), 0u);
  CHECK_EQUAL(hits(small, 10), 1u);
  const std::vector<Event> told = events(small);
  REQUIRE(told.size() == 1);
  CHECK(told[0].type == EventType::kPolicyDrop);
  CHECK_EQUAL(told[0].network.value, 1);
  CHECK_EQUAL(told[0].port.value, 2);
  CHECK_EQUAL(told[0].from_port.value, 1);
  CHECK_EQUAL(told[0].count, 0u);
  const Decision& decision = told[0].decision;
  CHECK_EQUAL(decision.rule.value, 10u);
  CHECK(!decision.egress);
  CHECK_EQUAL(decision.action, kDrop);
  CHECK_EQUAL(decision.protocol, 6);
  CHECK_EQUAL(decision.source_port, 4000);
  CHECK_EQUAL(decision.destination_port, 81);
  CHECK(decision.source == Ip::v4(ip4_of(1).data()).bytes);
  CHECK(decision.destination == Ip::v4(ip4_of(2).data()).bytes);
}

TEST("worker/witness: the sender's denial is told of the sender, and nobody else is asked") {
  SmallSwitch small;
  small.commit(judged_network(2, {{10, kAllow}}, {to_port(20, kReject, 81)}));
  small.deliver(1, tcp4_frame(1, 2, {kSynFlag, 1, 0, 4000, 81}), 2);
  CHECK_EQUAL(hits(small, 20), 1u);
  CHECK_EQUAL(hits(small, 10), 0u);
  const std::vector<Event> told = events(small);
  REQUIRE(told.size() == 1);
  CHECK(told[0].type == EventType::kPolicyDrop);
  CHECK_EQUAL(told[0].port.value, 1);
  CHECK(told[0].decision.egress);
  CHECK_EQUAL(told[0].decision.action, kReject);
}

TEST("worker/witness: a rule that is to be logged tells what it allowed, once a connection, and what it denied") {
  SmallSwitch small;
  small.commit(judged_network(2, {to_port(10, kAllow, 80, kLog), to_port(11, kDrop, 81, kLog)}));
  CHECK_EQUAL(shake_hands(small), 3u);
  std::vector<Event> told = events(small);
  REQUIRE(told.size() == 1);
  CHECK(told[0].type == EventType::kPolicyLog);
  CHECK_EQUAL(told[0].decision.rule.value, 10u);
  CHECK_EQUAL(told[0].decision.action, kAllow);
  small.deliver(1, tcp4_frame(1, 2, {kSynFlag, 1, 0, 4000, 81}), 2);
  told = events(small);
  REQUIRE(told.size() == 2);
  CHECK(told[0].type == EventType::kPolicyLog);
  CHECK(told[1].type == EventType::kPolicyDrop);
  CHECK_EQUAL(told[1].decision.rule.value, 11u);
}

TEST("worker/witness: an audited rule decides nothing; what it would have done is counted, and told where it differs") {
  SmallSwitch small;
  Edits edits = judged_network(2, {to_port(10, kAllow, 80), to_port(12, kDrop, 82)});
  edits.put_rules(3, {to_port(11, kDrop, 80, kAuditedFlag), to_port(13, kDrop, 82, kAuditedFlag), to_port(10, kAllow, 80)});
  edits.put_port_policy(2, 1, 2, 3);
  small.commit(edits);
  CHECK_EQUAL(shake_hands(small), 3u);
  CHECK_EQUAL(hits(small, 10), 1u);
  CHECK_EQUAL(hits(small, 11), 0u);
  CHECK_EQUAL(hits(small, 11, RuleCounter::kAudited), 1u);
  CHECK_EQUAL(hits(small, 11, RuleCounter::kDiffering), 1u);
  std::vector<Event> told = events(small);
  REQUIRE(told.size() == 1);
  CHECK(told[0].type == EventType::kPolicyAudit);
  CHECK_EQUAL(told[0].decision.rule.value, 11u);
  CHECK_EQUAL(told[0].decision.action, kAllow);
  CHECK_EQUAL(told[0].decision.would_be, kDrop);
  // The same verdict as that of the rule which is enforced.
  small.deliver(1, tcp4_frame(1, 2, {kSynFlag, 1, 0, 4000, 82}), 2);
  CHECK_EQUAL(hits(small, 13, RuleCounter::kAudited), 1u);
  CHECK_EQUAL(hits(small, 13, RuleCounter::kDiffering), 0u);
  told = events(small);
  CHECK(std::none_of(told.begin(), told.end(), [](const Event& event) { return event.type == EventType::kPolicyAudit; }));
}

TEST("worker/witness: a rule that leaves a packet to the next tier is counted and told beside the one that decides") {
  SmallSwitch small;
  PlannedRule pass = to_port(10, kPass, 80, kLog), allow = to_port(11, kAllow, 80);
  allow.tier = 5;
  small.commit(judged_network(2, {pass, allow}));
  CHECK_EQUAL(shake_hands(small), 3u);
  CHECK_EQUAL(hits(small, 10), 1u);
  CHECK_EQUAL(hits(small, 11), 1u);
  std::vector<Event> told = events(small);
  REQUIRE(told.size() == 1);
  CHECK(told[0].type == EventType::kPolicyLog);
  CHECK_EQUAL(told[0].decision.rule.value, 10u);
  CHECK_EQUAL(told[0].decision.action, kPass);
  Edits edits;
  edits.put_rules(1, {pass});
  small.commit(edits);
  small.deliver(1, tcp4_frame(1, 2, {kSynFlag, 1, 0, 4001, 80}), 2);
  CHECK_EQUAL(hits(small, 10), 2u);  // then the network's own policy decides
}

TEST("worker/witness: an audited rule that would leave a packet to the next tier is told with what then would be decided") {
  SmallSwitch small;
  Edits edits = judged_network(2, {to_port(10, kDrop, 80), to_port(12, kAllow, 82)});
  PlannedRule denied = to_port(13, kDrop, 82, kAuditedFlag);
  denied.tier = 5;
  edits.put_rules(3, {to_port(14, kPass, 80, kAuditedFlag), to_port(15, kPass, 82, kAuditedFlag), to_port(10, kDrop, 80), to_port(12, kAllow, 82), denied});
  edits.put_port_policy(2, 1, 2, 3);
  small.commit(edits);
  CHECK_EQUAL(small.deliver(1, tcp4_frame(1, 2, {kSynFlag, 1, 0, 4000, 80}), 2), 0u);
  CHECK_EQUAL(hits(small, 14), 0u);
  CHECK_EQUAL(hits(small, 14, RuleCounter::kAudited), 1u);
  CHECK_EQUAL(hits(small, 14, RuleCounter::kDiffering), 1u);
  std::vector<Event> told = events(small);
  REQUIRE(told.size() == 2);
  CHECK(told[0].type == EventType::kPolicyDrop);
  CHECK(told[1].type == EventType::kPolicyAudit);
  CHECK_EQUAL(told[1].decision.rule.value, 14u);
  CHECK_EQUAL(told[1].decision.action, kDrop);
  CHECK_EQUAL(told[1].decision.would_be, kAllow);
  CHECK_EQUAL(small.deliver(1, tcp4_frame(1, 2, {kSynFlag, 1, 0, 4000, 82}), 2), 1u);
  CHECK_EQUAL(hits(small, 15, RuleCounter::kDiffering), 1u);
  CHECK_EQUAL(hits(small, 13, RuleCounter::kDiffering), 1u);
  told = events(small);
  REQUIRE(told.size() == 1);
  CHECK_EQUAL(told[0].decision.rule.value, 13u);
  CHECK_EQUAL(told[0].decision.would_be, kDrop);
}

TEST("worker/witness: a flood that is denied is told up to the port's share, counted whole, and costs others nothing") {
  constexpr std::uint32_t kFlood = 1'000;
  SmallSwitch small;
  small.commit(judged_network(3, {to_port(10, kDrop, 81)}));
  for (std::uint32_t i = 0; i < kFlood; ++i)
    small.deliver(1, tcp4_frame(1, 2, {kSynFlag, 1, 0, static_cast<std::uint16_t>(4000 + i), 81}), 2);
  CHECK_EQUAL(hits(small, 10), std::uint64_t{kFlood});
  CHECK_EQUAL(events(small).size(), std::size_t{DecisionMeters::kPerSecond});
  CHECK_EQUAL(small.count(1, Counter::k_decisions_untold), std::uint64_t{kFlood - DecisionMeters::kPerSecond});
  small.deliver(3, tcp4_frame(3, 2, {kSynFlag, 1, 0, 4000, 81}), 2);
  std::vector<Event> told = events(small);
  REQUIRE(told.size() == 1);
  CHECK_EQUAL(told[0].count, 0u);
  small.plane.advance(1'000);
  small.deliver(1, tcp4_frame(1, 2, {kSynFlag, 1, 0, 3999, 81}), 2);
  told = events(small);
  REQUIRE(told.size() == 1);
  CHECK_EQUAL(told[0].count, std::uint64_t{kFlood - DecisionMeters::kPerSecond});
}

TEST("worker/witness: whoever drains nothing loses decisions before other events, and they are counted") {
  constexpr std::uint16_t kPorts = 20;
  SmallSwitch small;
  small.commit(judged_network(kPorts, {{10, kDrop}}));
  for (std::uint16_t port = 2; port <= kPorts; ++port)
    for (std::uint16_t i = 0; i < 100; ++i)
      small.deliver(port, tcp4_frame(port, 1, {kSynFlag, 1, 0, static_cast<std::uint16_t>(4000 + i), 81}), 1);
  std::uint64_t untold = 0;
  for (std::uint16_t port = 2; port <= kPorts; ++port) untold += small.count(port, Counter::k_decisions_untold);
  EventRing& ring = small.plane.workers().worker(0).events();
  CHECK(!ring.is_half_free());
  CHECK_EQUAL(ring.take_lost(), 0u);
  CHECK_EQUAL(events(small).size() + untold, std::size_t{(kPorts - 1) * 100});
  CHECK(ring.is_half_free());
}

TEST("worker/witness: a connection that another rule allows now is a decision of that rule") {
  SmallSwitch small;
  small.commit(judged_network(2, {to_port(10, kAllow, 80)}));
  CHECK_EQUAL(shake_hands(small), 3u);
  Edits edits;
  edits.put_rules(1, {to_port(11, kAllow, 80, kLog)});
  small.commit(edits);
  CHECK_EQUAL(small.deliver(1, tcp4_frame(1, 2, {kAckFlag, 101, 501, 4000, 80, 10}), 2), 1u);
  CHECK_EQUAL(small.deliver(1, tcp4_frame(1, 2, {kAckFlag, 111, 501, 4000, 80, 10}), 2), 1u);
  CHECK_EQUAL(hits(small, 10), 1u);
  CHECK_EQUAL(hits(small, 11), 1u);
  const std::vector<Event> told = events(small);
  REQUIRE(told.size() == 1);
  CHECK(told[0].type == EventType::kPolicyLog);
  CHECK_EQUAL(told[0].decision.rule.value, 11u);
}

TEST("worker/witness: a connection that is allowed no longer is denied packet by packet, whichever side sends") {
  SmallSwitch small;
  small.commit(judged_network(2, {to_port(10, kAllow, 80)}));
  CHECK_EQUAL(shake_hands(small), 3u);
  Edits edits;
  edits.put_rules(1, {to_port(11, kDrop, 80)});
  small.commit(edits);
  for (std::uint32_t i = 0; i < 3; ++i)
    CHECK_EQUAL(small.deliver(1, tcp4_frame(1, 2, {kAckFlag, 101 + 10 * i, 501, 4000, 80, 10}), 2), 0u);
  CHECK_EQUAL(hits(small, 11), 3u);
  CHECK_EQUAL(small.deliver(2, tcp4_frame(2, 1, {kAckFlag, 501, 101, 80, 4000, 10}), 1), 0u);
  CHECK_EQUAL(hits(small, 11), 4u);
  const std::vector<Event> told = events(small);
  REQUIRE(told.size() == 4);
  for (const Event& event : told) {
    CHECK(event.type == EventType::kPolicyDrop);
    CHECK_EQUAL(event.port.value, 2);  // whose ingress it is
    CHECK_EQUAL(event.from_port.value, 1);
    CHECK(!event.decision.egress);
  }
}

TEST("worker/witness: where the rule that denies it is to be logged, each packet of a connection is, as its first one would be") {
  for (const std::uint8_t action : {kDrop, kReject}) {
    SmallSwitch small;
    small.commit(judged_network(2, {to_port(10, kAllow, 80)}));
    CHECK_EQUAL(shake_hands(small), 3u);
    small.commit(Edits().put_rules(1, {to_port(11, action, 80, kLog)}));
    const auto forth = [&small] { return small.deliver(1, tcp4_frame(1, 2, {kAckFlag, 101, 501, 4000, 80, 10}), 2); };
    CHECK_EQUAL(forth(), 0u);
    CHECK_EQUAL(small.receive(1).size(), action == kReject ? 1u : 0u);
    CHECK_EQUAL(small.deliver(2, tcp4_frame(2, 1, {kAckFlag, 501, 101, 80, 4000, 10}), 1), 0u);
    CHECK_EQUAL(small.receive(2).size(), action == kReject ? 1u : 0u);
    const std::vector<Event> told = events(small);
    REQUIRE(told.size() == 4);
    for (std::size_t i = 0; i < told.size(); ++i) {
      CHECK(told[i].type == (i % 2 == 0 ? EventType::kPolicyLog : EventType::kPolicyDrop));
      CHECK_EQUAL(told[i].decision.rule.value, 11u);
      CHECK_EQUAL(told[i].decision.action, action);
    }
    small.commit(Edits().put_rules(1, {to_port(11, action, 80)}));
    CHECK_EQUAL(forth(), 0u);
    CHECK_EQUAL(events(small).size(), 1u);
    // A denied connection is not one that is kept.
    small.commit(Edits().put_rules(1, {to_port(11, action, 80, kLog)}));
    CHECK_EQUAL(forth(), 0u);
  }
}

TEST("worker/witness: a connection that ends without a packet is told, too") {
  SmallSwitch small;
  small.commit(judged_network(2, {to_port(10, kAllow, 80, kKill)}));
  CHECK_EQUAL(shake_hands(small), 3u);
  Edits edits;
  edits.put_rules(1, {to_port(11, kDrop, 80)});
  small.commit(edits);
  for (int i = 0; i < 50 && hits(small, 11) == 0; ++i) small.plane.advance(100);
  CHECK_EQUAL(hits(small, 11), 1u);
  const std::vector<Event> told = events(small);
  REQUIRE(told.size() == 1);
  CHECK(told[0].type == EventType::kPolicyDrop);
  CHECK_EQUAL(told[0].decision.destination_port, 80);
}

TEST("worker/witness: explain leaves no trace in counters and events") {
  SmallSwitch small;
  small.commit(judged_network(2, {to_port(10, kDrop, 81, kLog)}));
  const Bytes frame = tcp4_frame(1, 2, {kSynFlag, 1, 0, 4000, 81});
  CHECK(small.plane.trace(PortId{1}, frame, {}, nullptr).operator bool());
  CHECK_EQUAL(hits(small, 10), 0u);
  CHECK(events(small).empty());
}

TEST("worker/witness: of a flood every receiver's rules decide, and each is counted") {
  SmallSwitch small;
  small.commit(judged_network(4, {{10, kAllow}}, {{20, kAllow}}));
  Bytes frame = tcp4_frame(1, 2, {kSynFlag, 1, 0, 4000, 81});
  for (std::size_t i = 0; i < 6; ++i) frame[i] = std::byte{0xff};
  small.deliver(1, frame, 2);
  CHECK_EQUAL(hits(small, 10), 3u);
  CHECK_EQUAL(hits(small, 20), 1u);
}
