// TapQueue: one queue of a TAP: frames with their virtio_net_hdr, read and written.
// Home: `receive` belongs to the worker that owns the queue; `transmit` may be called by any worker.
//
// A frame is read into a slot, and what does not fit there into the pool's spill buffer, by one readv.
// A TAP never says that it is full. To its worker a queue is a port, as a TAP of one queue is.
#pragma once
#include <atomic>
#include <cstdint>
#include <utility>
#include "base/unique_fd.hpp"
#include "port/port.hpp"

namespace vsw {

inline constexpr std::size_t kVirtioHeaderSize = 10;

class TapQueue final : public Port {
 public:
  TapQueue(UniqueFd fd, bool takes_udp) noexcept : fd_(std::move(fd)), takes_udp_(takes_udp) {}

  bool receive(Pool& pool, Batch& into) noexcept override;
  std::uint64_t transmit(std::span<Packet* const> packets) noexcept override;
  [[nodiscard]] PortInfo info() const noexcept override { return {true, true, true, takes_udp_, takes_udp_}; }
  [[nodiscard]] int wake_fd() const noexcept override { return fd_.get(); }
  [[nodiscard]] PortType type() const noexcept override { return PortType::kTap; }
  [[nodiscard]] bool gone() const noexcept override { return gone_.load(std::memory_order_relaxed); }

 private:
  UniqueFd fd_;
  const bool takes_udp_;
  std::atomic<bool> gone_{false};
};

}  // namespace vsw
