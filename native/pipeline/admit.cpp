#include "pipeline/admit.hpp"

#include "wire/ethernet.hpp"
#include "wire/loop_probe.hpp"

namespace vsw {

namespace {

// Under anti-spoof nothing of others gets in, so there is no loop to find.
bool is_own_probe(const Lookup& lookup) noexcept {
  LoopProbe probe;
  return !lookup.ingress.anti_spoof && LoopProbe::read(lookup.packet.head(), lookup.loops.seed(), probe);
}

}  // namespace

Verdict Admit::apply(const Lookup& lookup, Program& program) noexcept {
  const Headers& headers = lookup.packet.headers;
  if (!lookup.ingress.device) return drop(program, kId, DropReason::k_port_not_active);
  if (lookup.loops.is_held(lookup.ingress.id)) return drop(program, kId, DropReason::k_port_held_down);
  if (lookup.source.is_group() || lookup.source.is_zero()) return drop(program, kId, DropReason::k_source_mac_invalid);
  if (lookup.destination.is_link_local_group()) return drop(program, kId, DropReason::k_link_local_group);
  if (headers.vlan_count != 0 && (!lookup.network.carries_tags || (headers.vlan_tci & Vlan::kIdMask) == 0))
    return drop(program, kId, DropReason::k_vlan_not_carried);
  const bool common = headers.has(Headers::kIpv4) || headers.has(Headers::kIpv6) || headers.has(Headers::kArp);
  if (!common && is_own_probe(lookup)) {
    program.action = Program::Action::kConsume;
    program.stage = kId;
    program.cacheable = false;
    return Verdict::kDone;
  }
  if (!common && (headers.has(Headers::kLlc) || !lookup.network.carries(headers.ether_type)))
    return drop(program, kId, DropReason::k_ether_type_denied);
  return Verdict::kContinue;
}

}  // namespace vsw
