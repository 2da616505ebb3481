// Tags: an 802.1Q tag put into a packet in front of its EtherType, or taken out of it.
// Home: worker.
//
// Inside the switch a packet is without the tag that says which network it is in: it is taken off when the
// packet is prepared and put on where it is transmitted, in place, in the slot's headroom. The MACs move,
// nothing else does; all that counts from the frame's start moves along, a partial checksum's place too,
// so a tagged super-frame is one, too.
#pragma once
#include <cstdint>
#include <cstring>
#include "packet/packet.hpp"
#include "wire/endian.hpp"
#include "wire/ethernet.hpp"

namespace vsw {

namespace detail {

inline void move_headers(Packet& packet, std::uint32_t by) noexcept {
  Headers& headers = packet.headers;
  const auto moved = [by](std::uint32_t offset) noexcept { return static_cast<std::uint16_t>(offset + by); };
  packet.offload.checksum_start = moved(packet.offload.checksum_start);
  headers.l3 = moved(headers.l3);
  if (headers.l4 != 0) headers.l4 = moved(headers.l4);
  if (headers.payload != 0) headers.payload = moved(headers.payload);
  headers.end += by;
}

}  // namespace detail

// The packet has 4 bytes of headroom.
inline void put_on_tag(Packet& packet, std::uint16_t tci) noexcept {
  packet.data -= Vlan::kLength;
  packet.length += Vlan::kLength;
  std::memmove(packet.data, packet.data + Vlan::kLength, Ethernet::kType);
  store16(packet.data + Ethernet::kType, Vlan::kCustomer);
  store16(packet.data + Ethernet::kType + Vlan::kTci, tci);
  detail::move_headers(packet, Vlan::kLength);
}

// The frame has a tag behind its MACs. Headers that were not parsed yet are of no account.
inline void take_off_tag(Packet& packet) noexcept {
  std::memmove(packet.data + Vlan::kLength, packet.data, Ethernet::kType);
  packet.data += Vlan::kLength;
  packet.length -= Vlan::kLength;
  detail::move_headers(packet, ~std::uint32_t{Vlan::kLength} + 1);
}

}  // namespace vsw
