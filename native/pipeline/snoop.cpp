#include "pipeline/snoop.hpp"

#include "wire/membership.hpp"

namespace vsw {

Verdict Snoop::apply(const Lookup& lookup, Program& program) noexcept {
  using Kind = MembershipMessage::Kind;
  if (!lookup.network.multicast.snooping || !lookup.destination.is_group()) return Verdict::kContinue;
  if (lookup.packet.headers.vlan_count != 0) return Verdict::kContinue;
  MembershipMessage message;
  if (!MembershipMessage::read(lookup.packet.head(), lookup.packet.headers, message)) return Verdict::kContinue;
  program.cacheable = false;
  if (message.kind == Kind::kMalformed)
    return drop(program, kId, message.v6 ? DropReason::k_mld_malformed : DropReason::k_igmp_malformed);
  if (message.kind == Kind::kQuery && lookup.ingress.anti_spoof && !lookup.ingress.multicast_router)
    return drop(program, kId, DropReason::k_multicast_query_denied);
  program.action = Program::Action::kSnoop;
  program.stage = kId;
  program.flood_set = message.kind == Kind::kQuery || message.kind == Kind::kUnknown ? FloodSet::kMembers
                                                                                    : FloodSet::kRouters;
  return Verdict::kDone;
}

}  // namespace vsw
