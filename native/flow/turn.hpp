// Turn: whose turn it is to write one direction of a flow.
// Shared: the workers that have a queue of its ingress port.
//
// A port of one queue has one worker, who needs no turn. Where there are several queues, the kernel may
// move a flow from one to another, and for a moment two workers hold frames of it. Whoever writes takes the
// turn by compare-and-swap and rests when it has written; it then still is its own, so that a worker that
// meets nobody pays for one exchange in its own cache. Another one waits for a few instructions at most,
// since a turn is never held over anything but the writing.
#pragma once
#include <atomic>
#include <cstdint>

namespace vsw {

class Turn {
 public:
  void take(std::uint32_t worker) noexcept {
    std::uint8_t seen = word_.load(std::memory_order_relaxed);
    const auto wanted = static_cast<std::uint8_t>(worker | kWriting);
    for (;;) {
      seen &= static_cast<std::uint8_t>(~kWriting);
      if (word_.compare_exchange_weak(seen, wanted, std::memory_order_acquire, std::memory_order_relaxed)) return;
      if ((seen & kWriting) != 0) __builtin_ia32_pause();
    }
  }
  void rest() noexcept {
    const std::uint8_t owner = word_.load(std::memory_order_relaxed) & static_cast<std::uint8_t>(~kWriting);
    word_.store(owner, std::memory_order_release);
  }
  // Whose it was last, be it that it writes now or rests.
  [[nodiscard]] std::uint32_t owner() const noexcept {
    return word_.load(std::memory_order_relaxed) & static_cast<std::uint8_t>(~kWriting);
  }

 private:
  static constexpr std::uint8_t kWriting = 0x80;  // beside a worker's number, which is below 64
  std::atomic<std::uint8_t> word_{0};
};

}  // namespace vsw
