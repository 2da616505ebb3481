#include "pipeline/acl.hpp"

#include "base/assert.hpp"
#include "pipeline/neighbour_message.hpp"

namespace vsw {

namespace {

Verdict conclude(const Ruling& ruling, StageId stage, DropReason reason, Program& program) noexcept {
  (stage == StageId::kAclIngress ? program.ingress : program.egress) = ruling;
  if (ruling.allows()) {
    program.rule = ruling.rule;
    return Verdict::kContinue;
  }
  program.reject = ruling.action == RuleAction::kReject;
  return drop(program, stage, reason, ruling.rule);
}

// Whether rules are asked; otherwise `verdict` is what holds.
bool asks(const Lookup& lookup, StageId stage, Program& program, Verdict& verdict) noexcept {
  verdict = Verdict::kContinue;
  if (lookup.standing.is_settled() || !is_judged(lookup.packet)) return false;
  if (!lookup.network.tracks) {
    program.rule = kDefaultRule;
    return false;
  }
  if (!VSW_BUG(lookup.question == nullptr)) return true;
  verdict = drop(program, stage, DropReason::k_bug);
  return false;
}

}  // namespace

bool is_judged(const Packet& packet) noexcept {
  return (packet.headers.has(Headers::kIpv4) || packet.headers.has(Headers::kIpv6)) &&
         !is_neighbour_or_listener_discovery(packet);
}

Verdict AclEgress::apply(const Lookup& lookup, Program& program) noexcept {
  if (Verdict verdict; !asks(lookup, kId, program, verdict)) return verdict;
  return conclude(rule_egress(lookup.generation, lookup.network, lookup.ingress, *lookup.question), kId,
                  DropReason::k_egress_denied, program);
}

Verdict AclIngress::apply(const Lookup& lookup, Program& program) noexcept {
  if (Verdict verdict; !asks(lookup, kId, program, verdict)) return verdict;
  return conclude(rule_ingress(lookup.generation, lookup.network, *lookup.receiver, *lookup.question), kId,
                  DropReason::k_ingress_denied, program);
}

}  // namespace vsw
