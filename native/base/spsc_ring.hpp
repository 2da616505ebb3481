// SpscRing: a bounded queue from one thread to one other.
// Shared: one producer, one consumer.
//
// A full ring refuses; what that means is the producer's decision. Capacity is a power of two.
#pragma once
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace vsw {

template <class T, std::size_t kCapacity>
class SpscRing {
  static_assert((kCapacity & (kCapacity - 1)) == 0);

 public:
  [[nodiscard]] bool push(const T& item) noexcept {
    const std::uint64_t at = written_.load(std::memory_order_relaxed);
    if (at - read_.load(std::memory_order_acquire) == kCapacity) return false;
    items_[at & (kCapacity - 1)] = item;
    written_.store(at + 1, std::memory_order_release);
    return true;
  }
  [[nodiscard]] bool pop(T& item) noexcept {
    const std::uint64_t at = read_.load(std::memory_order_relaxed);
    if (at == written_.load(std::memory_order_acquire)) return false;
    item = items_[at & (kCapacity - 1)];
    read_.store(at + 1, std::memory_order_release);
    return true;
  }
  // For the producer it may be less by the time that it is used, and never more.
  [[nodiscard]] std::size_t size() const noexcept {
    return static_cast<std::size_t>(written_.load(std::memory_order_relaxed) - read_.load(std::memory_order_acquire));
  }
  [[nodiscard]] bool empty() const noexcept {
    return read_.load(std::memory_order_acquire) == written_.load(std::memory_order_acquire);
  }

 private:
  alignas(64) std::atomic<std::uint64_t> written_{0};
  alignas(64) std::atomic<std::uint64_t> read_{0};
  std::array<T, kCapacity> items_{};
};

}  // namespace vsw
