// What a splice may cost, counted: rules that get another slot. And what a list may be after any of them.
#include <algorithm>

#include "native/rules.hpp"
#include "native/tap.hpp"
#include "table/rule_list.hpp"

using namespace vsw;
using namespace vsw::test;

namespace {

using List = std::shared_ptr<const RuleList>;

constexpr std::uint32_t kSources = 100'000;

// A rule that is known by its number alone.
Rule plain_rule(std::uint32_t id) {
  Rule rule;
  rule.id = RuleId{id};
  rule.source = 1 + id % kSources;
  return rule;
}

struct Story {
  explicit Story(std::uint32_t count) {
    std::vector<Rule> rules;
    for (std::uint32_t i = 0; i < count; ++i) {
      ids.push_back(++id);
      rules.push_back(plain_rule(id));
    }
    list = RuleList::make(std::move(rules)).value();
  }
  [[nodiscard]] std::uint32_t size() const { return list->size(); }
  void splice(std::uint32_t at, std::uint32_t removed, std::uint32_t count) {
    std::vector<Rule> inserted;
    std::vector<std::uint32_t> more;
    for (std::uint32_t i = 0; i < count; ++i) {
      more.push_back(++id);
      inserted.push_back(plain_rule(id));
    }
    const bool is_small = std::min(ids.size(), ids.size() - removed + count) <= 2'048;
    ids.erase(ids.begin() + at, ids.begin() + at + removed);
    ids.insert(ids.begin() + at, more.begin(), more.end());
    list = list->splice(at, removed, std::move(inserted)).value();
    if (!is_small) moved_most = std::max(moved_most, list->moved());
    moved_sum += list->moved();
    broken += !is_within_bounds();
  }
  [[nodiscard]] bool is_within_bounds() const {
    const std::uint32_t blocks = list->order().size(), parts = list->order().parts();
    return size() == ids.size() && blocks <= size() / 32 + 2 && parts <= blocks / 24 + 3;
  }
  // How often a question is answered otherwise than by a search from the front, or costs more than is published.
  [[nodiscard]] int wrong(Chance& chance, int questions) const {
    int count = 0;
    for (int i = 0; i < questions && !ids.empty(); ++i) {
      Asked asked;
      asked.source = {1 + ids[chance.below(size())] % kSources, 1 + chance.below(kSources)};
      std::sort(asked.source.begin(), asked.source.end());
      const Question question = asked.question();
      const auto first = std::find_if(ids.begin(), ids.end(), [&](std::uint32_t one) { return question.source.contains(1 + one % kSources); });
      RuleList::Work work;
      const Rule* found = list->first_match(question, work);
      count += found != list->first_match(question) || found == nullptr || first == ids.end() || found->id.value != *first;
      const RuleList::Work worst = list->worst_case();
      count += work.labels > worst.labels || work.parts > worst.parts || work.words > worst.words;
    }
    return count;
  }
  [[nodiscard]] bool holds() const {
    std::size_t index = 0;
    int other = 0;
    const Asked nothing;
    list->for_each_rule(nothing.question(), [&](const Rule& rule, const RuleMatch&) { other += index >= ids.size() || rule.id.value != ids[index++]; });
    for (std::uint32_t i = 0; i < size(); i += 997) other += list->rule(i).id.value != ids[i];
    return other == 0 && index == ids.size();
  }

  std::uint32_t id = 0, moved_most = 0;
  std::uint64_t moved_sum = 0;
  int broken = 0;
  std::vector<std::uint32_t> ids;
  List list;
};

}  // namespace

TEST("table/rule_splice: a thousand rules more, one after the other, at one place of a hundred thousand: none costs much") {
  for (const std::uint32_t place : {0u, 60'000u, 100'000u}) {
    Story story(100'000);
    Chance chance(place + 1);
    for (std::uint32_t i = 0; i < 1'000; ++i) story.splice(place == 100'000 ? place + i : place, 0, 1);
    CHECK(story.moved_most <= RuleList::kMovedMax / 4);
    CHECK(story.moved_sum < 1'000u * 100);
    CHECK_EQUAL(story.broken, 0);
    CHECK(story.holds());
    CHECK_EQUAL(story.wrong(chance, 20), 0);
  }
}

TEST("table/rule_splice: a list fills up to the most rules there may be and empties again, wherever, one rule at a time") {
  Chance chance(3);
  Story story(RuleList::kRulesMax - 1'500);
  while (story.size() < RuleList::kRulesMax)
    story.splice(chance.one_in(3) ? chance.below(story.size() + 1) : story.size() / 9 * (story.size() / 500 % 9), 0, 1);
  CHECK(story.holds());
  CHECK_EQUAL(story.wrong(chance, 20), 0);
  while (story.size() > RuleList::kRulesMax - 3'000)
    story.splice(chance.one_in(3) ? chance.below(story.size()) : story.size() / 9 * (story.size() / 700 % 9), 1, 0);
  CHECK(story.holds());
  CHECK_EQUAL(story.wrong(chance, 20), 0);
  CHECK(story.moved_most <= RuleList::kMovedMax);
  CHECK_EQUAL(story.broken, 0);
}

TEST("table/rule_splice: who puts and takes at edges of blocks and parts moves no more than is said") {
  Chance chance(4);
  Story story(20'000);
  for (int round = 0; round < 12; ++round) {
    // Full here, empty there, and back; then one rule in and out where it is fullest.
    const std::uint32_t at = chance.below(story.size());
    for (int i = 0; i < 600; ++i) story.splice(std::min(at, story.size()), 0, 1 + chance.below(3));
    for (int i = 0; i < 400; ++i) story.splice(chance.below(story.size() - 8), chance.below(8), 0);
    for (int i = 0; i < 100; ++i) story.splice(at % story.size(), i % 2 == 0 ? 0 : 1, i % 2 == 0 ? 1 : 0);
    CHECK_EQUAL(story.wrong(chance, 10), 0);
  }
  CHECK(story.moved_most <= RuleList::kMovedMax);
  CHECK_EQUAL(story.broken, 0);
  CHECK(story.holds());
}

TEST("table/rule_splice: many at once, in and out, through small and large") {
  Chance chance(5);
  Story story(0);
  for (int step = 0; step < 300; ++step) {
    const std::uint32_t size = story.size(), most = step % 3 == 0 ? 3'000u : step % 3 == 1 ? 200u : 5u;
    const std::uint32_t at = chance.below(size + 1), removed = chance.one_in(2) ? 0 : std::min(size - at, chance.below(most));
    story.splice(at, removed, size > 30'000 ? 0 : chance.below(most));
    if (step % 20 == 0) CHECK_EQUAL(story.wrong(chance, 5), 0);
  }
  CHECK_EQUAL(story.broken, 0);
  CHECK(story.holds());
}

TEST("table/rule_splice: rules of all kinds in lists whose blocks are in no order answer as a search from the front") {
  Chance chance(6);
  std::vector<Rule> rules = any_rules(chance, 5'000, 40);
  List list = RuleList::make(rules).value();
  for (int step = 0; step < 2'500; ++step) {
    const std::uint32_t at = step % 2 == 0 ? 1'200 : step % 4 == 1 ? 3'700 : chance.below(static_cast<std::uint32_t>(rules.size()));
    const std::uint32_t removed = chance.one_in(5) ? 1 : 0;
    const Rule rule = any_rule(chance, 40, rules[at].tier);
    const auto next = list->splice(at, removed, {rule});
    REQUIRE(next.ok());
    rules.erase(rules.begin() + at, rules.begin() + at + removed);
    rules.insert(rules.begin() + at, rule);
    list = next.value();
    if (step % 100 != 99) continue;
    int wrong = 0;
    for (int i = 0; i < 20; ++i) {
      const Asked asked = any_question(chance, 40);
      const Question question = asked.question();
      wrong += !is_rule(list->first_match(question), rules, first_of(rules, question));
      wrong += !is_rule(list->decide(question), rules, decided_of(rules, question));
      RuleList::Work work;
      list->first_match(question, work);
      const RuleList::Work worst = list->worst_case();
      wrong += work.labels > worst.labels || work.parts > worst.parts || work.words > worst.words;
    }
    CHECK_EQUAL(wrong, 0);
  }
  CHECK(!list->order().is_plain());
}
