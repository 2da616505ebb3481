// Ipv6: where its fields stand, and the numbers of its extension headers (RFC 8200, RFC 4302).
// Home: anywhere; a value.
#pragma once
#include <cstddef>
#include <cstdint>

namespace vsw {

struct Ipv6 {
  static constexpr std::uint16_t kNumber = 0x86dd;
  static constexpr std::uint32_t kLength = 40;
  static constexpr std::uint32_t kPayloadLength = 4, kNextHeader = 6, kHopLimit = 7, kSource = 8, kDestination = 24;

  static constexpr std::uint8_t kHopByHop = 0, kRouting = 43, kFragment = 44, kAuthentication = 51,
                                kNoNextHeader = 59, kDestinationOptions = 60;
  static constexpr std::uint32_t kExtensionsMax = 8;
  static constexpr std::uint32_t kExtensionLength = 8;         // of the smallest one, and of a fragment header
  static constexpr std::uint32_t kAuthenticationLength = 12;   // without its check value
  static constexpr std::uint32_t kFragmentOffset = 2;          // in the fragment header
  static constexpr std::uint16_t kMoreFragments = 0x0001, kOffsetMask = 0xfff8;  // the offset counts bytes

  [[nodiscard]] static std::uint32_t version(const std::byte* header) noexcept {
    return std::to_integer<std::uint32_t>(header[0]) >> 4;
  }
  [[nodiscard]] static constexpr bool is_extension(std::uint8_t next_header) noexcept {
    return next_header == kHopByHop || next_header == kRouting || next_header == kFragment ||
           next_header == kAuthentication || next_header == kDestinationOptions;
  }
};

}  // namespace vsw
