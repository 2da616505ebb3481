// Lists that are as bad as they can be for a question: every block has rules that match in each field, and none in all.
#include "table/rule_list.hpp"

#include <cstdlib>
#include <string>

#include "native/classbench.hpp"
#include "native/tap.hpp"

using namespace vsw;
using namespace vsw::test;

namespace {

constexpr std::uint16_t kPort = 0x5555;

// Each rule fails in one field, by turns; sets and prefixes are as many as a question can have.
std::vector<Rule> hostile(std::uint32_t count, std::uint32_t sets) {
  std::vector<Rule> rules(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    Rule& rule = rules[i];
    rule.id = RuleId{i + 1};
    const std::uint32_t label = i / 4, fails = i % 4;
    const std::uint32_t length = label % 17;
    const auto low = static_cast<std::uint16_t>(length == 0 ? 0 : kPort >> (16 - length) << (16 - length));
    const auto high = static_cast<std::uint16_t>(low | 0xffffu >> length);
    rule.source = fails == 0 ? 1'000'000 : 1 + label % sets;
    rule.destination = fails == 1 ? 1'000'000 : 1 + label * 7 % sets;
    rule.services = {{label % 2 == 0 ? std::uint16_t{6} : kAnyProtocol, low, high, 0}};
    if (label % 5 == 0) rule.services = {{6, 0, 0, 1 + label % 64}};
    if (fails == 2) rule.services = {{6, 1, 1, 0}};
    rule.source_ports = {{low, high}};
    if (fails == 3) rule.source_ports = {{1, 1}};
  }
  return rules;
}
Asked asked_in(std::uint32_t sets) {
  Asked asked;
  asked.tuple.protocol = 6;
  asked.tuple.source_port = asked.tuple.destination_port = kPort;
  for (std::uint32_t set = 1; set <= sets; ++set) {
    asked.source.push_back(set);
    asked.destination.push_back(set);
  }
  for (std::uint32_t named = 1; named <= kNamedServicesMax; ++named) asked.services.push_back(named);
  return asked;
}

// How many headers are answered otherwise than by linear search over the file's lines; -1: it could not be asked.
int wrong_answers(const Classbench& bench) {
  const ClassbenchTables tables(bench);
  const auto list = RuleList::make(tables.rules);
  if (tables.addresses == nullptr || !list || bench.headers.empty()) return -1;
  int wrong = 0;
  for (const ClassbenchHeader& header : bench.headers) {
    const Tuple tuple = ClassbenchTables::tuple_of(header);
    const Question question = tables.question(tuple);
    const int wanted = bench.first(header);
    const Rule* answer = list.value()->first_match(question);
    wrong += wanted < 0 ? answer != nullptr : answer == nullptr || answer->id.value != static_cast<std::uint32_t>(wanted + 1);
    RuleList::Work work;
    list.value()->first_match(question, work);
    wrong += work.words > list.value()->worst_case().words;
  }
  return wrong;
}
// Tests run in the tree, or know where they were compiled.
Classbench read_data(const std::string& name) {
  const std::string here = __FILE__, folder = "test/data/classbench/";
  Classbench bench = Classbench::read(folder + name);
  return bench.rules.empty() ? Classbench::read(here.substr(0, here.rfind("test/native/")) + folder + name) : bench;
}

}  // namespace

TEST("table/rule_search: the work that the worst question makes stays below what is published") {
  for (const std::uint32_t sets : {1u, 8u, 9u, 200u, static_cast<std::uint32_t>(kSetsMax)})
    for (const std::uint32_t count : {1u, 63u, 1'000u, 2'048u, 20'000u, RuleList::kRulesMax}) {
      const auto list = RuleList::make(hostile(count, sets));
      REQUIRE(list.ok());
      const Asked asked = asked_in(sets);
      RuleList::Work work;
      CHECK(list.value()->first_match(asked.question(), work) == nullptr);
      const RuleList::Work worst = list.value()->worst_case();
      if (work.labels > worst.labels || work.parts > worst.parts || work.words > worst.words)
        CHECK_EQUAL(std::to_string(work.words) + " words, " + std::to_string(work.parts) + " parts", "less than " + std::to_string(worst.words) + ", " + std::to_string(worst.parts));
      // It is as bad as was meant: no block could be left out.
      if (count > 8) CHECK(work.words >= count / 64);
      CHECK(worst.words <= 62 * std::uint64_t{count} / 10 + 270);
    }
}

TEST("table/rule_search: and it still finds the one rule that matches, wherever it stands") {
  for (const std::uint32_t sets : {3u, 500u})
    for (const std::uint32_t at : {0u, 1u, 63u, 64u, 3'999u, 5'000u, 8'191u, 9'999u}) {
      std::vector<Rule> rules = hostile(10'000, sets);
      rules[at].source = rules[at].destination = 2;
      rules[at].services = {{6, kPort, kPort, 0}};
      rules[at].source_ports = {{0, 0x7fff}};
      const auto list = RuleList::make(rules);
      REQUIRE(list.ok());
      const Asked asked = asked_in(sets);
      CHECK(is_rule(list.value()->first_match(asked.question()), rules, static_cast<int>(at)));
      CHECK(is_rule(list.value()->decide(asked.question()), rules, static_cast<int>(at)));
    }
}

TEST("table/rule_search: from a slot on it finds what a search from the front finds from there on") {
  Chance chance(1);
  const std::vector<Rule> rules = any_rules(chance, 2'000, 10);  // so few that slot and position are the same
  const auto list = RuleList::make(rules);
  REQUIRE(list.ok());
  int wrong = 0;
  for (int i = 0; i < 3'000; ++i) {
    const Asked asked = any_question(chance, 10);
    const std::uint32_t from = chance.below(2'100);
    int wanted = -1;
    for (std::size_t at = from; at < rules.size() && wanted < 0; ++at)
      if (match(rules[at], asked.question()).all()) wanted = static_cast<int>(at);
    wrong += !is_rule(list.value()->first_match(asked.question(), from), rules, wanted);
  }
  CHECK_EQUAL(wrong, 0);
}

TEST("table/rule_search: every field that is asked for by nobody costs nothing") {
  std::vector<Rule> rules(1'000);
  for (std::uint32_t i = 0; i < 1'000; ++i) rules[i].destination = 1 + i;
  const auto list = RuleList::make(rules);
  REQUIRE(list.ok());
  Asked asked = asked_in(1'000);
  asked.destination = {1'000};
  RuleList::Work work;
  REQUIRE(list.value()->first_match(asked.question(), work) != nullptr);
  CHECK_EQUAL(work.labels, std::uint64_t{1});
  CHECK_EQUAL(work.words, std::uint64_t{1});
}

TEST("table/rule_search: ClassBench sets of 1,000 rules, rule for rule as linear search says") {
  for (const char* name : {"acl1-1k", "fw1-1k", "ipc1-1k"}) {
    const Classbench bench = read_data(name);
    CHECK(bench.rules.size() > 800 && bench.headers.size() == bench.rules.size());
    int not_matched = 0, not_first = 0;
    for (const ClassbenchHeader& header : bench.headers) {
      if (header.made_from >= bench.rules.size() || !is_match(bench.rules[header.made_from], header)) ++not_matched;
      not_first += bench.first(header) != static_cast<int>(header.made_from);
    }
    CHECK_EQUAL(not_matched, 0);  // the files are read as they are meant
    CHECK(not_first * 8 < static_cast<int>(bench.headers.size()));
    CHECK_EQUAL(wrong_answers(bench), 0);
  }
}

TEST("table/rule_search: ClassBench sets of 8,000 rules") {
  const char* folder = std::getenv("VSW_CLASSBENCH");
  if (folder == nullptr) {
    skip("VSW_CLASSBENCH, a folder with acl1-8k, fw1-8k and ipc1-8k");
    return;
  }
  for (const char* name : {"acl1-8k", "fw1-8k", "ipc1-8k"}) CHECK_EQUAL(wrong_answers(Classbench::read(std::string(folder) + "/" + name)), 0);
}

TEST("table/rule_search: our own sets in the style of its seeds, and headers at their corners") {
  for (const char* seed : {"acl", "fw", "ipc"}) {
    CHECK_EQUAL(wrong_answers(Classbench::make(seed, 10)), 0);
    CHECK_EQUAL(wrong_answers(Classbench::make(seed, 1'000, 2)), 0);
    Classbench larger = Classbench::make(seed, 20'000, 3);
    larger.headers.resize(400);
    CHECK_EQUAL(wrong_answers(larger), 0);
  }
}
