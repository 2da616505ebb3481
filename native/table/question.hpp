// Question: what rules are asked, with all that must be known of its addresses.
// Home: anywhere; on the stack.
//
// A question has a tuple and the memberships of its two addresses and of its destination's port, looked up once and
// used for both directions. They point into the indexes of a generation, so a question lives no longer than that.
// `match` is what a rule means, said plainly: explain shows it, and the classifier must always agree.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include "table/rule.hpp"

namespace vsw {

// What the indexes hold at most, so that a question has a bounded number of labels.
inline constexpr std::size_t kAddressSetsMax = 512;   // sets that have an address as their member
inline constexpr std::size_t kPrefixSetsMax = 256;    // … that have it by a prefix of its network, and by one of any
inline constexpr std::size_t kSetsMax = kAddressSetsMax + 2 * kPrefixSetsMax;
inline constexpr std::size_t kNamedServicesMax = 64;  // of a port of an address

// The sets that something is in: a few lists that stand in the indexes, none copied. A set may be in two of them.
class Memberships {
 public:
  using List = std::span<const std::uint32_t>;
  static constexpr std::size_t kLists = 5;

  void add(List list) noexcept {
    if (!list.empty()) lists_[count_++] = list;
  }
  [[nodiscard]] std::span<const List> lists() const noexcept { return {lists_.data(), count_}; }
  [[nodiscard]] std::size_t size() const noexcept {
    std::size_t sum = 0;
    for (const List& list : lists()) sum += list.size();
    return sum;
  }
  [[nodiscard]] bool contains(std::uint32_t set) const noexcept {
    for (const List& list : lists())
      for (const std::uint32_t each : list)
        if (each == set) return true;
    return false;
  }

 private:
  std::array<List, kLists> lists_;
  std::size_t count_ = 0;
};

struct Question {
  const Tuple& tuple;
  Memberships source, destination;  // AddressIndex::find
  Memberships services;             // ServiceIndex::find, of the destination
};

// Which fields of a rule match.
struct RuleMatch {
  bool source = false, destination = false, service = false, source_port = false;
  [[nodiscard]] bool all() const noexcept { return source && destination && service && source_port; }
  [[nodiscard]] int failed() const noexcept { return 4 - (source + destination + service + source_port); }
};

[[nodiscard]] inline RuleMatch match(const Rule& rule, const Question& question) noexcept {
  const auto serves = [&](const Service& service) {
    if (service.named != 0) return question.services.contains(service.named);
    return (service.protocol == kAnyProtocol || service.protocol == question.tuple.protocol) &&
           service.first <= question.tuple.destination_port && question.tuple.destination_port <= service.last;
  };
  RuleMatch result{rule.source == 0 || question.source.contains(rule.source),
                   rule.destination == 0 || question.destination.contains(rule.destination), rule.services.empty(),
                   rule.source_ports.empty()};
  for (const Service& service : rule.services) result.service = result.service || serves(service);
  for (const PortRange& range : rule.source_ports)
    result.source_port =
        result.source_port || (range.first <= question.tuple.source_port && question.tuple.source_port <= range.last);
  return result;
}

}  // namespace vsw
