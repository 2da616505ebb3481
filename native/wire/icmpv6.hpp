// Icmpv6: where its fields stand, with those of neighbour discovery (RFC 4443, RFC 4861).
// Home: anywhere; a value.
//
// A neighbour solicitation or advertisement names its target behind the header; options follow it,
// each with a type, a length in units of 8 bytes and, for link-layer addresses, a MAC.
#pragma once
#include <cstdint>

namespace vsw {

struct Icmpv6 {
  static constexpr std::uint8_t kNumber = 58;
  static constexpr std::uint32_t kLength = 8;  // every type has at least these
  static constexpr std::uint32_t kType = 0, kCode = 1, kChecksum = 2, kIdentifier = 4, kEchoSequence = 6;
  static constexpr std::uint8_t kUnreachable = 1, kPacketTooBig = 2, kTimeExceeded = 3, kEchoRequest = 128,
                                kEchoReply = 129, kRouterSolicitation = 133, kRouterAdvertisement = 134,
                                kNeighbourSolicitation = 135, kNeighbourAdvertisement = 136, kRedirect = 137;

  // Neighbour discovery: length, target and flags of a solicitation or advertisement.
  static constexpr std::uint32_t kNeighbourLength = 24;
  static constexpr std::uint32_t kNeighbourFlags = 4, kNeighbourTarget = 8;
  static constexpr std::uint8_t kFlagRouter = 0x80, kFlagSolicited = 0x40, kFlagOverride = 0x20;
  static constexpr std::uint8_t kOptionSourceMac = 1, kOptionTargetMac = 2;

  [[nodiscard]] static constexpr bool is_echo(std::uint8_t type) noexcept {
    return type == kEchoRequest || type == kEchoReply;
  }
  // Neither an error (RFC 4443, 2.1) nor a redirect.
  [[nodiscard]] static constexpr bool is_query(std::uint8_t type) noexcept { return type >= 128 && type != kRedirect; }
};

}  // namespace vsw
