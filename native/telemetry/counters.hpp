// Counters: one page a worker, written by it alone, read by everybody without a call.
// Home: the page's worker writes; control and JavaScript read.
//
// A page is rows of 64-bit counters, one row a port: first the counters of counters.def, then for
// each drop reason its packets and bytes on the receive side, then the same for the transmit side.
// Pages are one anonymous mapping, touched lazily: a port that was never used costs nothing. A slot
// that is given to a new port is cleared by control after every worker passed a quiet moment;
// what it held goes into the row of port 0, the sum of all ports that are gone, so the law holds.
#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include "base/ids.hpp"
#include "base/region.hpp"

namespace vsw {

enum class DropReason : std::uint8_t {
  kNone,
#define DROP_REASON(name, sentence) k_##name,
#include "telemetry/drop_reasons.def"
#undef DROP_REASON
  kCount
};

enum class Counter : std::uint16_t {
#define COUNTER(name, sentence) k_##name,
#include "telemetry/counters.def"
#undef COUNTER
  kCount
};

[[nodiscard]] const char* name_of(DropReason reason) noexcept;      // "mac_spoofed"
[[nodiscard]] const char* sentence_of(DropReason reason) noexcept;

inline constexpr std::size_t kCounterCount = static_cast<std::size_t>(Counter::kCount);
inline constexpr std::size_t kDropReasonCount = static_cast<std::size_t>(DropReason::kCount);
// counters, then [receive, transmit] × reason × [packets, bytes]
inline constexpr std::size_t kRowLength = kCounterCount + 4 * kDropReasonCount;

// One worker's rows.
class CounterPage {
 public:
  CounterPage() noexcept = default;
  CounterPage(std::uint64_t* rows, std::uint32_t port_count) noexcept : rows_(rows), port_count_(port_count) {}

  void add(PortId port, Counter counter, std::uint64_t amount) noexcept {
    bump(row(port)[static_cast<std::size_t>(counter)], amount);
  }
  void drop_received(PortId port, DropReason reason, std::uint64_t packets, std::uint64_t bytes) noexcept {
    add(port, Counter::k_dropped_packets, packets);
    std::uint64_t* at = row(port) + kCounterCount + 2 * static_cast<std::size_t>(reason);
    bump(at[0], packets);
    bump(at[1], bytes);
  }
  void drop_transmitted(PortId port, DropReason reason, std::uint64_t packets, std::uint64_t bytes) noexcept {
    add(port, Counter::k_transmit_dropped_packets, packets);
    std::uint64_t* at = row(port) + kCounterCount + 2 * (kDropReasonCount + static_cast<std::size_t>(reason));
    bump(at[0], packets);
    bump(at[1], bytes);
  }

 private:
  friend class Counters;
  [[nodiscard]] std::uint64_t* row(PortId port) const noexcept { return rows_ + std::size_t{port.value} * kRowLength; }
  static void bump(std::uint64_t& counter, std::uint64_t amount) noexcept {
    std::atomic_ref<std::uint64_t> cell(counter);
    cell.store(cell.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
  }
  std::uint64_t* rows_ = nullptr;
  std::uint32_t port_count_ = 0;
};

class Counters {
 public:
  // Rows for port ids 0…port_count-1.
  Counters(std::uint32_t worker_count, std::uint32_t port_count);
  [[nodiscard]] CounterPage page(std::uint32_t worker) noexcept;
  [[nodiscard]] std::uint64_t read(PortId port, Counter counter) const noexcept;  // the sum over all workers
  [[nodiscard]] std::uint64_t read_drops(PortId port, DropReason reason, bool transmit) const noexcept;
  // Adds the port's row to that of port 0 and clears it. No worker may be writing to the row.
  void retire(PortId port) noexcept;
  // All pages: [worker][port][kRowLength].
  [[nodiscard]] std::span<std::uint64_t> cells() noexcept;
  [[nodiscard]] std::uint32_t worker_count() const noexcept { return worker_count_; }
  [[nodiscard]] std::uint32_t port_count() const noexcept { return port_count_; }

 private:
  Region region_;
  std::uint32_t worker_count_, port_count_;
};

}  // namespace vsw
