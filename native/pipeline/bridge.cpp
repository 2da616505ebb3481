#include "pipeline/bridge.hpp"

namespace vsw {

PortId find_station(const NetworkEntry& network, const MacTable& macs, const Mac& mac) noexcept {
  if (const PortId* declared = network.stations.find(mac); declared != nullptr) return *declared;
  return macs.find(network.id, mac);
}

const std::vector<PortId>& flood_ports(const NetworkEntry& network, FloodSet set) noexcept {
  return set == FloodSet::kMembers ? network.members : network.undeclared;
}

Verdict Bridge::apply(const Lookup& lookup, Program& program) noexcept {
  program.stage = kId;
  if (!lookup.destination.is_group()) {
    // The sender is where the frame came from, whatever the tables still say.
    const bool to_itself = lookup.destination == lookup.source;
    const PortId station =
        to_itself ? lookup.ingress.id : find_station(lookup.network, lookup.macs, lookup.destination);
    if (to_itself || (station && !may_reach(lookup.ingress, station))) return drop(program, kId, DropReason::k_hairpin);
    if (station) {
      program.action = Program::Action::kOutput;
      program.output = station;
      return Verdict::kDone;
    }
    program.cacheable = false;  // the MAC may be learned any moment
  }
  program.flood_set = lookup.destination.is_group() ? FloodSet::kMembers : FloodSet::kUndeclared;
  for (const PortId port : flood_ports(lookup.network, program.flood_set)) {
    if (!may_reach(lookup.ingress, port)) continue;
    program.action = Program::Action::kFlood;
    return Verdict::kDone;
  }
  return drop(program, kId, DropReason::k_no_receiver);
}

}  // namespace vsw
