#include "pipeline/bridge.hpp"

#include "pipeline/multicast.hpp"

namespace vsw {

PortId find_station(const NetworkEntry& network, const MacTable& macs, const Mac& mac) noexcept {
  if (const PortId* declared = network.stations.find(mac); declared != nullptr) return *declared;
  return macs.find(network.id, mac);
}

namespace {

// Where the frame goes that has no single receiver.
GroupFlood flood_of(const Lookup& lookup) noexcept {
  const Headers& headers = lookup.packet.headers;
  if (!lookup.destination.is_group()) return {FloodSet::kUndeclared, GroupTable::kNone};
  if (lookup.destination.is_broadcast() || headers.vlan_count != 0 || !(headers.has(Headers::kIpv4) || headers.has(Headers::kIpv6))) return {};
  const std::byte* ip = lookup.packet.data + headers.l3;
  return group_flood(lookup.network, lookup.groups, headers.has(Headers::kIpv4) ? Ip::v4(ip + 16) : Ip::v6(ip + 24));
}

}  // namespace

Verdict Bridge::apply(const Lookup& lookup, Program& program) noexcept {
  program.stage = kId;
  if (!lookup.destination.is_group()) {
    // The sender is where the frame came from, whatever the tables still say.
    const bool to_itself = lookup.destination == lookup.source;
    PortId station = to_itself ? lookup.ingress.id : find_station(lookup.network, lookup.macs, lookup.destination);
    if (!station && lookup.standing.is_settled()) station = lookup.standing.other;
    if (to_itself || (station && !may_reach(lookup.ingress, station))) return drop(program, kId, DropReason::k_hairpin);
    if (station) {
      program.action = Program::Action::kOutput;
      program.output = station;
      return Verdict::kDone;
    }
    program.cacheable = false;  // the MAC may be learned any moment
  }
  const GroupFlood flood = flood_of(lookup);
  program.flood_set = flood.set;
  program.group = flood.group;
  // Who listens is asked for each frame, so even a group that nobody listens to is a flow.
  if (flood.set == FloodSet::kGroup) {
    program.action = Program::Action::kFlood;
    return Verdict::kDone;
  }
  for (const PortId port : flood.set == FloodSet::kMembers ? lookup.network.members : lookup.network.undeclared) {
    if (!may_reach(lookup.ingress, port)) continue;
    program.action = Program::Action::kFlood;
    return Verdict::kDone;
  }
  return drop(program, kId, DropReason::k_no_receiver);
}

}  // namespace vsw
