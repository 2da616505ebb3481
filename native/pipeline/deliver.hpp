// deliver: the receiver's device and its MTU: the last word.
// Home: worker.
//
// What dies here was offered to the receiver, so it counts on the transmit side. The size of a packet
// is not part of its flow's key: the worker asks `mtu_for` for every packet, this stage asks it for
// `explain`.
#pragma once
#include "pipeline/stage.hpp"

namespace vsw {

struct Deliver {
  static constexpr StageId kId = StageId::kDeliver;
  static Verdict apply(const Lookup& lookup, Program& program) noexcept;
};

// The MTU that it takes: the bytes inside Ethernet of the largest packet that this frame stands for.
[[nodiscard]] inline std::uint32_t mtu_for(const Packet& packet) noexcept {
  const Headers& headers = packet.headers;
  if (packet.wire_packets > 1) return std::uint32_t{headers.payload} - headers.l3 + packet.offload.gso_size;
  const std::uint32_t end = headers.end != 0 ? headers.end : packet.frame_length();
  return end - headers.l3;
}

}  // namespace vsw
