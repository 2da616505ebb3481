// prepare: a frame that was just received becomes a packet that can be trusted.
// Home: worker.
//
// Takes off one priority tag (VLAN 0; IEEE 802.1Q, 6.9), parses, and holds the virtio_net_hdr against
// what was parsed. The answer is the reason to drop the packet, or kNone.
#pragma once
#include "packet/packet.hpp"
#include "telemetry/counters.hpp"

namespace vsw {

[[nodiscard]] DropReason prepare(Packet& packet) noexcept;

}  // namespace vsw
