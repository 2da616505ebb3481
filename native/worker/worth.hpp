// Worth: what a flow's record is worth under a generation.
// Home: anywhere; it writes nothing.
//
// A record says under which grounds it was last found true (flow/flow_cache.hpp). Under others it is weighed: against
// the ports of its ends, its network, the MACs and groups, and, where connections are tracked, against what rules say of
// its first packet now. Only where something that its verdict rests on changed since are rules asked again, in the
// connection's original direction, whichever frame comes. So one label changed among ten thousand ports costs the others
// some compares.
#pragma once
#include <cstdint>
#include "flow/flow_cache.hpp"
#include "pipeline/ruling.hpp"
#include "worker/fabric.hpp"

namespace vsw {

struct Worth {
  enum class What : std::uint8_t {
    kTrue,   // `word` is what the record should say
    kStale,  // it speaks for nothing any more
    kAhead,  // a later generation has looked at it: here it says nothing, and is left alone
  };
  What what = What::kTrue;
  std::uint64_t seen = 0;  // the record's word as it was weighed
  std::uint64_t word = 0;
  RuleId rule;             // that decides about the connection
  bool is_asked = false;   // rules were asked again, and this is what they say
  Ruling egress, ingress;
};

template <class Key>
[[nodiscard]] Worth weigh(const Fabric& fabric, const Generation& generation, const NetworkEntry& network,
                          const Flow<Key>& flow, unsigned side) noexcept;

// What rules are asked about the connection of a record: its first packet.
template <class Key>
[[nodiscard]] Tuple tuple_of(const Flow<Key>& flow) noexcept;

// The marks of a connection that both rulings allow.
[[nodiscard]] std::uint8_t marks_of(const Ruling& egress, const Ruling& ingress) noexcept;

}  // namespace vsw
