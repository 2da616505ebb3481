#include "state/mac_table.hpp"

#include <bit>

namespace vsw {

MacTable::MacTable(std::uint32_t capacity, HashSeed seed)
    : seed_(seed),
      capacity_(capacity),
      bucket_count_(std::bit_ceil(capacity)),
      region_(sizeof(Bucket) * bucket_count_),
      moves_(sizeof(Moves) * bucket_count_ * kSlots),
      holdings_(bucket_count_ * kSlots) {}

MacTable::Slot* MacTable::find_slot(std::uint64_t key) const noexcept {
  Slot* found = nullptr;
  visit_places(key, [&](Slot& slot) noexcept {
    if (slot.key.load(std::memory_order_acquire) == key) found = &slot;
    return found != nullptr;
  });
  return found;
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
                                  std::uint32_t macs_max, PortId& from, Entry& gave_way) noexcept {
  const std::uint64_t key = key_of(network, mac);
  const std::uint64_t place = place_of(port, now_ms);
  const SpinGuard guard(writers_);
  if (Slot* slot = find_slot(key); slot != nullptr) {
    const std::uint32_t number = number_of(*slot);
    from = port_of(*slot);
    if (from == port) {
      slot->place.store(place, std::memory_order_release);
      holdings_.renew(port, number);
      return Learned::kKnown;
    }
    if (holdings_.count(port) >= macs_max) return Learned::kRefused;
    const Learned counted = count_move(moves_.as<Moves>()[number], port, now_ms);
    if (counted != Learned::kMoved) return counted;
    holdings_.remove(from, number);
    holdings_.add(port, number);
    slot->place.store(place, std::memory_order_release);
    version_.fetch_add(1, std::memory_order_acq_rel);
    return Learned::kMoved;
  }
  if (holdings_.count(port) >= macs_max) return Learned::kRefused;
  Slot* slot = make_room(key, port, now_ms, gave_way);
  if (slot == nullptr) return Learned::kRefused;
  slot->place.store(place, std::memory_order_release);
  slot->key.store(key, std::memory_order_release);
  moves_.as<Moves>()[number_of(*slot)] = {};
  holdings_.add(port, number_of(*slot));
  size_.fetch_add(1, std::memory_order_relaxed);
  return Learned::kNew;
}

// kMoved when this move may be.
MacTable::Learned MacTable::count_move(Moves& moves, PortId port, std::uint32_t now_ms) noexcept {
  const std::uint32_t elapsed_ms = now_ms - moves.since_ms;
  // Another worker's clock may be a little ahead: that is no new window.
  constexpr std::uint32_t kAheadMax = 60'000;
  if (moves.count == 0 || (elapsed_ms >= kFlapWindowMs && elapsed_ms < ~kAheadMax)) moves = {now_ms, 0, 0};
  if (moves.count < kMovesMax) {
    if (!holdings_.disturb(port, now_ms)) return Learned::kMoveRefused;
    ++moves.count;
    return Learned::kMoved;
  }
  if (moves.held != 0) return Learned::kMoveRefused;
  moves.held = 1;
  moves.since_ms = now_ms;
  return Learned::kFlapping;
}

// A free slot for the key; what must go for it goes. Null: others do not give way to this port.
MacTable::Slot* MacTable::make_room(std::uint64_t key, PortId port, std::uint32_t now_ms, Entry& gave_way) noexcept {
  Slot* free_slot = nullptr;
  visit_places(key, [&](Slot& slot) noexcept {
    if (slot.key.load(std::memory_order_relaxed) == 0) free_slot = &slot;
    return free_slot != nullptr;
  });
  Slot* victim = nullptr;
  if (size() >= capacity_) {
    const PortId largest = holdings_.largest();
    const PortId holder = holdings_.count(largest) > holdings_.count(port) ? largest : port;
    victim = &region_.as<Slot>()[holdings_.oldest(holder)];
  } else if (free_slot == nullptr) {
    victim = fairest_victim(key, port);
  }
  if (victim == nullptr) return free_slot;
  if (!holdings_.disturb(port, now_ms)) return nullptr;
  gave_way = entry_of(victim->key.load(std::memory_order_relaxed), victim->place.load(std::memory_order_relaxed));
  take_out(*victim);
  if (free_slot != nullptr) return free_slot;
  visit_places(key, [&](Slot& slot) noexcept {
    if (slot.key.load(std::memory_order_relaxed) == 0) free_slot = &slot;
    return free_slot != nullptr;
  });
  return free_slot;
}

// Of the slots that the key may lie in: that of the port which holds most, its oldest; null when
// every one of them belongs to a port that holds less than this one.
MacTable::Slot* MacTable::fairest_victim(std::uint64_t key, PortId port) noexcept {
  Slot* victim = nullptr;
  const std::uint32_t own = holdings_.count(port);
  std::uint32_t most = own;
  visit_places(key, [&](Slot& slot) noexcept {
    const PortId holder = port_of(slot);
    const std::uint32_t count = holdings_.count(holder);
    if (count < most || (count == own && !(holder == port))) return false;
    const bool older = victim != nullptr && count == most &&
                       static_cast<std::int32_t>(static_cast<std::uint32_t>(slot.place.load(std::memory_order_relaxed)) -
                                                 static_cast<std::uint32_t>(victim->place.load(std::memory_order_relaxed))) < 0;
    if (victim == nullptr || count > most || older) victim = &slot;
    most = count;
    return false;
  });
  return victim;
}

void MacTable::take_out(Slot& slot) noexcept {
  slot.key.store(0, std::memory_order_release);
  holdings_.remove(port_of(slot), number_of(slot));
  size_.fetch_sub(1, std::memory_order_relaxed);
  version_.fetch_add(1, std::memory_order_acq_rel);
}

void MacTable::refresh(NetworkId network, const Mac& mac, PortId port, std::uint32_t now_ms) noexcept {
  const std::uint64_t key = key_of(network, mac);
  const SpinGuard guard(writers_);
  Slot* slot = find_slot(key);
  if (slot == nullptr || !(port_of(*slot) == port)) return;
  slot->place.store(place_of(port, now_ms), std::memory_order_release);
  holdings_.renew(port, number_of(*slot));
}

void MacTable::remove(Slot& slot, std::uint64_t key) noexcept {
  const SpinGuard guard(writers_);
  if (slot.key.load(std::memory_order_relaxed) == key) take_out(slot);
}

void MacTable::forget(NetworkId network, const Mac& mac) noexcept {
  const std::uint64_t key = key_of(network, mac);
  if (Slot* slot = find_slot(key); slot != nullptr) remove(*slot, key);
}

std::uint32_t MacTable::forget_port(PortId port) noexcept {
  std::uint32_t removed = 0;
  for (;; ++removed) {
    const SpinGuard guard(writers_);
    const std::uint32_t oldest = holdings_.oldest(port);
    if (oldest == MacHoldings::kNone) return removed;
    take_out(region_.as<Slot>()[oldest]);
  }
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
