#include "pipeline/acl.hpp"

#include "base/assert.hpp"
#include "pipeline/neighbour_message.hpp"

namespace vsw {

namespace {

// By one of both directions of a port. What stands for a connection is the rule that lets its first packet in.
Verdict ask(const Lookup& lookup, StageId stage, const PortEntry& port, bool by_egress, Program& program) noexcept {
  const Ruling ruling = by_egress ? rule_egress(lookup.generation, lookup.network, port, *lookup.question)
                                  : rule_ingress(lookup.generation, lookup.network, port, *lookup.question);
  (by_egress ? program.egress : program.ingress) = ruling;
  if (ruling.allows()) {
    if (!by_egress || !lookup.standing.is_answer()) program.rule = ruling.rule;
    return Verdict::kContinue;
  }
  program.reject = ruling.action == RuleAction::kReject;
  return drop(program, stage, by_egress ? DropReason::k_egress_denied : DropReason::k_ingress_denied, ruling.rule);
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
  return ask(lookup, kId, lookup.ingress, !lookup.standing.is_answer(), program);
}

Verdict AclIngress::apply(const Lookup& lookup, Program& program) noexcept {
  if (Verdict verdict; !asks(lookup, kId, program, verdict)) return verdict;
  return ask(lookup, kId, *lookup.receiver, lookup.standing.is_answer(), program);
}

}  // namespace vsw
