// Ip: an IPv4 or IPv6 address as one value of 16 bytes.
// Home: anywhere; a value.
//
// IPv4 addresses are kept IPv4-mapped (RFC 4291, 2.5.5.2), so one type, one comparison and one hash
// serve both families. `Prefix` is an address with a length counted in its own family.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace vsw {

struct Ip {
  std::array<std::uint8_t, 16> bytes{};

  [[nodiscard]] static Ip v4(const void* from) noexcept {
    Ip ip;
    ip.bytes[10] = ip.bytes[11] = 0xff;
    std::memcpy(ip.bytes.data() + 12, from, 4);
    return ip;
  }
  [[nodiscard]] static Ip v6(const void* from) noexcept {
    Ip ip;
    std::memcpy(ip.bytes.data(), from, 16);
    return ip;
  }
  [[nodiscard]] constexpr bool is_v4() const noexcept {
    for (std::size_t i = 0; i < 10; ++i)
      if (bytes[i] != 0) return false;
    return bytes[10] == 0xff && bytes[11] == 0xff;
  }
  // 0.0.0.0 or ::
  [[nodiscard]] constexpr bool is_unspecified() const noexcept {
    for (std::size_t i = is_v4() ? 12 : 0; i < 16; ++i)
      if (bytes[i] != 0) return false;
    return true;
  }
  constexpr auto operator<=>(const Ip&) const noexcept = default;
};
static_assert(sizeof(Ip) == 16);

struct Prefix {
  Ip address;
  std::uint8_t length = 0;  // 0…32 for IPv4, 0…128 for IPv6
  constexpr auto operator<=>(const Prefix&) const noexcept = default;
};

}  // namespace vsw
