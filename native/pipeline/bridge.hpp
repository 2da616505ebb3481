// bridge: MAC table, flood set, split horizon.
// Home: worker.
//
// A declared MAC is where it was declared; another one is where it was last heard. Group addresses go
// to every other port of the network, an unknown address to those other ports that may hold MACs
// which nobody declared (IEEE 802.1Q, 8.8, narrowed to where the receiver can be); a connection knows where its
// other end is, however long that was silent. Nothing goes back where it came from, unless the port says
// `hairpin`: then what is behind it may speak with itself by way of the switch (reflective relay, IEEE 802.1Qbg),
// groups and unknown addresses too. In a network that looks after its multicast groups their frames go to those who
// asked (multicast.hpp).
#pragma once
#include "pipeline/stage.hpp"

namespace vsw {

struct Bridge {
  static constexpr StageId kId = StageId::kBridge;
  static Verdict apply(const Lookup& lookup, Program& program) noexcept;
};

// The port behind which a MAC is, or none.
[[nodiscard]] PortId find_station(const NetworkEntry& network, const MacTable& macs, const Mac& mac) noexcept;
// Split horizon.
[[nodiscard]] inline bool may_reach(const PortEntry& ingress, PortId receiver) noexcept {
  return ingress.hairpin || !(receiver == ingress.id);
}

}  // namespace vsw
