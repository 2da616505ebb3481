// acl: what the operator allows: acl_egress of the sender, acl_ingress of the receiver.
// Home: worker.
//
// The two directions are decided apart, and a frame needs both. Only IPv4 and IPv6 are judged; ARP,
// neighbour discovery and MLD are anti_spoof's. Nothing but the network's defaultPolicy decides yet:
// its rule is `default`.
#pragma once
#include "pipeline/stage.hpp"

namespace vsw {

struct AclEgress {
  static constexpr StageId kId = StageId::kAclEgress;
  static Verdict apply(const Lookup& lookup, Program& program) noexcept;
};

struct AclIngress {
  static constexpr StageId kId = StageId::kAclIngress;
  static Verdict apply(const Lookup& lookup, Program& program) noexcept;
};

}  // namespace vsw
