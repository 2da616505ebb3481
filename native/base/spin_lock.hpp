// SpinLock: keeps writers of one small shared place apart.
// Shared: whoever writes; readers never take it.
//
// Only for sections of a few dozen instructions on the slow path, without a call that could block.
#pragma once
#include <atomic>
#include <cstdint>

namespace vsw {

class SpinLock {
 public:
  void lock() noexcept {
    while (taken_.exchange(1, std::memory_order_acquire) != 0) __builtin_ia32_pause();
  }
  [[nodiscard]] bool try_lock() noexcept { return taken_.exchange(1, std::memory_order_acquire) == 0; }
  void unlock() noexcept { taken_.store(0, std::memory_order_release); }

 private:
  std::atomic<std::uint32_t> taken_{0};
};

class SpinGuard {
 public:
  explicit SpinGuard(SpinLock& lock) noexcept : lock_(lock) { lock_.lock(); }
  ~SpinGuard() { lock_.unlock(); }
  SpinGuard(const SpinGuard&) = delete;
  SpinGuard& operator=(const SpinGuard&) = delete;

 private:
  SpinLock& lock_;
};

}  // namespace vsw
