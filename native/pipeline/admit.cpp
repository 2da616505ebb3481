#include "pipeline/admit.hpp"

#include "wire/ethernet.hpp"

namespace vsw {

Verdict Admit::apply(const Lookup& lookup, Program& program) noexcept {
  const Headers& headers = lookup.packet.headers;
  if (!lookup.ingress.device) return drop(program, kId, DropReason::k_port_not_active);
  if (lookup.source.is_group() || lookup.source.is_zero()) return drop(program, kId, DropReason::k_source_mac_invalid);
  if (lookup.destination.is_link_local_group()) return drop(program, kId, DropReason::k_link_local_group);
  if (headers.vlan_count != 0 && (!lookup.network.carries_tags || (headers.vlan_tci & Vlan::kIdMask) == 0))
    return drop(program, kId, DropReason::k_vlan_not_carried);
  const bool common = headers.has(Headers::kIpv4) || headers.has(Headers::kIpv6) || headers.has(Headers::kArp);
  if (!common && (headers.has(Headers::kLlc) || !lookup.network.carries(headers.ether_type)))
    return drop(program, kId, DropReason::k_ether_type_denied);
  return Verdict::kContinue;
}

}  // namespace vsw
