// CaptureTap: copies of frames, with their fate, for whoever looks on right now.
// Shared: workers write each to a ring of its own; control starts, reads and ends.
//
// Off, it costs one load a batch. A session has a filter and a ring a worker: 4 MiB of records, published
// at the end of a batch. A full ring loses the newest and counts it; no worker ever waits for a reader. A
// session is taken out of sight first, and freed when every worker passed a quiet moment.
#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>
#include "base/ids.hpp"
#include "base/region.hpp"
#include "packet/packet.hpp"
#include "telemetry/counters.hpp"
#include "wire/ip.hpp"

namespace vsw {

struct CaptureFilter {
  PortId port{};                         // none: every port
  bool received = true, transmitted = true;
  bool only_dropped = false;
  DropReason reason = DropReason::kNone; // with only_dropped; none: whatever reason
  Ip host{};                             // ::, any; otherwise the source or destination, in ARP the sender or target
  std::uint8_t protocol = 0;             // of IP; 0: any
  std::uint16_t transport_port = 0;      // source or destination; 0: any
  std::uint16_t ether_type = 0;          // 0: any

  [[nodiscard]] bool wants(PortId at, const Packet& packet, bool is_transmitted, DropReason fate) const noexcept;
};

struct CaptureRecord {
  std::uint64_t time_ns = 0;
  std::uint32_t length = 0, stored = 0;
  PortId port;
  DropReason fate = DropReason::kNone;
  bool transmitted = false;
  Offload offload;
};

class CaptureRing {
 public:
  static constexpr std::size_t kBytes = std::size_t{4} << 20;

  CaptureRing() : region_(kBytes) {}
  void write(const CaptureRecord& record, const Packet& packet) noexcept;
  void publish() noexcept { written_.store(staged_, std::memory_order_release); }
  // For the reader: false when there is nothing. `bytes` is filled with what was stored.
  [[nodiscard]] bool read(CaptureRecord& record, std::vector<std::byte>& bytes) {
    if (taken_ == written_.load(std::memory_order_acquire)) return false;
    take(&record, sizeof record);
    bytes.resize(record.stored);
    take(bytes.data(), record.stored);
    read_.store(taken_, std::memory_order_release);
    return true;
  }
  [[nodiscard]] std::uint64_t lost() const noexcept { return lost_.load(std::memory_order_relaxed); }

 private:
  void put(const void* from, std::size_t size) noexcept;
  void take(void* to, std::size_t size) noexcept;

  Region region_;
  std::uint64_t staged_ = 0;  // the worker's
  std::uint64_t taken_ = 0;   // the reader's
  alignas(64) std::atomic<std::uint64_t> written_{0};
  alignas(64) std::atomic<std::uint64_t> read_{0};
  std::atomic<std::uint64_t> lost_{0};
};

struct CaptureSession {
  CaptureSession(const CaptureFilter& wanted, std::uint32_t snapshot, std::uint32_t workers)
      : filter(wanted), snapshot_length(snapshot), rings(workers) {}
  const CaptureFilter filter;
  const std::uint32_t snapshot_length;
  std::vector<CaptureRing> rings;  // by worker
};

class CaptureTap {
 public:
  static constexpr std::uint32_t kSessionsMax = 4;

  [[nodiscard]] bool active() const noexcept { return active_.load(std::memory_order_relaxed) != 0; }
  // The frame as the port's wire has it, tags and all. `fate` kNone: it went on.
  void write(std::uint32_t worker, PortId port, const Packet& packet, bool transmitted, DropReason fate,
             std::uint64_t now_ns) noexcept;
  void publish(std::uint32_t worker) noexcept;

  // From control. `slot` is below kSessionsMax; null takes the session out of sight.
  void show(std::uint32_t slot, CaptureSession* session) noexcept;

 private:
  std::array<std::atomic<CaptureSession*>, kSessionsMax> sessions_{};
  std::atomic<std::uint32_t> active_{0};
};

}  // namespace vsw
