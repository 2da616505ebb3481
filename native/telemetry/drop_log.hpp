// DropLog: the last frames of each port that died, for `explain --last`.
// Home: the worker that dropped the frame writes; control reads.
//
// Eight entries a port, each with the reason and the start of the frame, and of one that died on its way out
// also whence it came; a port that is gone since is forgotten there, too. An entry is guarded by a
// sequence number that is odd while it is written, so a reader skips what it caught in the middle.
// A writer that meets another one in the same entry gives way: the log is a sample, counters are the
// truth.
#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include "base/ids.hpp"
#include "base/region.hpp"
#include "telemetry/counters.hpp"

namespace vsw {

class DropLog {
 public:
  static constexpr std::uint32_t kEntries = 8;
  static constexpr std::uint32_t kBytes = 160;  // of the frame's start

  struct Entry {
    std::uint64_t time_ns;
    std::uint32_t length;   // of the whole frame
    std::uint16_t stored;   // bytes of it in `bytes`
    DropReason reason;
    bool transmitted;       // it died on its way out of the port
    // Where a transmitted one came from; none: the switch made it, or that port is gone.
    PortId ingress;
    std::uint16_t packets;  // that the frame stood for
    std::uint64_t words[kBytes / 8];
  };

  explicit DropLog(std::uint32_t port_count) : region_(std::size_t{port_count} * sizeof(Ring)) {}

  void write(PortId port, DropReason reason, std::uint64_t time_ns, std::span<const std::byte> head,
             std::uint32_t length, std::uint16_t packets) noexcept {
    put(port, {time_ns, length, 0, reason, false, {}, packets, {}}, head);
  }
  // The frame came from `ingress` and died on its way out of `port`.
  void write_transmitted(PortId port, PortId ingress, DropReason reason, std::uint64_t time_ns,
                         std::span<const std::byte> head, std::uint32_t length, std::uint16_t packets) noexcept {
    put(port, {time_ns, length, 0, reason, true, ingress, packets, {}}, head);
  }

  // The entry written `ago` entries before the newest; false when there is none or it is being written.
  [[nodiscard]] bool read(PortId port, std::uint32_t ago, Entry& entry) const noexcept {
    const Ring& ring = region_.as<Ring>()[port.value];
    const std::uint32_t next = ring.next.load(std::memory_order_acquire);
    if (ago >= kEntries || ago >= next) return false;
    const Cell& cell = ring.cells[(next - 1 - ago) % kEntries];
    const std::uint32_t before = cell.sequence.load(std::memory_order_acquire);
    if ((before & 1) != 0 || before == 0) return false;
    std::uint64_t words[kWords];
    for (std::size_t i = 0; i < kWords; ++i) words[i] = cell.words[i].load(std::memory_order_acquire);
    if (cell.sequence.load(std::memory_order_relaxed) != before) return false;
    std::memcpy(&entry, words, sizeof entry);
    const Ring& origin = region_.as<Ring>()[entry.ingress.value];
    if (entry.time_ns <= origin.forgotten_ns.load(std::memory_order_acquire)) entry.ingress = {};
    return true;
  }

  // Forgets a port that is gone, so that its slot's next owner does not inherit its dead. No worker may
  // be writing to it.
  void forget(PortId port, std::uint64_t now_ns) noexcept {
    Ring& ring = region_.as<Ring>()[port.value];
    ring.forgotten_ns.store(now_ns, std::memory_order_release);
    ring.next.store(0, std::memory_order_relaxed);
    for (Cell& cell : ring.cells) cell.sequence.store(0, std::memory_order_relaxed);
  }

 private:
  static constexpr std::size_t kWords = sizeof(Entry) / 8;
  static_assert(sizeof(Entry) % 8 == 0);
  struct Cell {
    std::atomic<std::uint32_t> sequence;
    std::atomic<std::uint64_t> words[kWords];
  };
  struct Ring {
    std::atomic<std::uint32_t> next;
    std::atomic<std::uint64_t> forgotten_ns;  // when the slot's owner before went
    Cell cells[kEntries];
  };
  void put(PortId port, Entry entry, std::span<const std::byte> head) noexcept {
    Ring& ring = region_.as<Ring>()[port.value];
    Cell& cell = ring.cells[ring.next.fetch_add(1, std::memory_order_relaxed) % kEntries];
    std::uint32_t sequence = cell.sequence.load(std::memory_order_relaxed);
    if ((sequence & 1) != 0 || !cell.sequence.compare_exchange_strong(sequence, sequence + 1, std::memory_order_acquire))
      return;
    entry.stored = static_cast<std::uint16_t>(head.size() < kBytes ? head.size() : kBytes);
    if (entry.stored > 0) std::memcpy(entry.words, head.data(), entry.stored);
    std::uint64_t words[kWords];
    std::memcpy(words, &entry, sizeof entry);
    // Release: who sees one of these words sees the odd number, too.
    for (std::size_t i = 0; i < kWords; ++i) cell.words[i].store(words[i], std::memory_order_release);
    cell.sequence.store(sequence + 2, std::memory_order_release);
  }

  Region region_;
};

}  // namespace vsw
