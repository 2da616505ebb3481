// Arp: ARP for IPv4 over Ethernet, the only form that passes (RFC 826).
// Home: anywhere; a value.
#pragma once
#include <cstddef>
#include <cstdint>
#include "wire/endian.hpp"

namespace vsw {

struct Arp {
  static constexpr std::uint16_t kNumber = 0x0806;
  static constexpr std::uint32_t kLength = 28;
  static constexpr std::uint32_t kOperation = 6;
  static constexpr std::uint32_t kSenderMac = 8, kSenderIp = 14, kTargetMac = 18, kTargetIp = 24;
  static constexpr std::uint16_t kRequest = 1, kReply = 2;
  // Hardware Ethernet, protocol IPv4, addresses of 6 and 4 bytes: the first 6 bytes, as one number.
  static constexpr std::uint32_t kEthernetIpv4 = 0x0001'0800;
  static constexpr std::uint16_t kAddressLengths = 0x0604;

  [[nodiscard]] static bool is_ethernet_ipv4(const std::byte* header) noexcept {
    return load32(header) == kEthernetIpv4 && load16(header + 4) == kAddressLengths;
  }
};

}  // namespace vsw
