#include "telemetry/rule_counters.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace vsw {

namespace {
constexpr std::size_t kPageLength = std::size_t{RuleCounters::kRules} * kRuleRowLength;
}  // namespace

RuleCounters::RuleCounters(std::uint32_t worker_count)
    : region_(worker_count * kPageLength * sizeof(std::uint64_t)), worker_count_(worker_count) {}

RuleCounterPage RuleCounters::page(std::uint32_t worker) noexcept {
  VSW_ASSERT(worker < worker_count_);
  return RuleCounterPage{region_.as<std::uint64_t>() + worker * kPageLength};
}

std::uint64_t RuleCounters::read(RuleId rule, RuleCounter counter) const noexcept {
  std::uint64_t result = 0;
  const std::size_t row = (rule.value < kRules ? rule.value : 0) * kRuleRowLength;
  for (std::uint32_t worker = 0; worker < worker_count_; ++worker) {
    std::uint64_t& cell = region_.as<std::uint64_t>()[worker * kPageLength + row + static_cast<std::size_t>(counter)];
    const std::uint64_t value = std::atomic_ref<std::uint64_t>(cell).load(std::memory_order_relaxed);
    result = counter == RuleCounter::kLastMs ? std::max(result, value) : result + value;
  }
  return result;
}

std::span<std::uint64_t> RuleCounters::cells() noexcept {
  return {region_.as<std::uint64_t>(), worker_count_ * kPageLength};
}

}  // namespace vsw
