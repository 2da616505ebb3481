// FaultPort: a port around a port: loses, repeats, delays and corrupts frames, by seed.
// Home: its worker receives, any worker transmits; a mutex keeps them apart.
//
// What becomes of the n-th frame of a direction follows from the seed, the direction and n alone, so a
// story can be told again, however its frames are cut into batches. A frame is what the port carries: a
// super-frame is lost, repeated or corrupted as one. Order is kept; a delay is the same for every frame.
//
// Received frames meet their fault before the switch receives them: what is lost or still waits there was
// never received. Transmitted frames meet it after the switch offered them: what is lost is dropped by
// name (`fault_injected`), what waits was transmitted, for the port took it. Waiting frames have 4,096
// places and 8 MiB a direction; what finds none is counted as overflowed and, on the transmit side, was
// refused. What waits on the transmit side when the port ends goes out at once; on the receive side it is lost.
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>
#include "base/clock.hpp"
#include "base/unique_fd.hpp"
#include "port/memory_port.hpp"
#include "port/port.hpp"

namespace vsw {

struct FaultCounts {
  std::uint64_t seen = 0, lost = 0, repeated = 0, corrupted = 0, delayed = 0, overflowed = 0, waiting = 0;
};

// Frames with the moment at which each is due, in order.
class WaitingFrames {
 public:
  struct Mark {
    std::uint64_t due_ns = 0;
    Headers headers;
    std::uint16_t wire_packets = 1;
  };
  // False: no room.
  bool push(const Packet& packet, std::uint64_t due_ns) noexcept;
  [[nodiscard]] bool empty() const noexcept { return count_ == 0; }
  [[nodiscard]] std::uint32_t size() const noexcept { return count_; }
  [[nodiscard]] std::uint64_t due_ns() const noexcept { return marks_[first_].due_ns; }
  [[nodiscard]] std::uint32_t front_length() const noexcept { return frames_.front_length(); }
  // Fills the packet's `data` and, for what does not fit into `head_size`, its `tail`.
  void pop(Packet& packet, std::uint32_t head_size) noexcept;

 private:
  FrameQueue frames_;
  std::array<Mark, FrameQueue::kFramesMax> marks_{};
  std::uint32_t first_ = 0, count_ = 0;
};

class FaultPort final : public Port {
 public:
  static constexpr Wrapper kKind = Wrapper::kFault;

  FaultPort(std::shared_ptr<Port> inner, const FaultSettings& settings, const Clock& clock);
  ~FaultPort() override;

  bool receive(Pool& pool, Batch& into) noexcept override;
  std::uint64_t transmit(std::span<Packet* const> packets) noexcept override;
  std::uint64_t transmit_through_faults(std::span<Packet* const> packets, std::uint64_t& lost) noexcept override;
  // Before bits are flipped behind the switch's back, checksums must be complete: no offload is taken then.
  [[nodiscard]] PortInfo info() const noexcept override;
  [[nodiscard]] PortType type() const noexcept override { return inner_->type(); }
  [[nodiscard]] int wake_fd() const noexcept override { return wake_ ? wake_.get() : inner_->wake_fd(); }
  [[nodiscard]] bool gone() const noexcept override { return inner_->gone(); }
  [[nodiscard]] int change_fd() const noexcept override { return inner_->change_fd(); }
  [[nodiscard]] DeviceFinding inspect() override { return inner_->inspect(); }
  [[nodiscard]] std::uint64_t kernel_dropped() const noexcept override { return inner_->kernel_dropped(); }
  [[nodiscard]] Wrapper wrapper() const noexcept override { return kKind; }
  [[nodiscard]] const std::shared_ptr<Port>* inner() const noexcept override { return &inner_; }

  [[nodiscard]] FaultCounts received() const noexcept;
  [[nodiscard]] FaultCounts transmitted() const noexcept;

 private:
  struct Fate {
    bool lost = false, repeated = false, corrupted = false;
    std::uint64_t where = 0;
  };
  struct Direction {
    std::uint64_t stream = 0;
    FaultCounts counts;
    WaitingFrames waiting;
  };
  [[nodiscard]] Fate next_fate(Direction& direction) const noexcept;
  void corrupt(Packet& packet, std::uint64_t where) noexcept;
  void release_transmitted(std::uint64_t now_ns) noexcept;
  void arm() noexcept;

  const std::shared_ptr<Port> inner_;
  const FaultSettings settings_;
  const Clock& clock_;
  UniqueFd timer_, wake_;
  mutable std::mutex mutex_;
  Direction inbound_, outbound_;
  std::vector<std::byte> scratch_;
};

// The word that decides about one thing (`what`) of frame `number` in a stream of decisions (splitmix64).
[[nodiscard]] std::uint64_t fault_word(std::uint64_t stream, std::uint64_t number, unsigned what) noexcept;

}  // namespace vsw
