// prepare: a frame that was just received becomes a packet that can be trusted.
// Home: worker.
//
// Takes off one tag and keeps it beside the packet: on a trunk the outer one, whatever its VLAN, elsewhere a
// priority tag (VLAN 0) alone (IEEE 802.1Q, 6.9). Only customer tags (0x8100) say where a frame belongs;
// what stands behind the one taken off is payload. Then it parses, and holds the virtio_net_hdr against what
// was parsed. The answer is the reason to drop the packet, or kNone.
#pragma once
#include "action/offload.hpp"
#include "packet/packet.hpp"
#include "telemetry/counters.hpp"
#include "wire/parse.hpp"

namespace vsw {

// What takes the short way is not tagged, and, all in its slot, not too long.
[[nodiscard]] DropReason prepare_any(Packet& packet, bool trunk) noexcept;
[[nodiscard]] inline DropReason prepare(Packet& packet, bool trunk) noexcept {
  if (packet.tail_length != 0 || !parse_plain(packet.head(), packet.length, packet.headers)) [[unlikely]]
    return prepare_any(packet, trunk);
  return check_offload(packet) ? DropReason::kNone : DropReason::k_offload_malformed;
}

}  // namespace vsw
