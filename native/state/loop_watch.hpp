// LoopWatch: which ports are held down because a frame of ours came back by them.
// Shared: anybody asks; a worker that got a probe back holds, the first worker lets go.
//
// A port is held until a moment of the switch's clock. Of two ports that are joined outside only one is
// held, which ends the loop: `hold` refuses while the port that sent the probe is held itself. The port
// that is held is always the one by which the probe came in, so whoever carries probes about harms nobody
// but himself.
#pragma once
#include <atomic>
#include <cstdint>
#include "base/hash.hpp"
#include "base/ids.hpp"
#include "base/region.hpp"
#include "base/spin_lock.hpp"

namespace vsw {

class LoopWatch {
 public:
  LoopWatch(std::uint32_t ports, HashSeed seed) : seed_(seed), region_(sizeof(std::atomic<std::uint64_t>) * ports), ports_(ports) {}

  // What probes are signed under.
  [[nodiscard]] HashSeed seed() const noexcept { return seed_; }
  [[nodiscard]] bool is_held(PortId port) const noexcept {
    return held() != 0 && until(port).load(std::memory_order_acquire) != 0;
  }
  // How many ports are held.
  [[nodiscard]] std::uint32_t held() const noexcept { return held_.load(std::memory_order_acquire); }

  // False: it is held already, or the loop ends at `sender`.
  [[nodiscard]] bool hold(PortId port, PortId sender, std::uint64_t until_ns) noexcept {
    const SpinGuard guard(writers_);
    if (is_held(port) || is_held(sender)) return false;
    until(port).store(until_ns, std::memory_order_release);
    held_.fetch_add(1, std::memory_order_release);
    return true;
  }
  // False: it was not held.
  bool let_go(PortId port) noexcept {
    const SpinGuard guard(writers_);
    if (until(port).exchange(0, std::memory_order_acq_rel) == 0) return false;
    held_.fetch_sub(1, std::memory_order_release);
    return true;
  }
  // Lets go whose time is over, and tells `released` of each.
  template <class Released>
  void let_go_until(std::uint64_t now_ns, Released&& released) noexcept {
    for (std::uint32_t id = 1; held() != 0 && id < ports_; ++id) {
      const PortId port{static_cast<std::uint16_t>(id)};
      const std::uint64_t until_ns = until(port).load(std::memory_order_acquire);
      if (until_ns != 0 && until_ns <= now_ns && let_go(port)) released(port);
    }
  }

 private:
  [[nodiscard]] std::atomic<std::uint64_t>& until(PortId port) const noexcept {
    return region_.as<std::atomic<std::uint64_t>>()[port.value];
  }
  const HashSeed seed_;
  Region region_;
  const std::uint32_t ports_;
  SpinLock writers_;
  std::atomic<std::uint32_t> held_{0};
};

}  // namespace vsw
