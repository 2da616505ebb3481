// PortEntry: what was decided about one port.
// Home: control builds; shared: read-only after publish.
//
// An access port is in one network. A trunk carries several, each frame tagged with its network's VLAN, and
// at most one without a tag, the native one: that is its `network`. A packet in the switch has no tag, so
// all else asks only in which network it is.
//
// The entry keeps the device open: it is closed when the last generation that names it is freed,
// which is after every worker stopped using it.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>
#include "base/ids.hpp"
#include "port/port.hpp"
#include "table/network_table.hpp"
#include "wire/ethernet.hpp"
#include "wire/ip.hpp"
#include "wire/mac.hpp"

namespace vsw {

struct TrunkAddress {
  NetworkId network;
  Prefix prefix;
};

// Numbers of the lists of rules that a port is judged by; 0: none. The audited ones hold all rules, the others only those
// that are enforced.
struct PortPolicy {
  std::uint32_t ingress = 0, egress = 0, ingress_audit = 0, egress_audit = 0;
  [[nodiscard]] bool is_empty() const noexcept { return *this == PortPolicy{}; }
  bool operator==(const PortPolicy&) const noexcept = default;
};

struct PortEntry {
  PortId id;
  std::string name;
  NetworkId network;               // of frames without a tag; none: the port carries none
  std::vector<NetworkId> trunk;    // all that a trunk carries; empty: an access port
  std::vector<TrunkAddress> trunk_addresses;  // its addresses where it is tagged; the others are its device's
  std::vector<NetworkId> by_vlan;  // derived, of a trunk: by VLAN id; the reserved one stands for no tag
  bool anti_spoof = true;
  bool hairpin = false;            // frames may go back where they came from
  std::uint32_t macs_max = 16;     // learned MACs that it may hold
  std::uint32_t flows_max = 65'536;
  std::uint32_t groups_max = 256;  // multicast groups that it may be a member of
  bool multicast_router = false;   // gets all multicast, may ask for members
  std::uint32_t connections_max = 65'536;  // that its frames may have opened
  PortPolicy policy;
  PortSettings settings;
  Ip link_local;                   // fe80::/64 with the EUI-64 of its MAC (RFC 4291, appendix A)
  std::shared_ptr<Port> device;    // null while its namespace is not there
  PortInfo info;
  GenerationId changed;
  GenerationId judged;             // when the lists that judge it last became others

  [[nodiscard]] bool is_trunk() const noexcept { return !trunk.empty(); }
  [[nodiscard]] std::span<const NetworkId> networks() const noexcept {
    return is_trunk() ? std::span<const NetworkId>(trunk) : std::span<const NetworkId>(&network, 1);
  }
  [[nodiscard]] bool is_in(NetworkId wanted) const noexcept {
    for (const NetworkId one : networks())
      if (one == wanted) return true;
    return false;
  }
  // Of a trunk: where a frame with this tag (Packet::tag) belongs; none: nowhere.
  [[nodiscard]] NetworkId network_of(std::uint16_t tag) const noexcept { return by_vlan[tag & Vlan::kIdMask]; }
  // The VLAN with which the port gets frames of one of its networks; 0: none.
  [[nodiscard]] std::uint16_t vlan_for(const NetworkEntry& of) const noexcept {
    return of.id == network ? std::uint16_t{0} : of.vlan;
  }
  [[nodiscard]] bool owns(NetworkId in, const Ip& address) const noexcept {
    if (in == network) {
      for (const Prefix& prefix : settings.addresses)
        if (prefix.address == address) return true;
      return false;
    }
    for (const TrunkAddress& one : trunk_addresses)
      if (one.network == in && one.prefix.address == address) return true;
    return false;
  }
};

}  // namespace vsw
