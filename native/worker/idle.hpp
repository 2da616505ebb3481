// Idle: when to look again at once, when to sleep, what wakes a worker.
// Home: worker; `wake` is for everybody.
//
// Waking a sleeping thread costs two-digit microseconds, which is most of a container's round trip; a
// core that spins all the time is burnt. So a worker spins only as long as spinning pays: a sleep that
// turned out shorter than the spin opens the spin, a spin that caught nothing halves it, and below a
// few microseconds it is shut. A switch without traffic sleeps without any timer of its own.
#pragma once
#include <cstdint>

namespace vsw {

class Idle {
 public:
  static constexpr std::uint64_t kSpinMaxNs = 50'000;
  static constexpr std::uint64_t kSpinMinNs = 5'000;
  static constexpr std::uint32_t kReadyMax = 64;

  Idle();
  ~Idle();
  Idle(const Idle&) = delete;
  Idle& operator=(const Idle&) = delete;

  // `token` is what `wait` answers when `fd` is readable. No-ops for fd -1.
  void watch(int fd, std::uint32_t token) noexcept;
  void forget(int fd) noexcept;
  // The tokens of what is ready; waits at most `timeout_ms` (0: not at all, -1: for ever).
  std::uint32_t wait(int timeout_ms, std::uint32_t* tokens) noexcept;
  void wake() noexcept;

  // The spin's bookkeeping, in nanoseconds of a monotonic clock.
  [[nodiscard]] std::uint64_t spin_ns() const noexcept { return spin_ns_; }
  void spun_in_vain() noexcept { spin_ns_ = spin_ns_ / 2 < kSpinMinNs ? 0 : spin_ns_ / 2; }
  void slept(std::uint64_t duration_ns) noexcept {
    if (duration_ns < kSpinMaxNs) spin_ns_ = kSpinMaxNs;
  }

 private:
  int poll_fd_ = -1, wake_fd_ = -1;
  std::uint64_t spin_ns_ = 0;
};

}  // namespace vsw
