// Our classifier as a peer: both addresses are looked up for each header, as for a connection's first packet.
#include <memory>

#include "classify/peer.h"
#include "native/classbench.hpp"

namespace {

using namespace vsw;
using namespace vsw::test;

std::unique_ptr<ClassbenchTables> tables;
std::shared_ptr<const RuleList> list;

ClassbenchRule of(const peer_rule& rule) {
  ClassbenchRule made{rule.source, rule.destination, rule.source_length, rule.destination_length, {}, {}, rule.protocol, rule.any_protocol != 0};
  for (int i = 0; i < 2; ++i) {
    made.source_port[i] = rule.source_port[i];
    made.destination_port[i] = rule.destination_port[i];
  }
  return made;
}

}  // namespace

const char* peer_start() { return nullptr; }

const char* peer_build(const peer_rule* rules, std::uint32_t count) {
  Classbench bench;
  for (std::uint32_t i = 0; i < count; ++i) bench.rules.push_back(of(rules[i]));
  tables = std::make_unique<ClassbenchTables>(bench);
  const auto made = RuleList::make(tables->rules);
  if (tables->addresses == nullptr || !made) return "it would exceed a bound";
  list = made.value();
  tables->rules = {};
  return nullptr;
}

int peer_first(const peer_header* header) {
  const Tuple tuple{ClassbenchTables::kNetwork, ip4(header->source), ip4(header->destination), header->protocol, header->source_port, header->destination_port};
  const Rule* rule = list->first_match(tables->question(tuple));
  return rule == nullptr ? -1 : static_cast<int>(rule->id.value) - 1;
}

void peer_first_of_many(const peer_header* headers, std::uint32_t count, int* answers) {
  for (std::uint32_t i = 0; i < count; ++i) answers[i] = peer_first(headers + i);
}

// Its addresses are in sets of their own, which nobody named before.
const char* peer_put(const peer_rule* rule, std::uint32_t before) {
  static std::uint32_t number = 1u << 20;
  AddressIndex::Edit edit(tables->addresses, GenerationId{number});
  const std::uint32_t source = ++number, destination = ++number;
  if (!edit.put_prefixes(source, {{NetworkId{}, {ip4(rule->source), rule->source_length}}}).ok() ||
      !edit.put_prefixes(destination, {{NetworkId{}, {ip4(rule->destination), rule->destination_length}}}).ok())
    return "it would exceed a bound";
  const auto addresses = edit.finish();
  const auto next = list->splice(before, 0, {ClassbenchTables::translated(of(*rule), number, source, destination)});
  if (!addresses || !next) return "it would exceed a bound";
  tables->addresses = addresses.value();
  list = next.value();
  return nullptr;
}
