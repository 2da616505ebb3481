// Meter: so many a second, and no more: a token bucket in one word.
// Shared: any worker takes, without a lock.
//
// The bucket holds one second's worth. Instead of tokens the word holds the moment at which it would be
// full again (the generic cell rate algorithm, ITU-T I.371): taking n moves that moment n shares of a
// second on, and what would move it more than a second ahead of now is refused. A meter of zero bytes is
// full. The rate is given with each call, so it may change at any time.
#pragma once
#include <atomic>
#include <cstdint>

namespace vsw {

class Meter {
 public:
  // Whether `count` may pass; if so they are taken, all of them.
  [[nodiscard]] bool take(std::uint32_t count, std::uint32_t per_second, std::uint64_t now_ns) noexcept {
    std::uint64_t full_ns = full_ns_.load(std::memory_order_relaxed);
    std::uint64_t after_ns;
    do {
      if (!fits(full_ns, count, per_second, now_ns, after_ns)) return false;
    } while (!full_ns_.compare_exchange_weak(full_ns, after_ns, std::memory_order_relaxed));
    return true;
  }
  // What `take` would say; takes nothing.
  [[nodiscard]] bool would_take(std::uint32_t count, std::uint32_t per_second, std::uint64_t now_ns) const noexcept {
    std::uint64_t after_ns;
    return fits(full_ns_.load(std::memory_order_relaxed), count, per_second, now_ns, after_ns);
  }
  void reset() noexcept { full_ns_.store(0, std::memory_order_relaxed); }

 private:
  static constexpr std::uint64_t kSecondNs = 1'000'000'000;
  [[nodiscard]] static bool fits(std::uint64_t full_ns, std::uint32_t count, std::uint32_t per_second,
                                 std::uint64_t now_ns, std::uint64_t& after_ns) noexcept {
    if (per_second == 0) return false;
    after_ns = (full_ns > now_ns ? full_ns : now_ns) + std::uint64_t{count} * (kSecondNs / per_second);
    return after_ns - now_ns <= kSecondNs;
  }
  std::atomic<std::uint64_t> full_ns_{0};
};

}  // namespace vsw
