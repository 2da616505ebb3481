// Ids: small numbers that cannot be confused with one another.
// Home: anywhere; a value.
//
// A port id cannot be passed where a network id is wanted. Zero names nothing, so a record of zero
// bytes refers to nothing.
#pragma once
#include <compare>
#include <cstdint>

namespace vsw {

template <class Tag, class Number>
struct Id {
  Number value = 0;
  constexpr auto operator<=>(const Id&) const noexcept = default;
  [[nodiscard]] constexpr explicit operator bool() const noexcept { return value != 0; }
};

using PortId = Id<struct PortTag, std::uint16_t>;
using NetworkId = Id<struct NetworkTag, std::uint16_t>;
using RuleId = Id<struct RuleTag, std::uint32_t>;
using GenerationId = Id<struct GenerationTag, std::uint64_t>;

}  // namespace vsw
