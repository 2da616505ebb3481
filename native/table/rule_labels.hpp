// RuleLabels: under which labels a rule is found.
// Home: control; `of_tuple` labels: anywhere.
//
// A rule is found by its source set, its destination set, its services and its source ports. A range of 16-bit values is
// cut into at most 30 prefixes, so that a value is found under at most one of them for each prefix length. Ranges of one
// protocol are united first. What a rule does not care for is no label: it is found with whatever is asked.
#pragma once
#include <array>
#include <cstdint>
#include <memory>
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
  enum class Kind : std::uint8_t { kNone, kSource, kDestination, kService, kNamed, kSourcePort };
  [[nodiscard]] static constexpr Kind kind_of(std::uint64_t label) noexcept { return static_cast<Kind>(label >> 56); }
  // Of services and source ports:
  [[nodiscard]] static constexpr std::uint16_t protocol_of(std::uint64_t label) noexcept { return static_cast<std::uint16_t>(label >> 32 & 0xffff); }
  [[nodiscard]] static constexpr std::uint16_t value_of(std::uint64_t label) noexcept { return static_cast<std::uint16_t>(label); }
  [[nodiscard]] static constexpr std::uint32_t length_of(std::uint64_t label) noexcept { return label >> 16 & 0xff; }

 private:
  static constexpr std::uint64_t prefix(std::uint16_t value, std::uint32_t length) noexcept {
    return length << 16 | (value & (0xffff'0000u >> length & 0xffffu));
  }
};

// Which prefix lengths are worth asking for a value: those that a prefix has which is used and agrees with its high byte.
class PrefixesUsed {
 public:
  [[nodiscard]] PrefixLengths of(std::uint16_t value) const noexcept { return by_high_ == nullptr ? all_ : (*by_high_)[value >> 8]; }

  // All prefixes at first: their lengths, then, where it pays, the prefixes.
  void add_length(std::uint32_t length) noexcept { all_ |= 1u << length; }
  void prepare();
  void add(std::uint16_t value, std::uint32_t length);
  // A prefix of the length more, or less: a length of which there is none any more is not asked.
  void count(std::uint32_t length, bool in);
  [[nodiscard]] std::size_t memory() const noexcept { return by_high_ == nullptr ? 0 : sizeof *by_high_; }

 private:
  using ByHigh = std::array<PrefixLengths, 256>;
  ByHigh& own();
  std::array<std::uint32_t, 17> counts_{};
  PrefixLengths all_ = 0;
  std::shared_ptr<const ByHigh> by_high_;
};

struct RuleLabels {
  static constexpr std::uint32_t kPrefixLengths = 17;  // 0 … 16

  std::vector<std::uint64_t> labels;
  std::array<bool, kRuleFields> cares{};
  bool names_services = false;

  void assign(const Rule& rule);  // anew; the memory is kept

  // Protocols whose prefixes are counted together.
  static constexpr std::size_t kClasses = 5;
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
