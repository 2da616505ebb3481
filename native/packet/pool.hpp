// Pool: all packets that a worker will ever have, and the spill buffer for what a slot cannot hold.
// Home: worker.
//
// Last in, first out, so the slot that was used last, still in the cache, is used next. A pool never
// grows; when it is empty the caller drops with the reason `out_of_packets`.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include "base/assert.hpp"
#include "base/region.hpp"
#include "packet/packet.hpp"

namespace vsw {

class Pool {
 public:
  static constexpr std::uint32_t kSpillSize = 65'536 + 64;

  explicit Pool(std::uint32_t capacity);
  // A packet with `data` at the start of its slot, behind the headroom, and nothing else known; null when empty.
  [[nodiscard]] Packet* take() noexcept {
    if (available_ == 0) return nullptr;
    Packet* packet = free_[--available_];
    *packet = kFresh;
    packet->data = reinterpret_cast<std::byte*>(packet) + kDataAt;
    return packet;
  }
  void give(Packet& packet) noexcept {
    VSW_ASSERT(available_ < capacity_);
    free_[available_++] = &packet;
  }
  void give(std::span<Packet* const> packets) noexcept {
    VSW_ASSERT(packets.size() <= capacity_ - available_);
    std::copy(packets.begin(), packets.end(), free_ + available_);
    available_ += static_cast<std::uint32_t>(packets.size());
  }
  [[nodiscard]] std::byte* spill() const noexcept { return spill_; }
  [[nodiscard]] std::uint32_t available() const noexcept { return available_; }
  [[nodiscard]] std::uint32_t capacity() const noexcept { return capacity_; }

 private:
  // Each packet stands in front of its slot, so that one is found from the other by adding.
  static constexpr std::size_t kDataAt = (sizeof(Packet) + 63) / 64 * 64 + Packet::kHeadroom;
  static constexpr std::size_t kStride = kDataAt + Packet::kSlotSize;
  static constexpr Packet kFresh{};

  Region region_;
  std::byte* spill_;
  Packet** free_;
  std::uint32_t capacity_, available_;
};

}  // namespace vsw
