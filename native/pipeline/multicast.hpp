// Multicast: who gets a frame for a group, as bridge, flows and explain ask it.
// Home: worker.
//
// By RFC 4541, 2.1.2: a group's frames go to the ports that asked for it and to multicast routers. What
// nobody asked for goes to routers alone, or to everybody when the network says so (`unknown: flood`).
// Everybody gets what is not IP, what must reach hosts that announce nothing (224.0.0.0/24 and scopes that
// end on the link), and everything while nobody asks who wants what.
#pragma once
#include <bit>
#include <cstdint>
#include "action/program.hpp"
#include "packet/packet.hpp"
#include "state/group_table.hpp"
#include "table/network_table.hpp"

namespace vsw {

struct GroupFlood {
  FloodSet set = FloodSet::kMembers;
  std::uint32_t group = GroupTable::kNone;
  bool operator==(const GroupFlood&) const noexcept = default;
};

// The flood set of frames from this network to this IP address, sent to a group MAC that is not broadcast.
[[nodiscard]] GroupFlood group_flood(const NetworkEntry& network, const GroupTable& groups, const Ip& destination) noexcept;

// Calls `visit(port)` for each open port of the flood set, ascending, the ingress port among them.
template <class Visit>
void visit_flood(const NetworkEntry& network, const GroupTable& groups, FloodSet set, std::uint32_t group, bool v6,
                 Visit&& visit) noexcept {
  if (set == FloodSet::kMembers || set == FloodSet::kUndeclared) {
    for (const PortId port : set == FloodSet::kMembers ? network.members : network.undeclared) visit(port);
    return;
  }
  // A port that left the network keeps its bit for a moment, so the network's own bits are asked, too.
  for (std::uint32_t word = 0; word < network.member_bits.size(); ++word) {
    std::uint64_t bits = network.member_bits[word];
    if (bits == 0) continue;
    bits &= network.router_bits[word] | (set == FloodSet::kRouters ? groups.routers(network.id, v6, word)
                                                                   : groups.receivers(network.id, v6, group, word));
    for (; bits != 0; bits &= bits - 1)
      visit(PortId{static_cast<std::uint16_t>(word * 64 + static_cast<std::uint32_t>(std::countr_zero(bits)))});
  }
}

// A general query (`group` unspecified) or one for a group, of IGMPv3 or MLDv2, into a fresh packet.
void write_query(const NetworkEntry& network, const Ip& group, std::uint32_t response_ms, Packet& query) noexcept;
// The address that the switch asks from: 0.0.0.0, or the link-local one of its MAC in this network.
[[nodiscard]] Ip querier_address(NetworkId network, bool v6) noexcept;

}  // namespace vsw
