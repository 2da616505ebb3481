#include "packet/pool.hpp"

#include <new>

namespace vsw {

namespace {
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

}  // namespace vsw
