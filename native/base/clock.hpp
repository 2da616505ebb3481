// Clock: what time it is for the switch: the machine's, or one that a test moves.
// Shared: anybody reads; a virtual clock is moved by control alone.
//
// Nanoseconds that only grow. The real clock is CLOCK_MONOTONIC. A virtual clock starts at a full
// second, because zero reads like "never", and stands still until `advance`.
#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>

namespace vsw {

class Clock {
 public:
  enum class Kind : std::uint8_t { kReal, kVirtual };

  explicit Clock(Kind kind) noexcept : kind_(kind) {}
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;

  [[nodiscard]] std::uint64_t now_ns() const noexcept {
    return kind_ == Kind::kVirtual ? virtual_ns_.load(std::memory_order_relaxed)
                                   : since_epoch<std::chrono::steady_clock>();
  }
  // The time of day, for what is written into files; a virtual clock has no other than its own.
  [[nodiscard]] std::uint64_t wall_ns() const noexcept {
    return kind_ == Kind::kVirtual ? now_ns() : since_epoch<std::chrono::system_clock>();
  }
  void advance(std::uint64_t ns) noexcept { virtual_ns_.fetch_add(ns, std::memory_order_relaxed); }
  [[nodiscard]] bool is_virtual() const noexcept { return kind_ == Kind::kVirtual; }

 private:
  template <class Source>
  [[nodiscard]] static std::uint64_t since_epoch() noexcept {
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::nanoseconds>(Source::now().time_since_epoch()).count());
  }
  const Kind kind_;
  std::atomic<std::uint64_t> virtual_ns_{1'000'000'000};
};

}  // namespace vsw
