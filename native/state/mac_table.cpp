#include "state/mac_table.hpp"

#include <bit>

namespace vsw {

MacTable::MacTable(std::uint32_t capacity, HashSeed seed)
    : held_(sizeof(std::atomic<std::uint32_t>) * 65'536), seed_(seed), bucket_count_(std::bit_ceil((capacity + 1) / 2)) {
  region_ = Region(sizeof(Bucket) * bucket_count_);
}

MacTable::Slot* MacTable::find_slot(std::uint64_t key) const noexcept {
  const std::uint64_t hash = hash_words(seed_, key, 0);
  for (const std::uint32_t half : {static_cast<std::uint32_t>(hash), static_cast<std::uint32_t>(hash >> 32)})
    for (Slot& slot : buckets()[half & (bucket_count_ - 1)].slots)
      if (slot.key.load(std::memory_order_acquire) == key) return &slot;
  return nullptr;
}

PortId MacTable::find(NetworkId network, const Mac& mac) const noexcept {
  const std::uint64_t key = key_of(network, mac);
  const Slot* slot = find_slot(key);
  if (slot == nullptr) return {};
  const std::uint64_t place = slot->place.load(std::memory_order_acquire);
  if (slot->key.load(std::memory_order_relaxed) != key) return {};
  return PortId{static_cast<std::uint16_t>(place >> 32)};
}

MacTable::Learned MacTable::learn(NetworkId network, const Mac& mac, PortId port, std::uint32_t now_ms,
                                  std::uint32_t macs_max, PortId& from) noexcept {
  const std::uint64_t key = key_of(network, mac);
  const std::uint64_t place = place_of(port, now_ms);
  const SpinGuard guard(writers_);
  if (Slot* slot = find_slot(key); slot != nullptr) {
    from = PortId{static_cast<std::uint16_t>(slot->place.load(std::memory_order_relaxed) >> 32)};
    if (from == port) {
      slot->place.store(place, std::memory_order_release);
      return Learned::kKnown;
    }
    if (held_by(port).load(std::memory_order_relaxed) >= macs_max) return Learned::kRefused;
    held_by(from).fetch_sub(1, std::memory_order_relaxed);
    held_by(port).fetch_add(1, std::memory_order_relaxed);
    slot->place.store(place, std::memory_order_release);
    version_.fetch_add(1, std::memory_order_acq_rel);
    return Learned::kMoved;
  }
  if (held_by(port).load(std::memory_order_relaxed) >= macs_max) return Learned::kRefused;
  const std::uint64_t hash = hash_words(seed_, key, 0);
  for (const std::uint32_t half : {static_cast<std::uint32_t>(hash), static_cast<std::uint32_t>(hash >> 32)})
    for (Slot& slot : buckets()[half & (bucket_count_ - 1)].slots) {
      if (slot.key.load(std::memory_order_relaxed) != 0) continue;
      slot.place.store(place, std::memory_order_relaxed);
      slot.key.store(key, std::memory_order_release);
      held_by(port).fetch_add(1, std::memory_order_relaxed);
      size_.fetch_add(1, std::memory_order_relaxed);
      return Learned::kNew;
    }
  return Learned::kRefused;
}

void MacTable::refresh(NetworkId network, const Mac& mac, PortId port, std::uint32_t now_ms) noexcept {
  const std::uint64_t key = key_of(network, mac);
  const SpinGuard guard(writers_);
  Slot* slot = find_slot(key);
  if (slot != nullptr && slot->place.load(std::memory_order_relaxed) >> 32 == port.value)
    slot->place.store(place_of(port, now_ms), std::memory_order_release);
}

void MacTable::remove(Slot& slot, std::uint64_t key) noexcept {
  const SpinGuard guard(writers_);
  if (slot.key.load(std::memory_order_relaxed) != key) return;
  const PortId port{static_cast<std::uint16_t>(slot.place.load(std::memory_order_relaxed) >> 32)};
  slot.key.store(0, std::memory_order_release);
  held_by(port).fetch_sub(1, std::memory_order_relaxed);
  size_.fetch_sub(1, std::memory_order_relaxed);
  version_.fetch_add(1, std::memory_order_acq_rel);
}

void MacTable::forget(NetworkId network, const Mac& mac) noexcept {
  const std::uint64_t key = key_of(network, mac);
  if (Slot* slot = find_slot(key); slot != nullptr) remove(*slot, key);
}

std::uint32_t MacTable::flush(NetworkId network, PortId port, const Mac& mac) noexcept {
  std::uint32_t removed = 0;
  std::uint32_t cursor = 0;
  sweep(cursor, bucket_count_, [&](const Entry& entry) {
    const bool matches = (!network || entry.network == network) && (!port || entry.port == port) &&
                         (mac.is_zero() || entry.mac == mac);
    removed += matches ? 1 : 0;
    return matches;
  });
  return removed;
}

}  // namespace vsw
