#include "packet/pool.hpp"

#include <new>

namespace vsw {

namespace {
constexpr std::size_t round_to_line(std::size_t size) { return (size + 63) & ~std::size_t{63}; }
}  // namespace

Pool::Pool(std::uint32_t capacity) : capacity_(capacity), available_(capacity) {
  static_assert(kStride % 64 == 0 && Packet::kHeadroom % 64 == 0, "a slot begins with a cache line");
  const std::size_t slots = capacity * kStride;
  const std::size_t free_list = round_to_line(capacity * sizeof(Packet*));
  region_ = Region(slots + free_list + kSpillSize);
  auto* at = region_.as<std::byte>();
  free_ = reinterpret_cast<Packet**>(at + slots);
  spill_ = at + slots + free_list;
  for (std::uint32_t i = 0; i < capacity; ++i) free_[i] = new (at + i * kStride) Packet;
}

}  // namespace vsw
