// Packet: a frame in our memory, with what we know of it.
// Home: the worker that received it.
//
// A frame's bytes lie in at most two pieces: `data` in the packet's own slot, and for what does not
// fit there `tail` in the pool's single spill buffer. All headers lie in `data`. At most one packet
// of a batch has a tail, and it is the last one: the super-frame is passed on before the next is read
// and so stays in the cache.
//
// `tag` is the TCI of the 802.1Q tag that the frame was received with, and that was taken off since.
//
// `offload` is what virtio_net_hdr said (virtio 1.2, 5.1.6), in host order. It is hostile until
// check_offload accepted it; afterwards `wire_packets` is how many packets it stands for on a wire.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include "base/ids.hpp"
#include "wire/ethernet.hpp"
#include "wire/parse.hpp"

namespace vsw {

struct Offload {
  enum class Gso : std::uint8_t { kNone = 0, kTcp4 = 1, kTcp6 = 4, kUdp = 5 };
  Gso gso = Gso::kNone;
  bool ecn : 1 = false;             // VIRTIO_NET_HDR_GSO_ECN: the first segment alone carries CWR
  bool needs_checksum : 1 = false;  // the transport checksum holds the pseudo-header's sum only
  bool checksum_valid : 1 = false;  // the receiver need not look
  std::uint16_t gso_size = 0;   // payload bytes in each segment
  std::uint16_t checksum_start = 0, checksum_offset = 0;
  // A frame that every port takes as it is, and one packet of a wire.
  [[nodiscard]] bool is_plain() const noexcept { return gso == Gso::kNone && !needs_checksum; }
};

struct Packet {
  static constexpr std::uint32_t kSlotSize = 2048;   // bytes of a slot behind its headroom
  static constexpr std::uint32_t kHeadroom = 64;     // in front of `data`, for tags
  static constexpr std::uint32_t kLengthMax = 65'535 + 14 + 8;

  std::byte* data = nullptr;
  std::byte* tail = nullptr;
  std::uint32_t length = 0;         // bytes at `data`
  std::uint32_t tail_length = 0;    // bytes at `tail`
  PortId ingress;
  std::uint16_t wire_packets = 1;
  Offload offload;
  std::uint16_t tag = Vlan::kIdReserved;  // of no VLAN: the frame had no tag
  bool died = false;                // it was dropped where it was received
  Headers headers;

  [[nodiscard]] std::uint32_t frame_length() const noexcept { return length + tail_length; }
  [[nodiscard]] std::span<const std::byte> head() const noexcept { return {data, length}; }
  [[nodiscard]] bool is_tagged() const noexcept { return (tag & Vlan::kIdMask) != Vlan::kIdReserved; }
  [[nodiscard]] std::uint16_t priority() const noexcept { return tag & Vlan::kPriorityMask; }
  // What a wire would carry: every segment repeats the headers.
  [[nodiscard]] std::uint64_t wire_bytes() const noexcept {
    return std::uint64_t{frame_length()} + std::uint64_t{wire_packets - 1u} * headers.payload;
  }
};
static_assert(sizeof(Packet) == 64, "what is known of a packet is one cache line");

}  // namespace vsw
