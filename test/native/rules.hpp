// Rules, addresses and questions by chance, and what they mean when everything is searched from the front.
//
// The pools are small, so that labels, addresses and ranges meet all the time.
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "table/address_index.hpp"
#include "table/rule_list.hpp"
#include "table/service_index.hpp"

namespace vsw::test {

class Chance {
 public:
  explicit Chance(std::uint64_t seed) : state_(seed * 2 + 1) {}
  std::uint32_t below(std::uint32_t limit) {
    state_ = state_ * 6'364'136'223'846'793'005u + 1'442'695'040'888'963'407u;
    return static_cast<std::uint32_t>((state_ >> 33) % limit);
  }
  bool one_in(std::uint32_t count) { return below(count) == 0; }

 private:
  std::uint64_t state_;
};

inline Ip ip4(std::uint32_t number) {
  const std::uint8_t bytes[4] = {static_cast<std::uint8_t>(number >> 24), static_cast<std::uint8_t>(number >> 16),
                                 static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number)};
  return Ip::v4(bytes);
}
inline Ip ip6(std::uint64_t high, std::uint64_t low) {
  std::uint8_t bytes[16];
  for (int i = 0; i < 8; ++i) {
    bytes[i] = static_cast<std::uint8_t>(high >> (56 - 8 * i));
    bytes[8 + i] = static_cast<std::uint8_t>(low >> (56 - 8 * i));
  }
  return Ip::v6(bytes);
}

// Three bits here and there of the two families, so that prefixes of every length cut them.
inline Ip any_ip(Chance& chance) {
  const std::uint32_t bits = chance.below(8);
  if (chance.one_in(3)) return ip6(0xfd00ull << 48 | std::uint64_t{bits & 1} << 32, std::uint64_t{bits & 2} << 40 | (bits & 4) << 1);
  return ip4(0x0a00'0000u | (bits & 1) << 23 | (bits & 2) << 11 | (bits & 4));
}
inline NetworkPrefix any_prefix(Chance& chance) {
  const Ip ip = any_ip(chance);
  return {NetworkId{static_cast<std::uint16_t>(chance.below(3))}, {ip, static_cast<std::uint8_t>(chance.below(ip.is_v4() ? 33 : 129))}};
}

inline std::uint16_t any_port(Chance& chance) {
  static constexpr std::uint16_t kPorts[] = {0, 1, 79, 80, 81, 443, 1023, 1024, 2048, 32767, 32768, 65534, 65535};
  return chance.one_in(8) ? static_cast<std::uint16_t>(chance.below(65'536)) : kPorts[chance.below(std::size(kPorts))];
}
inline std::uint16_t any_protocol(Chance& chance) {
  static constexpr std::uint16_t kProtocols[] = {6, 6, 6, 17, 17, 1, 58, 132, 47};
  return kProtocols[chance.below(std::size(kProtocols))];
}
inline std::pair<std::uint16_t, std::uint16_t> any_range(Chance& chance) {
  std::uint16_t first = any_port(chance), last = chance.one_in(2) ? first : any_port(chance);
  if (first > last) std::swap(first, last);
  return {first, last};
}

// Everything that rules may say; sets up to `sets`, named services up to 3.
inline Rule any_rule(Chance& chance, std::uint32_t sets, std::uint8_t tier) {
  Rule rule;
  rule.id = RuleId{1 + chance.below(1'000'000)};
  rule.action = static_cast<RuleAction>(chance.below(4));
  rule.tier = tier;
  if (!chance.one_in(4)) rule.source = 1 + chance.below(sets);
  if (!chance.one_in(4)) rule.destination = 1 + chance.below(sets);
  if (!chance.one_in(4))
    for (std::uint32_t left = 1 + chance.below(3); left > 0; --left) {
      const auto [first, last] = any_range(chance);
      Service service{chance.one_in(6) ? kAnyProtocol : any_protocol(chance), first, last, 0};
      if (chance.one_in(5)) service.named = 1 + chance.below(3);
      rule.services.push_back(service);
    }
  if (chance.one_in(4))
    for (std::uint32_t left = 1 + chance.below(2); left > 0; --left) {
      const auto [first, last] = any_range(chance);
      rule.source_ports.push_back({first, last});
    }
  return rule;
}
inline std::vector<Rule> any_rules(Chance& chance, std::uint32_t count, std::uint32_t sets) {
  std::vector<Rule> rules;
  for (std::uint32_t i = 0; i < count; ++i)
    rules.push_back(any_rule(chance, sets, static_cast<std::uint8_t>(std::uint64_t{i} * RuleList::kTiers / count)));
  return rules;
}

// A question that owns its lists.
struct Asked {
  Tuple tuple;
  std::vector<std::uint32_t> source, destination, services;
  [[nodiscard]] Question question() const {
    Question question{tuple, {}, {}, {}};
    question.source.add(source);
    question.destination.add(destination);
    question.services.add(services);
    return question;
  }
};
inline Asked any_question(Chance& chance, std::uint32_t sets) {
  Asked asked;
  asked.tuple.protocol = any_protocol(chance);
  asked.tuple.source_port = any_port(chance);
  asked.tuple.destination_port = any_port(chance);
  const std::uint32_t density = 1 + chance.below(6);
  for (std::uint32_t set = 1; set <= sets; ++set) {
    if (chance.one_in(density)) asked.source.push_back(set);
    if (chance.one_in(density)) asked.destination.push_back(set);
  }
  for (std::uint32_t named = 1; named <= 3; ++named)
    if (chance.one_in(3)) asked.services.push_back(named);
  return asked;
}

// Linear search: what first_match and decide must answer, as positions; -1: none.
inline int first_of(const std::vector<Rule>& rules, const Question& question) {
  for (std::size_t i = 0; i < rules.size(); ++i)
    if (match(rules[i], question).all()) return static_cast<int>(i);
  return -1;
}
inline int decided_of(const std::vector<Rule>& rules, const Question& question) {
  int tier = 0;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if (rules[i].tier < tier || !match(rules[i], question).all()) continue;
    if (rules[i].action != RuleAction::kPass) return static_cast<int>(i);
    tier = rules[i].tier + 1;
  }
  return -1;
}

// Whether the answer is that rule. Equal rules cannot be told apart, and need not be.
inline bool is_rule(const Rule* answer, const std::vector<Rule>& rules, int index) {
  return index < 0 ? answer == nullptr : answer != nullptr && *answer == rules[static_cast<std::size_t>(index)];
}

}  // namespace vsw::test
