// Ethernet: where its fields stand, and the numbers that an EtherType can be (IEEE 802.3, 802.1Q).
// Home: anywhere; a value.
#pragma once
#include <cstddef>
#include <cstdint>

namespace vsw {

struct Ethernet {
  static constexpr std::uint32_t kLength = 14;
  static constexpr std::uint32_t kDestination = 0, kSource = 6, kType = 12;
  static constexpr std::uint16_t kLengthMax = 1500;  // a type up to here is an 802.3 length
  static constexpr std::uint16_t kTypeMin = 0x0600;  // a type from here on is an EtherType
};

// One tag, counted from its TPID: it stands where the EtherType stood, and the EtherType follows.
struct Vlan {
  static constexpr std::uint32_t kLength = 4;
  static constexpr std::uint32_t kTci = 2, kType = 4;
  static constexpr std::uint16_t kCustomer = 0x8100, kService = 0x88a8;
  static constexpr std::uint16_t kIdMask = 0x0fff, kPriorityMask = 0xf000;  // PCP and DEI are the priority
  static constexpr std::uint16_t kIdReserved = 0x0fff;                     // no frame may carry it

  [[nodiscard]] static constexpr bool is_tag(std::uint16_t ether_type) noexcept {
    return ether_type == kCustomer || ether_type == kService;
  }
};

}  // namespace vsw
