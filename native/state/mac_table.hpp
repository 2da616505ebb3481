// MacTable: which port a MAC was last heard at, for MACs that nobody declared.
// Shared: every worker looks up; writers keep each other out by one spin lock.
//
// Fixed memory, position-independent: buckets of four slots in one cache line, two buckets a MAC. A
// slot is two words: the key (network and MAC), and where and when it was heard. Readers take no
// lock: they read key, word, key again. A port may hold `macs_max` MACs; beyond that nothing is
// learned for it, so one port cannot push out another's. `version` grows whenever a MAC moves or
// goes: flows compare it to know that what they forward to may have changed.
//
// Times are milliseconds of the switch's clock, modulo 2^32.
#pragma once
#include <atomic>
#include <cstdint>
#include "base/hash.hpp"
#include "base/ids.hpp"
#include "base/region.hpp"
#include "base/spin_lock.hpp"
#include "wire/mac.hpp"

namespace vsw {

class MacTable {
 public:
  struct Entry {
    NetworkId network;
    Mac mac;
    PortId port;
    std::uint32_t heard_ms = 0;
  };
  enum class Learned : std::uint8_t { kKnown, kNew, kMoved, kRefused };

  MacTable(std::uint32_t capacity, HashSeed seed);

  // The port, or none.
  [[nodiscard]] PortId find(NetworkId network, const Mac& mac) const noexcept;
  // Heard `mac` at `port`. When it moved, `from` is where it was. kRefused: the port's share or both
  // buckets are full.
  Learned learn(NetworkId network, const Mac& mac, PortId port, std::uint32_t now_ms, std::uint32_t macs_max,
                PortId& from) noexcept;
  // Heard again where it is known to be; no effect when it is not.
  void refresh(NetworkId network, const Mac& mac, PortId port, std::uint32_t now_ms) noexcept;
  // Removes this one, wherever it was heard: it was declared, and is learned no more.
  void forget(NetworkId network, const Mac& mac) noexcept;
  // Removes what matches (a zero id or MAC matches all); how many.
  std::uint32_t flush(NetworkId network, PortId port, const Mac& mac) noexcept;

  // Calls `expired(entry) -> bool` for the entries of some buckets from `cursor` on, removes those for
  // which it is true, and moves the cursor; visits at most `buckets`.
  template <class Expired>
  void sweep(std::uint32_t& cursor, std::uint32_t buckets, Expired&& expired) noexcept {
    if (buckets > bucket_count_) buckets = bucket_count_;
    for (std::uint32_t i = 0; i < buckets; ++i, cursor = (cursor + 1) % bucket_count_)
      for (Slot& slot : this->buckets()[cursor].slots) {
        const std::uint64_t key = slot.key.load(std::memory_order_acquire);
        if (key != 0 && expired(entry_of(key, slot.place.load(std::memory_order_relaxed)))) remove(slot, key);
      }
  }
  template <class Visit>
  void visit(Visit&& visit_entry) const noexcept {
    for (std::uint32_t i = 0; i < bucket_count_; ++i)
      for (const Slot& slot : buckets()[i].slots) {
        const std::uint64_t key = slot.key.load(std::memory_order_acquire);
        const std::uint64_t place = slot.place.load(std::memory_order_acquire);
        if (key != 0 && slot.key.load(std::memory_order_relaxed) == key) visit_entry(entry_of(key, place));
      }
  }

  [[nodiscard]] std::uint32_t version() const noexcept { return version_.load(std::memory_order_acquire); }
  [[nodiscard]] std::uint32_t size() const noexcept { return size_.load(std::memory_order_relaxed); }
  // Learned MACs that the port holds.
  [[nodiscard]] std::uint32_t held(PortId port) const noexcept {
    return held_.as<std::atomic<std::uint32_t>>()[port.value].load(std::memory_order_relaxed);
  }
  [[nodiscard]] std::uint32_t bucket_count() const noexcept { return bucket_count_; }

 private:
  struct Slot {
    std::atomic<std::uint64_t> key;    // network << 48 | MAC; 0 is free
    std::atomic<std::uint64_t> place;  // port << 32 | heard_ms
  };
  struct alignas(64) Bucket {
    Slot slots[4];
  };

  [[nodiscard]] static std::uint64_t key_of(NetworkId network, const Mac& mac) noexcept {
    return std::uint64_t{network.value} << 48 | mac.number();
  }
  [[nodiscard]] static std::uint64_t place_of(PortId port, std::uint32_t heard_ms) noexcept {
    return std::uint64_t{port.value} << 32 | heard_ms;
  }
  [[nodiscard]] static Entry entry_of(std::uint64_t key, std::uint64_t place) noexcept {
    return {NetworkId{static_cast<std::uint16_t>(key >> 48)}, Mac::from_number(key & 0xffff'ffff'ffffull),
            PortId{static_cast<std::uint16_t>(place >> 32)}, static_cast<std::uint32_t>(place)};
  }
  [[nodiscard]] Bucket* buckets() const noexcept { return region_.as<Bucket>(); }
  [[nodiscard]] Slot* find_slot(std::uint64_t key) const noexcept;
  void remove(Slot& slot, std::uint64_t key) noexcept;
  [[nodiscard]] std::atomic<std::uint32_t>& held_by(PortId port) noexcept {
    return held_.as<std::atomic<std::uint32_t>>()[port.value];
  }

  Region region_, held_;
  HashSeed seed_;
  std::uint32_t bucket_count_;
  SpinLock writers_;
  std::atomic<std::uint32_t> version_{0}, size_{0};
};

}  // namespace vsw
