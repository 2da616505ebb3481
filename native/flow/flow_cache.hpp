// FlowCache: every frame's first and, in the steady state, only lookup.
// Shared: workers look up without a lock; the counters of a direction have one writer at a time, the worker
// of the queue that its frames come by (flow/turn.hpp); records belong to the worker that made them.
//
// What it is. An index of buckets, each one cache line of eight 16-bit tags and eight record numbers,
// over a pool of records. A key has two buckets; the second follows from the first and the tag, so an
// entry can be moved without its key (partial-key cuckoo: Fan, Andersen, Kaminsky, "MemC3", NSDI 2013).
// A record is two cache lines for IPv4 and three for IPv6: the key, what was decided, the connection's
// state, and for both directions counters and times. So one index line and the record are all that a packet touches.
//
// What it promises. Fixed memory, no pointers inside. A record's key and ends never change once
// it can be found: who wants others makes a new record. A record that was taken out is reused only
// after the epoch passed. When both buckets are full one entry is moved, and if that is not possible
// the stalest of them gives way.
//
// Insertion and removal lock the one or two buckets concerned; a reader that looks in the middle of a
// move may miss an entry that is there. It then takes the slow path, and the insertion at its end
// finds the entry.
#pragma once
#include <atomic>
#include <cstdint>
#include <cstring>
#include "action/program.hpp"
#include "base/epoch.hpp"
#include "base/ids.hpp"
#include "base/relaxed.hpp"
#include "base/region.hpp"
#include "base/spin_lock.hpp"
#include "flow/flow_end.hpp"
#include "flow/flow_key.hpp"
#include "flow/turn.hpp"
#include "state/connection.hpp"

namespace vsw {

// As a record has room for it.
[[nodiscard]] inline std::uint32_t number_of(GenerationId generation) noexcept {
  return static_cast<std::uint32_t>(generation.value);
}

// What was decided about a flow whose connection is tracked.
struct Marks {
  static constexpr std::uint8_t kTracked = 1;   // `connection` is part of what is asked of each frame
  static constexpr std::uint8_t kDenied = 2;    // rules allowed it once, and do not any more
  static constexpr std::uint8_t kReject = 4;    // denied, and who sends is told
  static constexpr std::uint8_t kByEgress = 8;  // denied by the initiator's egress, otherwise by the receiver's ingress
  static constexpr std::uint8_t kKeep = 16;     // allowed: it outlives the rules that allowed it
  static constexpr std::uint8_t kLog = 16;      // denied: the rule wants it told; in the bit that nobody else needs then
  static constexpr std::uint8_t kKill = 32;     // both ends are told when they do so no more
};

// What a verdict rests on, as one word: equal means that nothing at all changed. In a record the word says besides,
// in its lowest byte, of which ends the frames were judged (what the sender's stages say of one end says nothing of the
// other, so the first reply takes the slow path, too), and the marks. All of it is one word, so that whoever looks
// at a record sees what was decided under one generation, and who writes for an earlier one fails.
struct Grounds {
  static constexpr std::uint64_t kJudged = 3, kAbout = 0xff;
  std::uint64_t word = 0;
  [[nodiscard]] static Grounds of(GenerationId generation, std::uint32_t taught_version) noexcept {
    return {generation.value << 32 | std::uint64_t{taught_version & 0xff'ffff} << 8};
  }
  [[nodiscard]] static constexpr std::uint64_t judged(std::size_t side) noexcept { return std::uint64_t{1} << side; }
  [[nodiscard]] static constexpr std::uint64_t about(std::uint8_t marks, std::uint64_t judged) noexcept {
    return std::uint64_t{marks} << 2 | judged;
  }
  [[nodiscard]] std::uint32_t generation() const noexcept { return static_cast<std::uint32_t>(word >> 32); }
  [[nodiscard]] std::uint8_t marks() const noexcept { return static_cast<std::uint8_t>((word & kAbout) >> 2); }
  // Whether a record that says `other` was found true under these grounds.
  [[nodiscard]] bool same_as(std::uint64_t other) const noexcept { return ((word ^ other) & ~kAbout) == 0; }
  // The same, and the frames of this side were judged.
  [[nodiscard]] bool speak_for(std::uint64_t other, std::size_t side) const noexcept {
    return ((word ^ other) & (~kAbout | judged(side))) == judged(side);
  }
};

template <class Key>
struct alignas(64) Flow {
  struct Direction {
    std::atomic<std::uint64_t> packets, bytes;
    // For the direction's one writer: a read and a write, not a locked instruction.
    void count(std::uint64_t more_packets, std::uint64_t more_bytes) noexcept {
      packets.store(packets.load(std::memory_order_relaxed) + more_packets, std::memory_order_relaxed);
      bytes.store(bytes.load(std::memory_order_relaxed) + more_bytes, std::memory_order_relaxed);
    }
  };
  Key key;
  std::atomic<std::uint64_t> confirmed;  // Grounds under which it was last found true, and what they say of it
  FlowEnd end[2];                        // in the order of the key's sides
  Program::Action action;                // kOutput or kFlood
  FloodSet flood_set;
  std::uint8_t initiator;                // the end whose frame was judged first
  std::atomic<std::uint8_t> live;        // can be found
  Relaxed<std::uint32_t> rule;           // that decides about it
  std::uint32_t created_ms;
  Turn turn[2];                          // to write a direction whose port has several queues
  union {
    TrackedConnection connection;               // of kOutput; zero as long as it is not tracked
    std::uint32_t flood_group;           // of a kGroup flood: the group's number, 0 for none
  };
  Direction direction[2];
  std::atomic<std::uint32_t> heard_ms[2];

  Flow() noexcept : key{}, connection{} {}
  // It may be forgotten when there is no room: what has no state, and connections that are not established.
  [[nodiscard]] bool may_give_way() const noexcept {
    const std::uint8_t marks = Grounds{confirmed.load(std::memory_order_relaxed)}.marks();
    return (marks & Marks::kTracked) == 0 || (marks & Marks::kDenied) != 0 ||
           connection.state(key.protocol) != ConnectionState::k_established;
  }
  [[nodiscard]] std::uint32_t group() const noexcept { return action == Program::Action::kFlood ? flood_group : 0; }
  // One answer of all bits: they are nearly always equal, and a branch for each would be one too many.
  [[nodiscard]] bool matches(const Key& other, std::size_t side, const FrameEnds& ends) const noexcept {
    return (difference(key, other) | ends.difference(end[side], end[side ^ 1])) == 0;
  }
  // An end that was silent for weeks follows, so that the two stay comparable when milliseconds go round.
  void heard(std::size_t side, std::uint32_t now_ms) noexcept {
    constexpr std::uint32_t kBehindMax = 1u << 30;
    heard_ms[side].store(now_ms, std::memory_order_relaxed);
    if (now_ms - heard_ms[side ^ 1].load(std::memory_order_relaxed) - kBehindMax < kBehindMax) [[unlikely]]
      heard_ms[side ^ 1].store(now_ms - kBehindMax, std::memory_order_relaxed);
  }
  [[nodiscard]] std::uint32_t last_heard_ms() const noexcept {
    const std::uint32_t first = heard_ms[0].load(std::memory_order_relaxed);
    const std::uint32_t second = heard_ms[1].load(std::memory_order_relaxed);
    return static_cast<std::int32_t>(first - second) > 0 ? first : second;
  }
};
using Flow4 = Flow<FlowKey4>;
using Flow6 = Flow<FlowKey6>;
static_assert(sizeof(Flow4) == 128 && sizeof(Flow6) == 192);

template <class Key>
class FlowCache {
 public:
  using Record = Flow<Key>;
  static constexpr std::uint32_t kNone = 0;  // no record; record numbers start at 1

  // `capacity` records, in `worker_count` equal parts.
  FlowCache(std::uint32_t capacity, std::uint32_t worker_count, Epoch& epoch);

  void prefetch_bucket(std::uint64_t hash) const noexcept { __builtin_prefetch(&buckets()[first_bucket(hash)]); }
  // The first record that may be the one; prefetches it. 0: surely none, unless one is being moved.
  [[nodiscard]] std::uint32_t candidate(std::uint64_t hash) const noexcept {
    const std::uint16_t tag = tag_of(hash);
    const std::uint32_t first = first_bucket(hash);
    std::uint32_t found = buckets()[first].first_with(tag);
    if (found == kNone) found = buckets()[other_bucket(first, tag)].first_with(tag);
    if (found != kNone) {
      __builtin_prefetch(&record(found));
      __builtin_prefetch(reinterpret_cast<const char*>(&record(found)) + 64);
    }
    return found;
  }
  template <class Wanted>
  [[nodiscard]] std::uint32_t find(std::uint64_t hash, Wanted&& wanted) const noexcept {
    const std::uint16_t tag = tag_of(hash);
    const std::uint32_t first = first_bucket(hash);
    for (const std::uint32_t at : {first, other_bucket(first, tag)})
      for (std::uint32_t slot = 0; slot < kSlots; ++slot) {
        const Bucket& bucket = buckets()[at];
        if (bucket.tag(slot) != tag) continue;
        const std::uint32_t number = bucket.number[slot].load(std::memory_order_acquire);
        if (number != kNone && wanted(record(number))) return number;
      }
    return kNone;
  }
  [[nodiscard]] Record& record(std::uint32_t number) const noexcept { return records_.as<Record>()[number]; }

  // A record to fill in, of the worker's part; kNone when it has none left. It cannot be found yet.
  [[nodiscard]] std::uint32_t take(std::uint32_t worker) noexcept;
  // Makes a filled record findable. When an equal one (`same(record)`) is there already, that one's
  // number is answered and the new one goes back; otherwise `number`. kNone: no room; it went back too.
  template <class Same>
  std::uint32_t insert(std::uint32_t worker, std::uint32_t number, std::uint64_t hash, Same&& same) noexcept;
  // Takes the record out of sight. Any worker may; its owner puts it up for reuse at its next sweep.
  void remove(std::uint32_t number, std::uint64_t hash) noexcept;

  // Visits up to `count` of the worker's records from its cursor on: removes those for which
  // `expired(record)` is true, and tells `released` of each record that was removed, by whomever.
  template <class HashOf, class Expired, class Released>
  void sweep(std::uint32_t worker, std::uint32_t count, HashOf&& hash_of, Expired&& expired,
             Released&& released) noexcept;
  // How many record numbers the worker ever used: what a whole sweep visits.
  [[nodiscard]] std::uint32_t used(std::uint32_t worker) const noexcept {
    return parts_[worker].used.load(std::memory_order_acquire);
  }
  // For a reader of the epoch that is awake: what it visits is not used again before its next quiet moment.
  template <class Visit>
  void visit(Visit&& visit_record) const noexcept {
    for (std::uint32_t worker = 0; worker < worker_count_; ++worker)
      for (std::uint32_t i = 0; i < used(worker); ++i) {
        const std::uint32_t number = 1 + worker * part_size_ + i;
        if (record(number).live.load(std::memory_order_acquire) == kLive) visit_record(number, record(number));
      }
  }
  // Whether few of the worker's records are left, so that it should let go what it can spare.
  [[nodiscard]] bool is_scarce(std::uint32_t worker) const noexcept {
    return parts_[worker].free == kNone && part_size_ - used(worker) < part_size_ / 32 + 1;
  }
  // How many of the worker's records are not in use. For the worker.
  [[nodiscard]] std::uint32_t left(std::uint32_t worker) const noexcept {
    return part_size_ - used(worker) + parts_[worker].free_count;
  }
  // Takes the stalest of `count` of the worker's records out of sight, counted from a cursor of its own, that
  // `may_go`, and tells `released` of it. False: there was none.
  template <class HashOf, class MayGo, class Released>
  bool evict(std::uint32_t worker, std::uint32_t count, HashOf&& hash_of, MayGo&& may_go, Released&& released) noexcept;
  [[nodiscard]] std::uint32_t capacity() const noexcept { return part_size_ * worker_count_; }
  [[nodiscard]] std::uint32_t size() const noexcept { return size_.load(std::memory_order_relaxed); }

 private:
  static constexpr std::uint32_t kSlots = 8;
  enum : std::uint8_t { kFree = 0, kTaken = 1, kLive = 2, kRemoved = 3 };

  struct alignas(64) Bucket {
    std::atomic<std::uint64_t> tags[2];  // eight tags of 16 bits; 0 is free
    std::atomic<std::uint32_t> number[kSlots];
    SpinLock lock;

    [[nodiscard]] std::uint16_t tag(std::uint32_t slot) const noexcept {
      return static_cast<std::uint16_t>(tags[slot / 4].load(std::memory_order_acquire) >> slot % 4 * 16);
    }
    [[nodiscard, gnu::always_inline]] inline std::uint32_t first_with(std::uint16_t wanted) const noexcept;
    // Only with the lock held:
    void set(std::uint32_t slot, std::uint16_t tag, std::uint32_t record_number) noexcept {
      if (tag != 0) number[slot].store(record_number, std::memory_order_release);
      std::atomic<std::uint64_t>& word = tags[slot / 4];
      const unsigned shift = slot % 4 * 16;
      const std::uint64_t others = word.load(std::memory_order_relaxed) & ~(std::uint64_t{0xffff} << shift);
      word.store(others | std::uint64_t{tag} << shift, std::memory_order_release);
      if (tag == 0) number[slot].store(kNone, std::memory_order_release);
    }
    [[nodiscard]] std::uint32_t free_slot() const noexcept {
      for (std::uint32_t slot = 0; slot < kSlots; ++slot)
        if (tag(slot) == 0) return slot;
      return kSlots;
    }
  };
  static_assert(sizeof(Bucket) == 64);

  struct alignas(64) Part {
    std::atomic<std::uint32_t> used;
    std::uint32_t free, retired_first, retired_last;  // lists through Link::next
    std::uint32_t free_count;
    std::uint32_t cursor, eviction_cursor;
  };

  [[nodiscard]] Bucket* buckets() const noexcept { return index_.as<Bucket>(); }
  [[nodiscard]] std::uint32_t first_bucket(std::uint64_t hash) const noexcept {
    return static_cast<std::uint32_t>(hash >> 32) & bucket_mask_;
  }
  [[nodiscard]] std::uint32_t other_bucket(std::uint32_t bucket, std::uint16_t tag) const noexcept {
    return (bucket ^ (tag * 0x9e37'79b1u)) & bucket_mask_;
  }
  [[nodiscard]] static std::uint16_t tag_of(std::uint64_t hash) noexcept {
    return static_cast<std::uint16_t>(hash | 1);  // never 0
  }
  void lock_pair(std::uint32_t first, std::uint32_t second) noexcept;
  void unlock_pair(std::uint32_t first, std::uint32_t second) noexcept;
  bool make_room(std::uint32_t full) noexcept;  // false: nothing there may give way
  void retire(Part& part, std::uint32_t number) noexcept;
  void recycle(Part& part) noexcept;

  // Of a record that is not in use: its next in a list of its owner, and the epoch that must pass. Not part of the
  // record: who found it before it was taken out of sight may still write there.
  struct Link {
    std::uint64_t retired;
    std::uint32_t next;
  };
  [[nodiscard]] Link& link(std::uint32_t number) const noexcept { return links_.as<Link>()[number]; }

  Region index_, records_, links_, part_region_;
  Part* parts_;
  Epoch& epoch_;
  std::uint32_t bucket_mask_, part_size_, worker_count_;
  std::atomic<std::uint32_t> size_{0};
};

}  // namespace vsw
#include "flow/flow_cache_inline.hpp"
