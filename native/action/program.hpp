// Program: what is done to a flow's packets, and who decided so.
// Home: worker; a value.
//
// The stages of the pipeline write it, once per flow. It says in which stage and by which rule it was
// decided, so "why" is a field and not a debugging mode.
#pragma once
#include <cstdint>
#include "action/passed_rules.hpp"
#include "base/ids.hpp"
#include "table/rule.hpp"
#include "telemetry/counters.hpp"
#include "wire/mac.hpp"

namespace vsw {

// Rule 1 is the network's defaultPolicy: what nothing else decided.
inline constexpr RuleId kDefaultRule{1};

// What rules said of a connection's first packet, in one direction. Where some policies of the port are only audited,
// `audited` is the rule of such a policy that would have decided, or the first that would have left it to what then would
// have decided; and what would have been decided.
struct Ruling {
  RuleAction action = RuleAction::kAllow;  // never kPass
  std::uint8_t flags = 0;                  // of the rule that decided
  RuleAction audited_action = RuleAction::kAllow;
  RuleId rule;                             // none: no rule was asked
  RuleId audited;                          // none: no audited rule would have had a say
  PassedRules passed;                      // those that left it to a later tier, then audited ones that would have

  [[nodiscard]] bool allows() const noexcept { return action == RuleAction::kAllow; }
};

enum class FloodSet : std::uint8_t {
  kMembers,     // every open port of the network
  kUndeclared,  // those that may hold MACs which nobody declared
  kGroup,       // those that asked for `group`, and multicast routers
  kRouters,     // the ports behind which multicast routers are
};

enum class StageId : std::uint8_t {
  kParse, kAdmit, kAntiSpoof, kAclEgress, kRespond, kBridge, kAclIngress, kDeliver, kSnoop, kConnection, kDefragment
};
[[nodiscard]] const char* name_of(StageId stage) noexcept;

struct Program {
  enum class Action : std::uint8_t {
    kNone,     // undecided
    kDrop,     // dies for `reason`
    kOutput,   // to `output`
    kFlood,    // to all of `flood_set` but the ingress port
    kRespond,  // the switch answers, from `answer`
    kConsume,  // it was for the switch itself: a probe that came back
    kSnoop,    // IGMP or MLD: the switch takes note, then it goes to `flood_set`, if anybody is there
  };
  Action action = Action::kNone;
  DropReason reason = DropReason::kNone;
  FloodSet flood_set = FloodSet::kMembers;
  StageId stage = StageId::kParse;  // the stage that decided
  PortId output;
  std::uint32_t group = 0;   // number of the multicast group, 0 when nobody asked for it
  RuleId rule;               // that decided last
  Ruling egress, ingress;    // of the sender and of the receiver, where rules were asked
  bool reject = false;       // of a drop: the sender is told
  Mac answer;                // the MAC that ARP or neighbour discovery asked for
  bool cacheable = true;     // read nothing but the key
  bool learn = false;        // the source MAC is to be learned
};

}  // namespace vsw
