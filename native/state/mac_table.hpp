// MacTable: which port a MAC was last heard at, for MACs that nobody declared.
// Shared: every worker looks up; writers keep each other out by one spin lock.
//
// Fixed memory, position-independent: buckets of four slots in one cache line, two buckets a MAC, four
// slots for each MAC that there may be. A slot is two words: the key (network and MAC), and where and
// when it was heard. Readers take no lock: they read key, word, key again. `version` grows whenever a
// MAC moves or goes: flows compare it to know that what they forward to may have changed.
//
// Who suffers. A port may hold `macs_max` MACs; beyond that nothing is learned for it, so a port at its
// own limit replaces nothing of others. When the whole table is full, the port that holds most MACs
// gives way, its oldest first; the same among the eight slots that a MAC may lie in, when those are
// full. A MAC may move kMovesMax times within kFlapWindowMs; then it flaps: it stays where it is for as
// long again. kMovesMax is even, so where two ports fight over a MAC the one that had it keeps it. And
// a port that disturbs the table too often (mac_holdings.hpp) learns only what disturbs nobody.
//
// Times are milliseconds of the switch's clock, modulo 2^32.
#pragma once
#include <atomic>
#include <cstdint>
#include "base/hash.hpp"
#include "base/ids.hpp"
#include "base/region.hpp"
#include "base/spin_lock.hpp"
#include "state/mac_holdings.hpp"
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
  enum class Learned : std::uint8_t {
    kKnown,
    kNew,
    kMoved,
    kRefused,      // the port's share is used up
    kMoveRefused,  // it moved too often, and stays where it is
    kFlapping,     // the same, for the first time in this window
  };
  static constexpr std::uint32_t kMovesMax = 4;
  static constexpr std::uint32_t kFlapWindowMs = 10'000;

  MacTable(std::uint32_t capacity, HashSeed seed);

  // The port, or none.
  [[nodiscard]] PortId find(NetworkId network, const Mac& mac) const noexcept;
  // Heard `mac` at `port`. When it was known elsewhere, `from` is where. `gave_way` is the MAC that made
  // room for it; its port is none when nothing had to.
  Learned learn(NetworkId network, const Mac& mac, PortId port, std::uint32_t now_ms, std::uint32_t macs_max,
                PortId& from, Entry& gave_way) noexcept;
  Learned learn(NetworkId network, const Mac& mac, PortId port, std::uint32_t now_ms, std::uint32_t macs_max,
                PortId& from) noexcept {
    Entry gave_way{};
    return learn(network, mac, port, now_ms, macs_max, from, gave_way);
  }
  // Heard again where it is known to be; no effect when it is not.
  void refresh(NetworkId network, const Mac& mac, PortId port, std::uint32_t now_ms) noexcept;
  // Removes this one, wherever it was heard: it was declared, and is learned no more.
  void forget(NetworkId network, const Mac& mac) noexcept;
  // Removes all that the port holds, in no more steps than that; how many.
  std::uint32_t forget_port(PortId port) noexcept;
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
  // Something else that verdicts rest on has changed: flows shall compare their grounds once.
  void touch() noexcept { version_.fetch_add(1, std::memory_order_acq_rel); }
  // Learned MACs that the port holds.
  [[nodiscard]] std::uint32_t held(PortId port) const noexcept { return holdings_.count(port); }
  [[nodiscard]] std::uint32_t bucket_count() const noexcept { return bucket_count_; }

 private:
  static constexpr std::uint32_t kSlots = 4;
  struct Slot {
    std::atomic<std::uint64_t> key;    // network << 48 | MAC; 0 is free
    std::atomic<std::uint64_t> place;  // port << 32 | heard_ms
  };
  struct alignas(64) Bucket {
    Slot slots[kSlots];
  };
  static_assert(sizeof(Bucket) == kSlots * sizeof(Slot));  // so slots can be numbered through
  struct Moves {
    std::uint32_t since_ms;  // when the window began, or since when it is held
    std::uint16_t count;
    std::uint16_t held;
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
  [[nodiscard]] std::uint32_t number_of(const Slot& slot) const noexcept {
    return static_cast<std::uint32_t>(&slot - region_.as<Slot>());
  }
  [[nodiscard]] static PortId port_of(const Slot& slot) noexcept {
    return PortId{static_cast<std::uint16_t>(slot.place.load(std::memory_order_relaxed) >> 32)};
  }
  // Only with the lock held:
  [[nodiscard]] Learned count_move(Moves& moves, PortId port, std::uint32_t now_ms) noexcept;
  [[nodiscard]] Slot* make_room(std::uint64_t key, PortId port, std::uint32_t now_ms, Entry& gave_way) noexcept;
  [[nodiscard]] Slot* fairest_victim(std::uint64_t key, PortId port) noexcept;
  void take_out(Slot& slot) noexcept;
  template <class Visit>
  void visit_places(std::uint64_t key, Visit&& visit_slot) const noexcept {
    const std::uint64_t hash = hash_words(seed_, key, 0);
    const auto first = static_cast<std::uint32_t>(hash);
    const auto second = first ^ (static_cast<std::uint32_t>(hash >> 32) | 1);  // another one
    for (const std::uint32_t at : {first, second})
      for (Slot& slot : buckets()[at & (bucket_count_ - 1)].slots)
        if (visit_slot(slot)) return;
  }

  HashSeed seed_;
  std::uint32_t capacity_, bucket_count_;
  Region region_, moves_;
  MacHoldings holdings_;
  SpinLock writers_;
  std::atomic<std::uint32_t> version_{0}, size_{0};
};

}  // namespace vsw
