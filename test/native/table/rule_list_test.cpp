#include "table/rule_list.hpp"

#include <algorithm>
#include <cstdio>
#include <string>
#include <thread>

#include "native/rules.hpp"
#include "native/tap.hpp"

using namespace vsw;
using namespace vsw::test;

namespace {

using List = std::shared_ptr<const RuleList>;

List made(std::vector<Rule> rules) {
  auto list = RuleList::make(std::move(rules));
  return list ? list.value() : nullptr;
}

// How often the list answers otherwise than a search from the front.
int wrong_answers(const RuleList& list, const std::vector<Rule>& rules, Chance& chance, std::uint32_t sets, int questions) {
  int wrong = list.size() != rules.size();
  for (int i = 0; i < questions; ++i) {
    const Asked asked = any_question(chance, sets);
    const Question question = asked.question();
    wrong += !is_rule(list.first_match(question), rules, first_of(rules, question));
    wrong += !is_rule(list.decide(question), rules, decided_of(rules, question));
    RuleList::Work work;
    list.first_match(question, work);
    const RuleList::Work worst = list.worst_case();
    wrong += work.labels > worst.labels || work.parts > worst.parts || work.words > worst.words;
  }
  return wrong;
}
bool holds(const RuleList& list, const std::vector<Rule>& rules) {
  if (list.size() != rules.size()) return false;
  std::vector<Rule> visited;
  const Asked asked;
  list.for_each_rule(asked.question(), [&](const Rule& rule, const RuleMatch&) { visited.push_back(rule); });
  return visited == rules;
}

}  // namespace

TEST("table/rule_list: nothing decides nothing") {
  const List list = made({});
  REQUIRE(list != nullptr);
  const Asked asked;
  CHECK(list->first_match(asked.question()) == nullptr);
  CHECK(list->decide(asked.question()) == nullptr);
  CHECK_EQUAL(list->size(), 0u);
}

TEST("table/rule_list: rules that care for nothing match everything, the first wins") {
  std::vector<Rule> rules(200);
  for (std::uint32_t i = 0; i < 200; ++i) rules[i].id = RuleId{i + 1};
  const List list = made(rules);
  REQUIRE(list != nullptr);
  const Asked asked;
  REQUIRE(list->first_match(asked.question()) != nullptr);
  CHECK_EQUAL(list->first_match(asked.question())->id.value, 1u);
  CHECK_EQUAL(list->first_match(asked.question(), 70)->id.value, 71u);
  CHECK(list->first_match(asked.question(), 4'096) == nullptr);
}

TEST("table/rule_list: pass goes on at the next tier, and only there") {
  const auto rule = [](std::uint32_t id, std::uint8_t tier, RuleAction action) {
    Rule made_rule;
    made_rule.id = RuleId{id};
    made_rule.tier = tier;
    made_rule.action = action;
    return made_rule;
  };
  const Asked asked;
  const List list = made({rule(2, 1, RuleAction::kPass), rule(3, 1, RuleAction::kDrop), rule(4, 3, RuleAction::kPass),
                          rule(5, 3, RuleAction::kAllow), rule(6, 5, RuleAction::kReject)});
  REQUIRE(list != nullptr);
  REQUIRE(list->first_match(asked.question()) != nullptr && list->decide(asked.question()) != nullptr);
  CHECK_EQUAL(list->first_match(asked.question())->id.value, 2u);
  CHECK_EQUAL(list->decide(asked.question())->id.value, 6u);
  const List all_pass = made({rule(2, 0, RuleAction::kPass), rule(3, 5, RuleAction::kPass)});
  CHECK(all_pass->decide(asked.question()) == nullptr);
}

TEST("table/rule_list: agrees with a search from the front, whatever the rules, within its worst case") {
  Chance chance(1);
  for (int world = 0; world < 150; ++world) {
    const std::uint32_t sets = 1 + chance.below(40), count = chance.below(world % 10 == 0 ? 3'000 : 200);
    const std::vector<Rule> rules = any_rules(chance, count, sets);
    const List list = made(rules);
    REQUIRE(list != nullptr);
    CHECK(holds(*list, rules));
    CHECK_EQUAL(wrong_answers(*list, rules, chance, sets, 60), 0);
  }
}

TEST("table/rule_list: spliced again and again it stays what the rules are, and the list before stays, too") {
  Chance chance(2);
  for (int world = 0; world < 12; ++world) {
    const std::uint32_t sets = 1 + chance.below(12), width = world % 3 == 0 ? 4 : world % 3 == 1 ? 40 : 400;
    std::vector<Rule> rules = any_rules(chance, world % 2 == 0 ? 100 : 2'600, sets);
    List list = made(rules);
    REQUIRE(list != nullptr);
    for (int step = 0; step < 60; ++step) {
      const auto size = static_cast<std::uint32_t>(rules.size());
      const std::uint32_t at = chance.one_in(3) ? size : chance.one_in(2) ? size / 2 : chance.below(size + 1);
      const std::uint32_t removed = chance.one_in(2) ? 0 : std::min(size - at, chance.below(width));
      const auto tier = static_cast<std::uint8_t>(at > 0 ? rules[at - 1].tier : 0);
      std::vector<Rule> inserted;
      for (std::uint32_t left = chance.below(width); left > 0; --left) inserted.push_back(any_rule(chance, sets, tier));
      const auto next = list->splice(at, removed, inserted);
      REQUIRE(next.ok());
      std::vector<Rule> wanted(rules.begin(), rules.begin() + at);
      wanted.insert(wanted.end(), inserted.begin(), inserted.end());
      wanted.insert(wanted.end(), rules.begin() + at + removed, rules.end());
      CHECK(holds(*next.value(), wanted));
      CHECK_EQUAL(wrong_answers(*next.value(), wanted, chance, sets, 6), 0);
      if (step % 16 == 0) CHECK_EQUAL(wrong_answers(*list, rules, chance, sets, 3), 0);
      list = next.value();
      rules = std::move(wanted);
    }
  }
}

TEST("table/rule_list: a thousand rules put in at one place, one after the other") {
  Chance chance(3);
  std::vector<Rule> rules = any_rules(chance, 5'000, 30);
  List list = made(rules);
  REQUIRE(list != nullptr);
  for (int step = 0; step < 1'000; ++step) {
    const Rule rule = any_rule(chance, 30, rules[2'499].tier);
    const auto next = list->splice(2'500, 0, {rule});
    REQUIRE(next.ok());
    rules.insert(rules.begin() + 2'500, rule);
    list = next.value();
    if (step % 100 == 99) CHECK_EQUAL(wrong_answers(*list, rules, chance, 30, 10), 0);
  }
  CHECK(holds(*list, rules));
  for (int step = 0; step < 1'000; ++step) {
    const auto next = list->splice(2'500, 1, {});
    REQUIRE(next.ok());
    rules.erase(rules.begin() + 2'500);
    list = next.value();
  }
  CHECK(holds(*list, rules));
  CHECK_EQUAL(wrong_answers(*list, rules, chance, 30, 30), 0);
}

TEST("table/rule_list: what shrinks gives its slots back, so the worst case is that of the rules that are left") {
  Chance chance(4);
  std::vector<Rule> rules = any_rules(chance, 10'000, 50);
  List list = made(rules);
  REQUIRE(list != nullptr);
  while (rules.size() > 10) {
    const auto removed = static_cast<std::uint32_t>(rules.size() / 5 + 1), at = chance.below(static_cast<std::uint32_t>(rules.size()) - removed + 1);
    const auto next = list->splice(at, removed, {});
    REQUIRE(next.ok());
    rules.erase(rules.begin() + at, rules.begin() + at + removed);
    list = next.value();
    CHECK_EQUAL(wrong_answers(*list, rules, chance, 50, 5), 0);
  }
  CHECK(holds(*list, rules));
}

TEST("table/rule_list: what cannot be is refused, and says why") {
  const auto refused = [](std::vector<Rule> rules, ErrorCode code, const char* word) {
    const auto list = RuleList::make(std::move(rules));
    return !list && list.error().code == code && list.error().message.find(word) != std::string::npos;
  };
  Rule rule;
  rule.id = RuleId{7};
  Rule later = rule;
  later.tier = 3;
  CHECK(refused({later, rule}, ErrorCode::kInvalid, "earlier tier"));
  later.tier = RuleList::kTiers;
  CHECK(refused({later}, ErrorCode::kInvalid, "no tier"));
  Rule backwards = rule;
  backwards.services.push_back({6, 80, 79, 0});
  CHECK(refused({backwards}, ErrorCode::kInvalid, "before it begins"));
  backwards.services = {{300, 0, 80, 0}};
  CHECK(refused({backwards}, ErrorCode::kInvalid, "no protocol"));
  backwards.services.clear();
  backwards.source_ports.push_back({2, 1});
  CHECK(refused({backwards}, ErrorCode::kInvalid, "source ports"));
  Rule ragged = rule;
  for (std::uint32_t port = 0; port < 2 * (RuleList::kRuleLabelsMax + 1); port += 2)
    ragged.services.push_back({6, static_cast<std::uint16_t>(port), static_cast<std::uint16_t>(port), 0});
  CHECK(refused({ragged}, ErrorCode::kLimit, "ranges of ports"));
  ragged.services.resize(RuleList::kRuleLabelsMax);
  CHECK(made({ragged}) != nullptr);
  CHECK(refused(std::vector<Rule>(RuleList::kLabelsMax / RuleList::kRuleLabelsMax + 1, ragged), ErrorCode::kLimit, "name too much"));
  CHECK(refused(std::vector<Rule>(RuleList::kRulesMax + 1, rule), ErrorCode::kLimit, "too many rules"));
  const List full = made(std::vector<Rule>(RuleList::kRulesMax, rule));
  REQUIRE(full != nullptr);
  const auto more = full->splice(5, 0, {rule});
  CHECK(!more && more.error().code == ErrorCode::kLimit);
  CHECK(full->splice(5, 1, {rule}).ok());
  CHECK(!full->splice(RuleList::kRulesMax, 1, {}).ok());
  CHECK(!full->splice(RuleList::kRulesMax + 1, 0, {}).ok());
}

TEST("table/rule_list: a splice that puts tiers out of order is refused") {
  std::vector<Rule> rules(3);
  rules[1].tier = 2;
  rules[2].tier = 4;
  const List list = made(rules);
  REQUIRE(list != nullptr);
  Rule rule;
  rule.tier = 3;
  CHECK(!list->splice(1, 0, {rule}).ok());
  CHECK(list->splice(2, 0, {rule}).ok());
  CHECK(!list->splice(3, 0, {rule}).ok());
  CHECK(list->splice(1, 1, {rule}).ok());
}

TEST("table/rule_list: many readers ask one list while the next ones are made of it") {
  Chance chance(5);
  const std::vector<Rule> rules = any_rules(chance, 3'000, 30);
  const List list = made(rules);
  REQUIRE(list != nullptr);
  int wrong[3] = {};
  std::vector<std::thread> readers;
  for (int reader = 0; reader < 3; ++reader)
    readers.emplace_back([&, reader] {
      Chance own(100 + static_cast<std::uint64_t>(reader));
      wrong[reader] = wrong_answers(*list, rules, own, 30, 100);
    });
  List next = list;
  for (int step = 0; step < 100; ++step) next = next->splice(chance.below(next->size()), 1, {}).value();
  for (std::thread& reader : readers) reader.join();
  for (const int count : wrong) CHECK_EQUAL(count, 0);
}
