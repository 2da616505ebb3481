// Batch: up to 64 packets that travel together.
// Home: worker.
//
// A batch owns its packets and forgets none: whoever empties it has given each packet back to the
// pool. Destroying a batch with packets inside is a bug in the caller and ends the program. 64 slots'
// first lines fill an eighth of a 32 KiB first-level cache.
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include "base/assert.hpp"
#include "packet/packet.hpp"

namespace vsw {

class Batch {
 public:
  static constexpr std::uint32_t kCapacity = 64;
  Batch() noexcept = default;
  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;
  ~Batch() { VSW_ASSERT(size_ == 0); }

  [[nodiscard]] std::span<Packet* const> packets() const noexcept { return {packets_.data(), size_}; }
  [[nodiscard]] std::uint32_t size() const noexcept { return size_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] bool full() const noexcept { return size_ == kCapacity; }
  void push(Packet& packet) noexcept {
    VSW_ASSERT(size_ < kCapacity);
    packets_[size_++] = &packet;
  }
  void release() noexcept { size_ = 0; }  // the packets now belong to someone else

 private:
  std::array<Packet*, kCapacity> packets_;
  std::uint32_t size_ = 0;
};

}  // namespace vsw
