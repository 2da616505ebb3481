// A connection's first packet is decided by rules: both addresses are looked up, and a list is asked. And what a change costs.
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "native/bench.hpp"
#include "native/classbench.hpp"
#include "table/rule_list.hpp"

namespace vsw::bench {

namespace {

using namespace vsw::test;

// Rules as policies make them, of groups that are sets of addresses: 100 groups of so many addresses; each address is in three.
struct Policies {
  static constexpr std::uint32_t kGroups = 100;

  explicit Policies(std::uint32_t rules_count, std::uint32_t addresses_count) : count(addresses_count) {
    AddressIndex::Edit edit(nullptr, GenerationId{1});
    for (std::uint32_t i = 0; i < count; ++i) {
      const Outcome put = edit.put(kNetwork, address(i), sets_of(i));
      keep(put);
    }
    addresses = edit.finish().value();
    std::vector<Rule> rules(rules_count);
    for (std::uint32_t i = 0; i + 1 < rules_count; ++i) {
      rules[i].id = RuleId{i + 2};
      rules[i].source = 1 + i % kGroups;
      rules[i].destination = 1 + i / kGroups % kGroups;
      rules[i].services = {{6, static_cast<std::uint16_t>(10'000 + i % 1'000), static_cast<std::uint16_t>(10'000 + i % 1'000), 0}};
    }
    rules.back().id = RuleId{1};
    list = RuleList::make(std::move(rules)).value();
  }
  static Ip address(std::uint32_t i) { return ip4(0x0a00'0000 + i); }
  static std::vector<std::uint32_t> sets_of(std::uint32_t i) { return {1 + i % 50, 51 + i % 49, 1'000 + i % 7}; }

  static constexpr NetworkId kNetwork{1};
  std::uint32_t count;
  std::shared_ptr<const AddressIndex> addresses;
  std::shared_ptr<const RuleList> list;
};

void add_policies(Cases& cases, std::uint32_t rules, const char* name, std::uint32_t addresses) {
  cases.push_back({std::string("classify: ") + name, [rules, addresses]() -> Work {
                     auto policies = std::make_shared<Policies>(rules, addresses);
                     return [policies](std::uint32_t packets) {
                       Chance chance(1);
                       for (std::uint32_t i = 0; i < packets; ++i) {
                         const Tuple tuple{Policies::kNetwork, Policies::address(chance.below(policies->count)),
                                           Policies::address(chance.below(policies->count)), 6, 40'000, 443};
                         const Question question{tuple, policies->addresses->find(tuple.network, tuple.source),
                                                 policies->addresses->find(tuple.network, tuple.destination), {}};
                         const Rule* rule = policies->list->decide(question);
                         keep(*rule);
                       }
                     };
                   }});
}

struct Loaded {
  explicit Loaded(const Classbench& from) : tables(from), list(RuleList::make(tables.rules).value()) {
    for (const ClassbenchHeader& header : from.headers) tuples.push_back(ClassbenchTables::tuple_of(header));
  }
  ClassbenchTables tables;
  std::shared_ptr<const RuleList> list;
  std::vector<Tuple> tuples;
  std::size_t next = 0;
};

void add_seed(Cases& cases, const char* seed, std::uint32_t count, const char* name) {
  cases.push_back({std::string("classify: ") + seed + " " + name, [seed, count]() -> Work {
                     auto loaded = std::make_shared<Loaded>(Classbench::make(seed, count));
                     return [loaded](std::uint32_t packets) {
                       for (std::uint32_t i = 0; i < packets; ++i) {
                         const Tuple& tuple = loaded->tuples[loaded->next];
                         loaded->next = loaded->next + 1 == loaded->tuples.size() ? 0 : loaded->next + 1;
                         const Rule* rule = loaded->list->first_match(loaded->tables.question(tuple));
                         keep(rule);
                       }
                     };
                   }});
}

}  // namespace

void add_classify(Cases& cases) {
  add_policies(cases, 1'000, "1k rules, the last matches, 100 addresses", 100);
  add_policies(cases, 1'000, "1k rules, the last matches, 10k addresses", 10'000);
  add_policies(cases, 10'000, "10k rules, the last matches", 10'000);
  add_policies(cases, 100'000, "100k rules, the last matches", 10'000);
  for (const char* seed : {"acl", "fw", "ipc"})
    for (const auto& [name, count] : {std::pair{"1k", 1'000u}, {"10k", 10'000u}, {"100k", 100'000u}}) add_seed(cases, seed, count, name);
  for (const auto& [name, count] : {std::pair{"1k", 1'000u}, {"10k", 10'000u}, {"100k", 100'000u}}) {
    cases.push_back({std::string("classify: all of ") + name + " rules made anew", [count = count]() -> Work {
                       auto tables = std::make_shared<ClassbenchTables>(Classbench::make("acl", count));
                       return [tables](std::uint32_t times) {
                         for (std::uint32_t i = 0; i < times; ++i) {
                           const auto list = RuleList::make(tables->rules);
                           keep(list);
                         }
                       };
                     }});
    cases.push_back({std::string("classify: one rule put into ") + name, [count = count]() -> Work {
                       auto loaded = std::make_shared<Loaded>(Classbench::make("acl", count));
                       return [loaded](std::uint32_t times) {
                         std::shared_ptr<const RuleList> list = loaded->list;
                         Chance chance(7);
                         for (std::uint32_t i = 0; i < times; ++i) {
                           const std::uint32_t at = chance.below(list->size());
                           list = list->splice(at, i % 2, {list->rule(chance.below(list->size()))}).value();
                           if (list->size() > loaded->list->size() + loaded->list->size() / 16) list = loaded->list;
                         }
                       };
                     }});
  }
  cases.push_back({"classify: one address joins a set of 10k", []() -> Work {
                     auto policies = std::make_shared<Policies>(2, 10'000);
                     return [policies](std::uint32_t times) {
                       std::shared_ptr<const AddressIndex> index = policies->addresses;
                       for (std::uint32_t i = 0; i < times; ++i) {
                         AddressIndex::Edit edit(index, GenerationId{i + 2});
                         const Outcome put = edit.put(Policies::kNetwork, Policies::address(i % 10'000), {1 + i % 40, 5'000});
                         keep(put);
                         index = edit.finish().value();
                       }
                     };
                   }});
}

}  // namespace vsw::bench
