// NeighbourMessage: what an ARP or a neighbour discovery message says, read once.
// Home: worker.
//
// ARP: RFC 826; neighbour discovery: RFC 4861 with the link-layer address options. `read` is false for
// every other packet. Messages too short for their type, or with a broken option list, are `broken`.
#pragma once
#include <cstdint>
#include "packet/packet.hpp"
#include "wire/ip.hpp"
#include "wire/mac.hpp"

namespace vsw {

struct NeighbourMessage {
  enum class Kind : std::uint8_t { kRequest, kAnswer, kRouterSolicitation, kRouterAdvertisement, kRedirect };
  Kind kind = Kind::kRequest;
  bool arp = false;
  bool broken = false;
  Ip sender;         // ARP sender; the IPv6 source for neighbour discovery
  Ip target;         // whom it asks for, or whose address it claims
  bool has_mac = false;
  Mac sender_mac;    // ARP sender; source (or, in an answer, target) link-layer address option

  [[nodiscard]] static bool read(const Packet& packet, NeighbourMessage& out) noexcept;
};

// ICMPv6 that no policy judges: neighbour discovery and multicast listener discovery.
[[nodiscard]] bool is_neighbour_or_listener_discovery(const Packet& packet) noexcept;

}  // namespace vsw
