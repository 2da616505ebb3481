// LoopGuard: sends probes by the ports that may have bridges behind them, and lets go of held ports.
// Home: the first worker's housekeeping.
//
// A loop needs two ports of a network that may send what they did not make: ports without anti-spoof.
// Where a network has fewer, nothing is sent. Rounds of a network are as far apart as it says; a turn
// sends few probes, so a switch of a thousand such ports does not stop for them, and goes on where it
// stopped. What becomes of a probe that comes back is the forwarder's part.
#pragma once
#include <cstdint>
#include "base/region.hpp"
#include "worker/fabric.hpp"
#include "worker/forwarder.hpp"

namespace vsw {

class LoopGuard {
 public:
  static constexpr std::uint32_t kProbesPerTurn = 64;

  LoopGuard(Fabric& fabric, Pool& pool, EventRing& events, Forwarder& forwarder)
      : fabric_(fabric), pool_(pool), events_(events), forwarder_(forwarder), rounds_(sizeof(Round) * 65'536) {}

  void keep(const Generation& generation, std::uint64_t now_ns) noexcept;
  // Whether there is anything that time alone brings about.
  [[nodiscard]] bool waits(const Generation& generation) const noexcept {
    return generation.is_probed || fabric_.loops.held() != 0;
  }

 private:
  struct Round {
    std::uint64_t due_ns;
    std::uint32_t next;  // of the network's ports
  };
  void probe(const PortEntry& port, const NetworkEntry& network, std::uint64_t now_ns) noexcept;

  Fabric& fabric_;
  Pool& pool_;
  EventRing& events_;
  Forwarder& forwarder_;
  Region rounds_;          // by NetworkId
  std::size_t first_ = 0;  // the network that is asked first
};

}  // namespace vsw
