// MemoryPort: a port whose outside is a program.
// Home: the switch's side as every port; the outside may be any thread.
//
// Two bounded queues of frames. Users test their own systems with it: what `send` puts in, the switch
// receives; what the switch transmits, `receive_frame` takes out. A full queue refuses. A memory port
// takes super-frames and partial checksums only when its settings say so.
#pragma once
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <vector>
#include "base/region.hpp"
#include "base/unique_fd.hpp"
#include "port/port.hpp"

namespace vsw {

// Frames with their offloads, in one ring of bytes. Not safe by itself.
class FrameQueue {
 public:
  static constexpr std::uint32_t kFramesMax = 4'096;
  static constexpr std::size_t kBytesMax = std::size_t{8} << 20;

  FrameQueue() : region_(kBytesMax) {}
  // The frame may come in two pieces. False: full.
  bool push(std::span<const std::byte> head, std::span<const std::byte> tail, const Offload& offload) noexcept;
  // The length of the first frame; 0 when there is none.
  [[nodiscard]] std::uint32_t front_length() const noexcept;
  // Takes the first frame, which must be there: `head` is filled, what does not fit goes to `tail`.
  void pop(std::span<std::byte> head, std::span<std::byte> tail, Offload& offload) noexcept;
  [[nodiscard]] bool empty() const noexcept { return count_ == 0; }

 private:
  void write(const void* from, std::size_t size) noexcept;
  void read(void* to, std::size_t size) noexcept;

  Region region_;
  std::size_t read_at_ = 0, used_ = 0;
  std::uint32_t count_ = 0;
};

class MemoryPort final : public Port {
 public:
  explicit MemoryPort(bool offloads);

  // The outside gives a frame to the switch; false: the queue is full, or the frame longer than any.
  bool send(std::span<const std::byte> frame, const Offload& offload) noexcept;
  // The outside takes what the switch transmitted; false: nothing there.
  bool receive_frame(std::vector<std::byte>& frame, Offload& offload);

  bool receive(Pool& pool, Batch& into) noexcept override;
  std::uint64_t transmit(std::span<Packet* const> packets) noexcept override;
  [[nodiscard]] PortInfo info() const noexcept override { return {offloads_, offloads_, offloads_, offloads_}; }
  [[nodiscard]] int wake_fd() const noexcept override { return wake_.get(); }
  [[nodiscard]] PortType type() const noexcept override { return PortType::kMemory; }

 private:
  const bool offloads_;
  UniqueFd wake_;
  std::mutex inbound_mutex_, outbound_mutex_;
  FrameQueue inbound_, outbound_;
  bool readable_ = false;  // what `wake_` is; guarded by the inbound mutex, like the queue that it tells of
};

}  // namespace vsw
