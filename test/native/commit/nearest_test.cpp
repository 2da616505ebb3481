#include "commit/nearest.hpp"

#include <string>

#include "native/policies.hpp"
#include "native/rules.hpp"

using namespace vsw;
using namespace vsw::test;

namespace {

Rule about(std::uint32_t id, RuleAction action, std::uint32_t source, std::uint16_t port, std::uint8_t tier = 3) {
  Rule rule;
  rule.id = RuleId{id};
  rule.action = action;
  rule.tier = tier;
  rule.source = source;
  if (port != 0) rule.services.push_back({6, port, port, 0});
  return rule;
}

// TCP to port 80 from an address that is in set 1.
std::vector<NearRule> nearest_to(std::vector<Rule> rules, bool allowed) {
  const std::uint32_t sets[] = {1};
  const Tuple tuple{NetworkId{1}, {}, {}, 6, 4000, 80};
  Question question{tuple, {}, {}, {}};
  question.source.add(sets);
  const auto list = RuleList::make(std::move(rules));
  return list ? nearest_rules(*list.value(), question, allowed) : std::vector<NearRule>{};
}

std::string numbers(const std::vector<NearRule>& found) {
  std::string text;
  for (const NearRule& near : found) text += std::to_string(near.rule.value) + " ";
  return text;
}

// What a trace says, asked on a switch whose ports are judged by these ingress rules.
Trace traced(SmallSwitch& small, std::uint16_t from, const Bytes& frame) {
  auto result = small.plane.trace(PortId{from}, frame, {}, nullptr);
  if (result) return std::move(result.value());
  fail(__FILE__, __LINE__, "a trace was refused");
  return {};
}

const PlannedRule kWeb{.id = 10, .action = 0, .services = {{6, 80, 80, 0}}};
const PlannedRule kNothing{.id = 11, .action = 1};

}  // namespace

TEST("commit/nearest: the rule that failed on the fewest fields stands first, and matching ones are none of them") {
  const auto found = nearest_to({about(2, RuleAction::kAllow, 7, 443), about(3, RuleAction::kAllow, 1, 443),
                                 about(4, RuleAction::kDrop, 1, 80)}, false);
  CHECK_EQUAL(numbers(found), "3 2 ");
  CHECK(found[0].match.source && !found[0].match.service && found[0].protocol);
}

TEST("commit/nearest: among equals the other verdict stands first, then what was reached, then the order") {
  CHECK_EQUAL(numbers(nearest_to({about(2, RuleAction::kDrop, 1, 443), about(3, RuleAction::kAllow, 1, 444),
                                  about(4, RuleAction::kDrop, 0, 0), about(5, RuleAction::kAllow, 7, 0)}, false)), "3 5 2 ");
  CHECK_EQUAL(numbers(nearest_to({about(2, RuleAction::kPass, 1, 80), about(3, RuleAction::kAllow, 7, 0),
                                  about(4, RuleAction::kAllow, 8, 0, 4), about(5, RuleAction::kDrop, 0, 0, 5)}, false)), "4 3 ");
}

TEST("commit/nearest: another port of the same protocol is nearer than another protocol") {
  Rule udp = about(2, RuleAction::kAllow, 0, 0);
  udp.services.push_back({17, 80, 80, 0});
  CHECK_EQUAL(numbers(nearest_to({udp, about(3, RuleAction::kAllow, 0, 81)}, false)), "3 2 ");
}

TEST("commit/nearest: so many and no more are told") {
  std::vector<Rule> rules;
  for (std::uint32_t id = 2; id < 40; ++id) rules.push_back(about(id, RuleAction::kAllow, id % 5 == 0 ? 1 : 9, 443));
  const auto found = nearest_to(rules, false);
  CHECK_EQUAL(found.size(), kNearestMax);
  CHECK_EQUAL(numbers(found), "5 10 15 20 25 30 35 2 ");
}

TEST("commit/nearest: a trace tells the rulings of both ends and the rule that almost decided otherwise") {
  SmallSwitch small;
  small.commit(judged_network(2, {kWeb, kNothing}, {{.id = 20, .action = 0}}));
  const Trace trace = traced(small, 1, tcp4_frame(1, 2, {kSynFlag, 100, 0, 4000, 81}));
  CHECK(!trace.allowed && !trace.rejected && trace.judged);
  CHECK_EQUAL(trace.rule.value, 11u);
  CHECK_EQUAL(trace.rulings.size(), 2u);
  CHECK_EQUAL(trace.rulings[0].ruling.rule.value, 20u);
  CHECK_EQUAL(trace.rulings[1].ruling.rule.value, 11u);
  CHECK_EQUAL(numbers(trace.nearest), "10 ");
  CHECK(trace.standing.kind == Standing::Kind::kNew);
  CHECK_EQUAL(trace.path.size(), 10u);
}

TEST("commit/nearest: a reply of a known connection is told by the connection's first packet") {
  SmallSwitch small;
  small.commit(judged_network(2, {kWeb, kNothing}));
  CHECK_EQUAL(shake_hands(small), 3u);
  const Bytes reply = tcp4_frame(2, 1, {kAckFlag, 501, 101, 80, 4000, 10});
  const Trace trace = traced(small, 2, reply);
  CHECK(trace.allowed && trace.standing.kind == Standing::Kind::kEstablished && !trace.standing.of_initiator);
  CHECK_EQUAL(trace.rule.value, 10u);
  CHECK_EQUAL(trace.tuple.destination_port, 80u);
  CHECK_EQUAL(trace.rulings.back().port.value, 2u);

  // What denies it now is told, too, and the table still has the connection.
  Edits edits;
  edits.put_rules(1, {{.id = 12, .action = 2}});
  const std::span<const std::byte> bytes = edits.bytes();
  const auto then = small.plane.trace(PortId{2}, reply, {}, &bytes);
  CHECK(then.ok() && then.value().rejected && then.value().rule.value == 12);
  CHECK_EQUAL(small.deliver(2, reply, 1), 1u);
}

TEST("commit/nearest: an error that speaks of a connection is told by that connection's first packet") {
  SmallSwitch small;
  small.commit(judged_network(2, {kWeb, kNothing}));
  CHECK_EQUAL(shake_hands(small), 3u);
  const Bytes quoted = tcp4_frame(1, 2, {kAckFlag, 101, 501, 4000, 80, 10});
  const Bytes error = join({number(3, 1), number(3, 1), number(0, 6), Bytes(quoted.begin() + 14, quoted.begin() + 14 + 28)});
  const Trace trace = traced(small, 2, between(mac_of(2), mac_of(1), 0x0800, ip4_datagram(ip4_of(2), ip4_of(1), 1, error)));
  CHECK_EQUAL(std::string(name_of(trace.standing.kind)), "related");
  CHECK(trace.allowed && trace.rule.value == 10);
  CHECK_EQUAL(trace.tuple.protocol, 6u);
  CHECK_EQUAL(trace.tuple.destination_port, 80u);
  CHECK_EQUAL(trace.rulings.back().port.value, 2u);
}

TEST("commit/nearest: many frames at once have the verdicts that they have one by one") {
  SmallSwitch small;
  small.commit(judged_network(3, {kWeb, {.id = 12, .action = 2, .services = {{17, 0, 65535, 0}}}, kNothing}));
  const Bytes frames[] = {tcp4_frame(1, 2, {kSynFlag}), udp4_frame(2, 3), tcp4_frame(3, 1, {kSynFlag, 1, 0, 4000, 81})};
  const TracedFrame asked[] = {{PortId{1}, frames[0]}, {PortId{2}, frames[1]}, {PortId{3}, frames[2]}, {PortId{9}, frames[2]}};
  const auto verdicts = small.plane.trace_verdicts(asked, nullptr);
  using enum TraceVerdict;
  CHECK(verdicts.ok() && verdicts.value() == std::vector<TraceVerdict>({kAllow, kReject, kDrop, kDrop}));
  CHECK_EQUAL(small.broken_law(), "");
}
