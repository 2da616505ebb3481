// Icmp: where its fields stand, and the types that we tell apart (RFC 792).
// Home: anywhere; a value.
#pragma once
#include <cstdint>

namespace vsw {

struct Icmp {
  static constexpr std::uint8_t kNumber = 1;
  static constexpr std::uint32_t kLength = 8;  // every type has at least these
  static constexpr std::uint32_t kType = 0, kCode = 1, kChecksum = 2, kIdentifier = 4, kEchoSequence = 6;
  static constexpr std::uint8_t kEchoReply = 0, kUnreachable = 3, kEchoRequest = 8, kTimeExceeded = 11;

  [[nodiscard]] static constexpr bool is_echo(std::uint8_t type) noexcept {
    return type == kEchoReply || type == kEchoRequest;
  }
  // Surely no error: echo, router discovery, timestamp, information, address mask (RFC 792, 950, 1256)
  // and extended echo (RFC 8335). What is not known may be an error.
  [[nodiscard]] static constexpr bool is_query(std::uint8_t type) noexcept {
    return is_echo(type) || type == 9 || type == 10 || (type >= 13 && type <= 18) || type == 42 || type == 43;
  }
};

}  // namespace vsw
