// RuleLabels: under which labels a rule is found.
// Home: control; `of_tuple` labels: anywhere.
//
// A rule is found by its source set, its destination set, its services and its source ports. A range of 16-bit values is
// cut into at most 30 prefixes, so that a value is found under at most one of them for each prefix length. Ranges of one
// protocol are united first. What a rule does not care for is no label: it is found with whatever is asked.
#pragma once
#include <array>
#include <cstdint>
#include <vector>
#include "table/rule.hpp"

namespace vsw {

enum class RuleField : std::uint8_t { kSource, kDestination, kService, kSourcePort };
inline constexpr std::size_t kRuleFields = 4;

// Prefix lengths that are used, a bit each.
using PrefixLengths = std::uint32_t;

struct Labels {
  [[nodiscard]] static constexpr std::uint64_t source(std::uint32_t set) noexcept { return 1ull << 56 | set; }
  [[nodiscard]] static constexpr std::uint64_t destination(std::uint32_t set) noexcept { return 2ull << 56 | set; }
  [[nodiscard]] static constexpr std::uint64_t service(std::uint16_t protocol, std::uint16_t value, std::uint32_t length) noexcept {
    return 3ull << 56 | std::uint64_t{protocol} << 32 | prefix(value, length);
  }
  [[nodiscard]] static constexpr std::uint64_t named(std::uint32_t service) noexcept { return 4ull << 56 | service; }
  [[nodiscard]] static constexpr std::uint64_t source_port(std::uint16_t value, std::uint32_t length) noexcept {
    return 5ull << 56 | prefix(value, length);
  }

 private:
  static constexpr std::uint64_t prefix(std::uint16_t value, std::uint32_t length) noexcept {
    return length << 16 | (value & (0xffff'0000u >> length & 0xffffu));
  }
};

struct RuleLabels {
  static constexpr std::uint32_t kPrefixLengths = 17;  // 0 … 16

  std::vector<std::uint64_t> labels;
  std::array<bool, kRuleFields> cares{};
  // Which prefix lengths its labels use: of one protocol (by class), of any, of source ports.
  static constexpr std::size_t kClasses = 5;
  std::array<PrefixLengths, kClasses> service_lengths{};
  PrefixLengths source_port_lengths = 0;
  bool names_services = false;

  void assign(const Rule& rule);  // anew; the memory is kept

  // Protocols whose prefix lengths are counted together.
  [[nodiscard]] static constexpr std::size_t class_of(std::uint16_t protocol) noexcept {
    return protocol == 6 ? 0 : protocol == 17 ? 1 : protocol == kAnyProtocol ? 2 : protocol == 1 || protocol == 58 ? 3 : 4;
  }

 private:
  struct Span {
    std::uint16_t protocol;
    std::uint32_t first, last;
  };
  void unite();
  std::vector<Span> spans_;
};

}  // namespace vsw
