// acl: what the operator allows: acl_egress of the sender, acl_ingress of the receiver.
// Home: worker.
//
// The two directions are decided apart, and a connection needs both. Only IPv4 and IPv6 are judged; ARP, neighbour
// discovery and MLD are anti_spoof's. What belongs to a connection that was judged when it began is not judged again.
#pragma once
#include "pipeline/ruling.hpp"
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

// Whether rules judge this packet at all.
[[nodiscard]] bool is_judged(const Packet& packet) noexcept;

// What rules are asked about a packet, held as long as the stages ask; `question` is null where none judges it.
struct Inquiry {
  Inquiry(const Generation& generation, const NetworkEntry& network, const Packet& packet, const Standing& standing) noexcept
      : asks(network.tracks && !standing.is_settled() && is_judged(packet)),
        tuple(!asks ? Tuple{} : standing.is_answer() ? tuple_of(packet, network.id).reversed() : tuple_of(packet, network.id)),
        asked(asks ? question_of(generation, tuple) : Question{tuple, {}, {}, {}}) {}
  Inquiry(const Inquiry&) = delete;
  Inquiry& operator=(const Inquiry&) = delete;
  [[nodiscard]] const Question* question() const noexcept { return asks ? &asked : nullptr; }

  const bool asks;
  const Tuple tuple;
  const Question asked;
};

}  // namespace vsw
