// Mac: a 48-bit Ethernet address as a value (IEEE 802-2014, 8.2).
// Home: anywhere; a value.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace vsw {

struct Mac {
  std::array<std::uint8_t, 6> bytes{};

  [[nodiscard]] static Mac read(const void* from) noexcept {
    Mac mac;
    std::memcpy(mac.bytes.data(), from, 6);
    return mac;
  }
  void write(void* to) const noexcept { std::memcpy(to, bytes.data(), 6); }

  // The address as a number below 2^48, first byte highest.
  [[nodiscard]] constexpr std::uint64_t number() const noexcept {
    std::uint64_t value = 0;
    for (const std::uint8_t byte : bytes) value = value << 8 | byte;
    return value;
  }
  [[nodiscard]] static constexpr Mac from_number(std::uint64_t value) noexcept {
    Mac mac;
    for (int i = 5; i >= 0; --i, value >>= 8) mac.bytes[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(value);
    return mac;
  }

  [[nodiscard]] constexpr bool is_group() const noexcept { return (bytes[0] & 1) != 0; }
  [[nodiscard]] constexpr bool is_zero() const noexcept { return number() == 0; }
  [[nodiscard]] constexpr bool is_broadcast() const noexcept { return number() == 0xffff'ffff'ffffull; }
  // 01:80:C2:00:00:0x, never forwarded by a bridge (IEEE 802.1Q-2022, table 8-1).
  [[nodiscard]] constexpr bool is_link_local_group() const noexcept { return (number() & ~0xfull) == 0x0180'c200'0000ull; }
  constexpr auto operator<=>(const Mac&) const noexcept = default;
};
static_assert(sizeof(Mac) == 6);

inline constexpr Mac kBroadcastMac{{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};

}  // namespace vsw
