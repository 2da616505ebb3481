// anti_spoof: may this port send from this MAC and this address?
// Home: worker.
//
// Lets through, besides the port's own MAC and addresses: `::` (duplicate address detection, MLD),
// 0.0.0.0 (ARP probes by RFC 5227, DHCP by RFC 2131), and the EUI-64 link-local address of its MAC.
// ARP senders and what neighbour discovery claims (RFC 4861) are held to the same addresses. A port
// under anti-spoof is a host: router advertisements, redirects and DHCP servers are for ports without
// it. Neighbour discovery that did not come from this link (hop limit below 255) dies as spoofed.
#pragma once
#include "pipeline/stage.hpp"

namespace vsw {

struct AntiSpoof {
  static constexpr StageId kId = StageId::kAntiSpoof;
  static Verdict apply(const Lookup& lookup, Program& program) noexcept;
};

}  // namespace vsw
