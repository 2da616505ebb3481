// Steering: which worker a port's queue belongs to, and by which queue a worker transmits.
// Home: anywhere; a value.
//
// A worker transmits by the queue that it also receives from, so what it writes comes back to it: the
// kernel answers a flow by the queue that the flow came by, and a connection stays with one worker. All
// frames of a flow come by one queue, hence to one worker, hence leave by one queue, in order. A port has
// at most as many queues as there are workers, so a worker has at most one of each port; who has none
// shares that of another.
//
// A flow that the kernel has not seen for a while (3 s) comes by the queue that its hash chooses, which is
// the same at both ends. So where each worker has a queue of every port, queues of one number belong to one
// worker; ports of fewer queues are dealt out.
#pragma once
#include <cstdint>
#include "base/ids.hpp"

namespace vsw {

class Steering {
 public:
  constexpr Steering(PortId port, std::uint32_t queues, std::uint32_t workers) noexcept
      : first_(queues < workers ? port.value % workers : 0), queues_(queues), workers_(workers) {}

  [[nodiscard]] constexpr std::uint32_t worker_of(std::uint32_t queue) const noexcept {
    return (first_ + queue) % workers_;
  }
  [[nodiscard]] constexpr std::uint32_t queue_of(std::uint32_t worker) const noexcept {
    return (worker + workers_ - first_) % workers_ % queues_;
  }

 private:
  std::uint32_t first_, queues_, workers_;  // `first_` has queue 0
};

}  // namespace vsw
