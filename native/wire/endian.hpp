// be16, be32: integers in network byte order, explicit both ways.
// Home: anywhere; a value.
//
// There is no implicit conversion on purpose: forgetting one side's byte order is the oldest bug of
// this field. `load` and `store` read and write host-order values at any alignment.
#pragma once
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace vsw {

static_assert(std::endian::native == std::endian::little, "written for little-endian machines");

struct be16 {
  std::uint16_t raw = 0;
  constexpr be16() noexcept = default;
  constexpr explicit be16(std::uint16_t host) noexcept : raw(__builtin_bswap16(host)) {}
  [[nodiscard]] constexpr std::uint16_t value() const noexcept { return __builtin_bswap16(raw); }
  constexpr bool operator==(const be16&) const noexcept = default;
};

struct be32 {
  std::uint32_t raw = 0;
  constexpr be32() noexcept = default;
  constexpr explicit be32(std::uint32_t host) noexcept : raw(__builtin_bswap32(host)) {}
  [[nodiscard]] constexpr std::uint32_t value() const noexcept { return __builtin_bswap32(raw); }
  constexpr bool operator==(const be32&) const noexcept = default;
};

[[nodiscard]] inline std::uint16_t load16(const void* from) noexcept {
  std::uint16_t raw;
  std::memcpy(&raw, from, sizeof raw);
  return __builtin_bswap16(raw);
}
[[nodiscard]] inline std::uint32_t load32(const void* from) noexcept {
  std::uint32_t raw;
  std::memcpy(&raw, from, sizeof raw);
  return __builtin_bswap32(raw);
}
inline void store16(void* to, std::uint16_t host) noexcept {
  const std::uint16_t raw = __builtin_bswap16(host);
  std::memcpy(to, &raw, sizeof raw);
}
inline void store32(void* to, std::uint32_t host) noexcept {
  const std::uint32_t raw = __builtin_bswap32(host);
  std::memcpy(to, &raw, sizeof raw);
}

}  // namespace vsw
