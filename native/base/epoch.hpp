// Epoch: when is something that was taken out of sight certainly out of use?
// Shared: workers report, whoever retires asks.
//
// Each worker reports a quiet moment at the top of its loop, where it holds no pointer into anything
// shared, and says so when it goes to sleep. What is unlinked, and then gets a number from `retire`,
// may be reused once `passed` of that number is true: every worker was quiet after the unlinking, or
// sleeps. Readers never wait and never write to a shared line.
#pragma once
#include <array>
#include <atomic>
#include <cstdint>

namespace vsw {

class Epoch {
 public:
  static constexpr std::uint32_t kReadersMax = 64;
  static constexpr std::uint32_t kVisitor = kReadersMax - 1;  // not a worker's: who lists what is shared

  Epoch() noexcept {
    for (Reader& reader : readers_) reader.seen.store(kAsleep, std::memory_order_relaxed);
  }
  void quiet(std::uint32_t reader) noexcept {
    readers_[reader].seen.store(now_.load(std::memory_order_acquire), std::memory_order_release);
  }
  void sleep(std::uint32_t reader) noexcept { readers_[reader].seen.store(kAsleep, std::memory_order_release); }
  // Sequentially consistent, against `retire`: either the retirer sees us awake, or we see its unlinking.
  void wake(std::uint32_t reader) noexcept {
    readers_[reader].seen.exchange(now_.load(std::memory_order_seq_cst), std::memory_order_seq_cst);
  }
  [[nodiscard]] std::uint64_t retire() noexcept { return now_.fetch_add(1, std::memory_order_seq_cst) + 1; }
  [[nodiscard]] bool passed(std::uint64_t number) const noexcept {
    for (const Reader& reader : readers_)
      if (reader.seen.load(std::memory_order_seq_cst) < number) return false;
    return true;
  }

 private:
  static constexpr std::uint64_t kAsleep = ~std::uint64_t{0};
  struct alignas(64) Reader {
    std::atomic<std::uint64_t> seen;
  };
  alignas(64) std::atomic<std::uint64_t> now_{1};
  std::array<Reader, kReadersMax> readers_;
};

}  // namespace vsw
