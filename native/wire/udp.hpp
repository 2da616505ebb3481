// Udp: where its fields stand (RFC 768).
// Home: anywhere; a value.
#pragma once
#include <cstdint>

namespace vsw {

struct Udp {
  static constexpr std::uint8_t kNumber = 17;
  static constexpr std::uint32_t kLength = 8;
  static constexpr std::uint32_t kSourcePort = 0, kDestinationPort = 2, kDatagramLength = 4, kChecksum = 6;
};

}  // namespace vsw
