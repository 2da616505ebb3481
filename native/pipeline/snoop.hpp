// snoop: IGMP and MLD, where the network looks after its multicast groups.
// Home: worker.
//
// A message that contradicts itself dies by name. A query goes to everybody, but a port under anti-spoof
// is a host and may not ask. A report goes to multicast routers alone, so that no host keeps quiet because
// it heard another (RFC 4541, 2.1.1); without a router the switch was its receiver. IGMP of a type that
// nobody here knows goes to everybody. What the tables learn from it is the worker's part.
//
// A message to a single station is that station's business, and passes on as any frame; so does one behind a
// tag that the network carries as payload: who listens there is not who listens here.
#pragma once
#include "pipeline/stage.hpp"

namespace vsw {

struct Snoop {
  static constexpr StageId kId = StageId::kSnoop;
  static Verdict apply(const Lookup& lookup, Program& program) noexcept;
};

}  // namespace vsw
