// BusyPorts: the ports that had more to give when their turn ended.
// Home: worker.
//
// A port that was not drained needs no asking whether it is ready, and asking costs a system call. A
// queue of fixed size; a port that finds no place in it is found again by epoll, which watches it anyway.
#pragma once
#include <array>
#include <cstdint>
#include "base/assert.hpp"
#include "base/ids.hpp"

namespace vsw {

class BusyPorts {
 public:
  static constexpr std::uint32_t kPortsMax = 64;

  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] std::uint32_t size() const noexcept { return size_; }
  [[nodiscard]] bool has(PortId port) const noexcept {
    for (std::uint32_t i = 0; i < size_; ++i)
      if (at(i) == port) return true;
    return false;
  }
  // Behind all others; without effect when there is no place. It is not in there yet.
  void note(PortId port) noexcept {
    if (size_ == kPortsMax) return;
    at(size_++) = port;
  }
  // There must be one.
  [[nodiscard]] PortId take_first() noexcept {
    VSW_ASSERT(size_ > 0);
    const PortId port = at(0);
    first_ = (first_ + 1) % kPortsMax;
    --size_;
    return port;
  }
  void forget(PortId port) noexcept {
    std::uint32_t kept = 0;
    for (std::uint32_t i = 0; i < size_; ++i)
      if (!(at(i) == port)) at(kept++) = at(i);
    size_ = kept;
  }

 private:
  [[nodiscard]] PortId& at(std::uint32_t i) noexcept { return ports_[(first_ + i) % kPortsMax]; }
  [[nodiscard]] const PortId& at(std::uint32_t i) const noexcept { return ports_[(first_ + i) % kPortsMax]; }

  std::array<PortId, kPortsMax> ports_;
  std::uint32_t first_ = 0, size_ = 0;
};

}  // namespace vsw
