// Tcp: where its fields stand, and its flags (RFC 9293).
// Home: anywhere; a value.
#pragma once
#include <cstddef>
#include <cstdint>

namespace vsw {

struct Tcp {
  static constexpr std::uint8_t kNumber = 6;
  static constexpr std::uint32_t kLength = 20;  // without options
  static constexpr std::uint32_t kSourcePort = 0, kDestinationPort = 2, kSequence = 4, kAcknowledgement = 8,
                                 kFlags = 13, kWindow = 14, kChecksum = 16;
  static constexpr std::uint8_t kFin = 0x01, kSyn = 0x02, kRst = 0x04, kPsh = 0x08, kAck = 0x10, kUrg = 0x20,
                                kEce = 0x40, kCwr = 0x80;

  // In bytes: 20…60 when the header is a good one.
  [[nodiscard]] static std::uint32_t header_length(const std::byte* header) noexcept {
    return (std::to_integer<std::uint32_t>(header[12]) >> 4) * 4;
  }
  [[nodiscard]] static std::uint8_t flags(const std::byte* header) noexcept {
    return std::to_integer<std::uint8_t>(header[kFlags]);
  }
};

}  // namespace vsw
