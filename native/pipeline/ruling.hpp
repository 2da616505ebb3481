// Ruling: what rules say of a connection's first packet, in one direction.
// Home: worker.
//
// The list of the port is asked first; what it does not decide, the network's defaultPolicy does. Where some policies
// of the port are only audited, the list of all its rules is asked, too.
#pragma once
#include <cstdint>
#include "action/program.hpp"
#include "packet/packet.hpp"
#include "table/generation.hpp"

namespace vsw {

[[nodiscard]] Ruling rule_egress(const Generation& generation, const NetworkEntry& network, const PortEntry& sender,
                                 const Question& question) noexcept;
[[nodiscard]] Ruling rule_ingress(const Generation& generation, const NetworkEntry& network, const PortEntry& receiver,
                                  const Question& question) noexcept;

// The memberships of both ends, looked up once for all lists. The tuple must outlive the question.
[[nodiscard]] Question question_of(const Generation& generation, const Tuple& tuple) noexcept;

// What rules are asked about this packet, which is IP. A later fragment has the ports that its headers were told of.
[[nodiscard]] Tuple tuple_of(const Packet& packet, NetworkId network) noexcept;

}  // namespace vsw
