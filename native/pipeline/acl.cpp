#include "pipeline/acl.hpp"

#include "pipeline/neighbour_message.hpp"

namespace vsw {

namespace {

bool is_judged(const Packet& packet) noexcept {
  return (packet.headers.has(Headers::kIpv4) || packet.headers.has(Headers::kIpv6)) &&
         !is_neighbour_or_listener_discovery(packet);
}

Verdict judge(const Lookup& lookup, StageId stage, bool allowed, DropReason reason, Program& program) noexcept {
  if (!is_judged(lookup.packet)) return Verdict::kContinue;
  if (!allowed) return drop(program, stage, reason, kDefaultRule);
  program.rule = kDefaultRule;
  return Verdict::kContinue;
}

}  // namespace

Verdict AclEgress::apply(const Lookup& lookup, Program& program) noexcept {
  return judge(lookup, kId, lookup.network.egress_allowed, DropReason::k_egress_denied, program);
}

Verdict AclIngress::apply(const Lookup& lookup, Program& program) noexcept {
  return judge(lookup, kId, lookup.network.ingress_allowed, DropReason::k_ingress_denied, program);
}

}  // namespace vsw
