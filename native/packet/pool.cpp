#include "packet/pool.hpp"

#include <new>

#include "base/assert.hpp"

namespace vsw {

namespace {
constexpr std::size_t kSlotStride = Packet::kHeadroom + Packet::kSlotSize;
constexpr std::size_t round_to_line(std::size_t size) { return (size + 63) & ~std::size_t{63}; }
}  // namespace

Pool::Pool(std::uint32_t capacity) : capacity_(capacity), available_(capacity) {
  const std::size_t packets = round_to_line(capacity * sizeof(Packet));
  const std::size_t free_list = round_to_line(capacity * sizeof(Packet*));
  const std::size_t slots = round_to_line(capacity * kSlotStride);
  region_ = Region(packets + free_list + slots + kSpillSize);
  auto* at = region_.as<std::byte>();
  packets_ = reinterpret_cast<Packet*>(at);
  free_ = reinterpret_cast<Packet**>(at + packets);
  slots_ = at + packets + free_list;
  spill_ = at + packets + free_list + slots;
  for (std::uint32_t i = 0; i < capacity; ++i) free_[i] = new (&packets_[i]) Packet;
}

Packet* Pool::take() noexcept {
  if (available_ == 0) return nullptr;
  Packet* packet = free_[--available_];
  *packet = Packet{};
  packet->data = slots_ + static_cast<std::size_t>(packet - packets_) * kSlotStride + Packet::kHeadroom;
  return packet;
}

void Pool::give(Packet& packet) noexcept {
  VSW_ASSERT(available_ < capacity_);
  free_[available_++] = &packet;
}

}  // namespace vsw
