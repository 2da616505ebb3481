// Sctp: the common header (RFC 9260). Its checksum is a CRC over the whole packet and never ours to touch.
// Home: anywhere; a value.
#pragma once
#include <cstdint>

namespace vsw {

struct Sctp {
  static constexpr std::uint8_t kNumber = 132;
  static constexpr std::uint32_t kLength = 12;
  static constexpr std::uint32_t kSourcePort = 0, kDestinationPort = 2;
};

}  // namespace vsw
