// Timeouts: how many seconds a connection lives after its last frame, one number for each state.
// Home: anywhere; a value, part of a generation.
//
// The names, the defaults and the sentences stand in timeouts.def, from which TypeScript's are made too.
// Ages are milliseconds modulo 2^32, so no timeout may be longer than kMax.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

namespace vsw {

enum class Timeout : std::uint8_t {
#define TIMEOUT(name, seconds, sentence) k_##name,
#include "wire/timeouts.def"
#undef TIMEOUT
  kCount
};

class Timeouts {
 public:
  static constexpr std::size_t kCount = static_cast<std::size_t>(Timeout::kCount);
  static constexpr std::uint32_t kMax = 2'000'000;  // seconds: 23 days

  [[nodiscard]] constexpr std::uint32_t of(Timeout timeout) const noexcept {
    return seconds_[static_cast<std::size_t>(timeout)];
  }
  [[nodiscard]] constexpr std::uint32_t ms_of(Timeout timeout) const noexcept { return of(timeout) * 1'000; }
  // False: there is no such timeout, or it would be none or too long; nothing is changed.
  constexpr bool set(std::size_t index, std::uint32_t seconds) noexcept {
    if (index >= kCount || seconds == 0 || seconds > kMax) return false;
    seconds_[index] = seconds;
    return true;
  }
  constexpr bool operator==(const Timeouts&) const noexcept = default;

 private:
  std::array<std::uint32_t, kCount> seconds_{
#define TIMEOUT(name, seconds, sentence) seconds,
#include "wire/timeouts.def"
#undef TIMEOUT
  };
};

}  // namespace vsw
