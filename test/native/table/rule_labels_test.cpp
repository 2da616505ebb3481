#include "table/rule_labels.hpp"

#include <algorithm>

#include "native/rules.hpp"
#include "native/tap.hpp"

using namespace vsw;
using namespace vsw::test;

namespace {

bool has(const RuleLabels& labels, std::uint64_t label) {
  return std::find(labels.labels.begin(), labels.labels.end(), label) != labels.labels.end();
}
// Under how many labels a value is found.
int found_as_service(const RuleLabels& labels, std::uint16_t protocol, std::uint16_t value) {
  int found = 0;
  for (std::uint32_t length = 0; length < RuleLabels::kPrefixLengths; ++length)
    found += has(labels, Labels::service(protocol, value, length));
  return found;
}
int found_as_source_port(const RuleLabels& labels, std::uint16_t value) {
  int found = 0;
  for (std::uint32_t length = 0; length < RuleLabels::kPrefixLengths; ++length)
    found += has(labels, Labels::source_port(value, length));
  return found;
}

}  // namespace

TEST("table/rule_labels: a rule that names nothing has no labels") {
  RuleLabels labels;
  labels.assign(Rule{});
  CHECK(labels.labels.empty());
  for (const bool cares : labels.cares) CHECK(!cares);
}

TEST("table/rule_labels: every value of a range is found under one label, every other under none") {
  Chance chance(1);
  RuleLabels labels;
  for (int world = 0; world < 30; ++world) {
    Rule rule;
    const auto [first, last] = any_range(chance);
    rule.services = {{6, first, last, 0}};
    rule.source_ports = {{first, last}};
    labels.assign(rule);
    CHECK(labels.labels.size() <= 60);
    int wrong = 0;
    for (std::uint32_t value = 0; value < 65'536; ++value) {
      const auto port = static_cast<std::uint16_t>(value);
      const int wanted = value >= first && value <= last;
      wrong += found_as_service(labels, 6, port) != wanted;
      wrong += found_as_service(labels, 17, port) != 0;
      wrong += labels.cares[3] ? found_as_source_port(labels, port) != wanted : wanted != 1;
    }
    CHECK_EQUAL(wrong, 0);
  }
}

TEST("table/rule_labels: the worst range takes 30 labels, everything takes one or none") {
  RuleLabels labels;
  Rule rule;
  rule.services = {{6, 1, 65'534, 0}};
  labels.assign(rule);
  CHECK_EQUAL(labels.labels.size(), std::size_t{30});
  rule.services = {{6, 0, 65'535, 0}};
  labels.assign(rule);
  CHECK_EQUAL(labels.labels.size(), std::size_t{1});
  rule.services = {{kAnyProtocol, 0, 65'535, 0}, {6, 80, 80, 0}};
  labels.assign(rule);
  CHECK(labels.labels.empty() && !labels.cares[2]);
  rule.services.clear();
  rule.source_ports = {{0, 999}, {1'000, 65'535}};
  labels.assign(rule);
  CHECK(labels.labels.empty() && !labels.cares[3]);
}

TEST("table/rule_labels: ranges that touch or repeat are one, names that repeat too") {
  RuleLabels labels;
  Rule rule;
  rule.services = {{6, 0, 127, 0}, {6, 64, 200, 0}, {6, 201, 255, 0}, {6, 1, 2, 9}, {17, 3, 4, 9}, {17, 0, 255, 0}};
  labels.assign(rule);
  CHECK_EQUAL(labels.labels.size(), std::size_t{3});
  CHECK(has(labels, Labels::service(6, 7, 8)) && has(labels, Labels::service(17, 7, 8)) && has(labels, Labels::named(9)));
  CHECK(labels.names_services);
}

TEST("table/rule_labels: lengths that are worth asking for are never too few, and few") {
  Chance chance(2);
  for (int world = 0; world < 20; ++world) {
    std::vector<std::uint64_t> prefixes;
    RuleLabels labels;
    for (std::uint32_t left = 1 + chance.below(20); left > 0; --left) {
      Rule rule;
      const auto [first, last] = any_range(chance);
      rule.services = {{6, first, last, 0}};
      labels.assign(rule);
      prefixes.insert(prefixes.end(), labels.labels.begin(), labels.labels.end());
    }
    PrefixesUsed used;
    const std::size_t known = prefixes.size() / 2;  // the others come later, to a copy
    for (std::size_t i = 0; i < known; ++i) used.add_length(Labels::length_of(prefixes[i]));
    used.prepare();
    for (std::size_t i = 0; i < known; ++i) used.add(Labels::value_of(prefixes[i]), Labels::length_of(prefixes[i]));
    PrefixesUsed later = used;
    for (std::size_t i = known; i < prefixes.size(); ++i) later.add(Labels::value_of(prefixes[i]), Labels::length_of(prefixes[i]));
    int missed = 0, asked = 0, changed = 0;
    for (std::uint32_t value = 0; value < 65'536; value += 7)
      for (std::uint32_t length = 0; length < RuleLabels::kPrefixLengths; ++length) {
        const auto port = static_cast<std::uint16_t>(value);
        const auto is_there = [&](std::size_t from, std::size_t to) {
          return std::find(prefixes.begin() + static_cast<std::ptrdiff_t>(from), prefixes.begin() + static_cast<std::ptrdiff_t>(to), Labels::service(6, port, length)) !=
                 prefixes.begin() + static_cast<std::ptrdiff_t>(to);
        };
        missed += is_there(0, prefixes.size()) && (later.of(port) >> length & 1) == 0;
        missed += is_there(0, known) && (used.of(port) >> length & 1) == 0;
        asked += static_cast<int>(later.of(port) >> length & 1);
        changed += (used.of(port) & ~later.of(port)) != 0;
      }
    CHECK_EQUAL(missed, 0);
    CHECK_EQUAL(changed, 0);
    if (prefixes.size() > 60) CHECK(asked < 8 * 65'536 / 7);
  }
}

TEST("table/rule_labels: a prefix length of which none is left is not asked any more, elsewhere it still is") {
  PrefixesUsed used;
  for (const std::uint32_t length : {4u, 8u, 16u, 16u}) {
    used.count(length, true);
    used.add_length(length);
  }
  used.prepare();
  for (const std::uint32_t length : {4u, 8u, 16u}) used.add(0x1234, length);
  const PrefixesUsed before = used;
  used.count(8, false);
  used.count(16, false);
  CHECK_EQUAL(used.of(0x1234), 1u << 4 | 1u << 16);
  CHECK_EQUAL(before.of(0x1234), 1u << 4 | 1u << 8 | 1u << 16);
  used.count(16, false);
  CHECK_EQUAL(used.of(0x1234), 1u << 4);
  used.count(16, true);
  used.add(0x8000, 16);
  CHECK_EQUAL(used.of(0x8012), 1u << 16);
}

TEST("table/rule_labels: labels of different kinds are different numbers") {
  CHECK(Labels::source(1) != Labels::destination(1) && Labels::named(1) != Labels::source(1));
  CHECK(Labels::service(6, 80, 16) != Labels::service(17, 80, 16) && Labels::service(6, 80, 16) != Labels::service(6, 80, 15));
  CHECK(Labels::service(0, 80, 16) != Labels::source_port(80, 16));
  CHECK(Labels::service(6, 81, 15) == Labels::service(6, 80, 15));
}
