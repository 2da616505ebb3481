// Worker: one thread that owns port queues and runs each batch to completion.
// Home: worker; control reaches it through its mailbox alone.
//
// Receive, parse, look up, judge, transmit, and report a quiet moment: nothing is handed to another
// thread. A worker without a thread is driven: `drive` does the same until nothing waits any more,
// which makes tests deterministic. Letters are handled at the top of the loop and counted: the epoch
// alone says nothing of them, since a worker that sleeps passes every epoch and reads nothing.
#pragma once
#include <atomic>
#include <cstdint>
#include <span>
#include "base/region.hpp"
#include "base/spsc_ring.hpp"
#include "packet/pool.hpp"
#include "telemetry/events.hpp"
#include "worker/busy_ports.hpp"
#include "worker/fabric.hpp"
#include "worker/forwarder.hpp"
#include "worker/idle.hpp"
#include "worker/loop_guard.hpp"

namespace vsw {

struct Letter {
  enum class Kind : std::uint8_t { kAttach, kDetach, kFlushFlows, kStop };
  Kind kind = Kind::kAttach;
  PortId port;             // kFlushFlows: none for all
  Port* device = nullptr;
};

class Worker {
 public:
  Worker(Fabric& fabric, std::uint32_t index);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // The thread's whole life: until a kStop letter.
  void run() noexcept;
  // For a worker without a thread: handles letters, then moves frames until every port is drained;
  // at most `frames_max`. The number of frames.
  std::uint32_t drive(std::uint32_t frames_max) noexcept;
  // For a worker without a thread: handles letters and moves nothing.
  void read_letters() noexcept;
  // Ages everything at once; for a virtual clock.
  void age_all() noexcept;

  // From control. A full mailbox is waited for; it is emptied at every turn of the loop.
  [[nodiscard]] bool send(const Letter& letter) noexcept { return mailbox_.push(letter); }
  // How many letters were handled so far.
  [[nodiscard]] std::uint64_t letters_handled() const noexcept {
    return letters_handled_.load(std::memory_order_acquire);
  }
  void wake() noexcept;
  [[nodiscard]] EventRing& events() noexcept { return events_; }

 private:
  static constexpr std::uint32_t kBatchesPerTurn = 8;
  static constexpr std::uint64_t kHousekeepingNs = 100'000'000;
  static constexpr std::uint64_t kAskEveryNs = 20'000;  // how long busy ports may keep epoll unasked

  void handle_letters() noexcept;
  std::uint32_t serve_busy() noexcept;
  std::uint32_t serve_ready(std::span<const std::uint32_t> tokens) noexcept;
  std::uint32_t serve(PortId port, bool& drained) noexcept;
  void keep_house(std::uint64_t now_ns) noexcept;
  void sweep(std::uint32_t flows, std::uint32_t mac_buckets) noexcept;
  template <class Key>
  void sweep_flows(FlowCache<Key>& cache, std::uint32_t count, PortId only, bool everything) noexcept;
  [[nodiscard]] int sleep_ms() const noexcept;
  [[nodiscard]] Port*& device(PortId port) noexcept { return devices_.as<Port*>()[port.value]; }
  [[nodiscard]] int& watched_fd(PortId port) noexcept { return fds_.as<int>()[port.value]; }

  Fabric& fabric_;
  const std::uint32_t index_;
  Pool pool_;
  EventRing events_;
  Forwarder forwarder_;
  LoopGuard loop_guard_;
  Batch batch_;
  SpscRing<Letter, 1 << 17> mailbox_;   // an attach and a detach for every port there can be
  Idle idle_;
  BusyPorts busy_;
  Region devices_, fds_, attached_;    // by PortId; the ids attached, in order
  std::uint32_t attached_count_ = 0;
  std::atomic<std::uint64_t> letters_handled_{0};
  std::uint32_t mac_cursor_ = 0;
  std::uint64_t housekeeping_due_ns_ = 0;
  std::uint64_t now_ns_ = 0;  // when the last batch was received
  bool stopped_ = false;
};

}  // namespace vsw
