// Offloads: what a virtio_net_hdr says of a frame, checked, completed, compared with what a port takes.
// Home: worker.
//
// A container writes this header itself, so nothing in it is believed: the checksum must be that of the
// transport header which parse found, and a super-frame must be of the protocol and family that it
// claims, whole (its lengths say what its bytes are, no padding), and cut into a bounded number of
// segments (virtio 1.2, 5.1.6.2; the bounds are those of Linux: 8 bytes a TCP segment, 128 segments of UDP).
// SYN, RST and URG make no sense in several segments at once and are refused there.
//
// A partial checksum means what virtio says: the field holds the sum of the pseudo-header, the sender's
// word is taken for it, and completing adds the bytes from the transport header to the datagram's end.
// That is exact under source routing too, where the pseudo-header's destination is not the IP header's.
#pragma once
#include <cstdint>
#include "packet/packet.hpp"
#include "port/port.hpp"

namespace vsw {

inline constexpr std::uint16_t kTcpSegmentSizeMin = 8;
inline constexpr std::uint16_t kUdpSegmentsMax = 128;

// The part of `check_offload` that a packet without offloads does not need.
[[nodiscard]] bool check_claimed_offload(Packet& packet) noexcept;
// Needs `packet.headers`. False: the header contradicts the frame, drop it with `offload_malformed`.
// Otherwise `wire_packets` is right, and a super-frame of a single segment has become a plain frame.
[[nodiscard]] inline bool check_offload(Packet& packet) noexcept {
  packet.wire_packets = 1;
  const Offload& offload = packet.offload;
  const bool claims = offload.needs_checksum || offload.gso != Offload::Gso::kNone || offload.ecn;
  return !claims || check_claimed_offload(packet);
}

// Completes a partial checksum in place; afterwards `packet.offload.needs_checksum` is false. Does
// nothing to a packet without one. A super-frame is segmented instead, never completed.
void complete_checksum(Packet& packet) noexcept;

// Whether the port takes this (checked) packet as it is.
[[nodiscard]] bool takes_offload(const PortInfo& info, const Packet& packet) noexcept;
[[nodiscard]] inline bool takes(const PortInfo& info, const Packet& packet) noexcept {
  return packet.offload.is_plain() || takes_offload(info, packet);
}

// The sum of the frame's bytes `from`…`to`-1, wherever they lie, as if `from` were even.
[[nodiscard]] std::uint64_t checksum_range(const Packet& packet, std::uint32_t from, std::uint32_t to) noexcept;

}  // namespace vsw
