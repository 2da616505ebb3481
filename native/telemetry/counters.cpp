#include "telemetry/counters.hpp"

#include "base/assert.hpp"

namespace vsw {

namespace {

struct Described {
  const char* name;
  const char* sentence;
};
constexpr Described kReasons[] = {
    {"none", "the packet lives"},
#define DROP_REASON(name, sentence) {#name, sentence},
#include "telemetry/drop_reasons.def"
#undef DROP_REASON
};
static_assert(sizeof kReasons / sizeof *kReasons == kDropReasonCount);

}  // namespace

const char* name_of(DropReason reason) noexcept { return kReasons[static_cast<std::size_t>(reason)].name; }
const char* sentence_of(DropReason reason) noexcept { return kReasons[static_cast<std::size_t>(reason)].sentence; }

Counters::Counters(std::uint32_t worker_count, std::uint32_t port_count)
    : region_(std::size_t{worker_count} * port_count * kRowLength * sizeof(std::uint64_t)),
      worker_count_(worker_count),
      port_count_(port_count) {}

CounterPage Counters::page(std::uint32_t worker) noexcept {
  VSW_ASSERT(worker < worker_count_);
  return {region_.as<std::uint64_t>() + std::size_t{worker} * port_count_ * kRowLength, port_count_};
}

namespace {
std::uint64_t load(std::uint64_t& cell) noexcept {
  return std::atomic_ref<std::uint64_t>(cell).load(std::memory_order_relaxed);
}
}  // namespace

std::uint64_t Counters::read(PortId port, Counter counter) const noexcept {
  std::uint64_t sum = 0;
  for (std::uint32_t worker = 0; worker < worker_count_; ++worker)
    sum += load(region_.as<std::uint64_t>()[(std::size_t{worker} * port_count_ + port.value) * kRowLength +
                                            static_cast<std::size_t>(counter)]);
  return sum;
}

std::uint64_t Counters::read_drops(PortId port, DropReason reason, bool transmit) const noexcept {
  std::uint64_t sum = 0;
  for (std::uint32_t worker = 0; worker < worker_count_; ++worker)
    sum += load(region_.as<std::uint64_t>()[(std::size_t{worker} * port_count_ + port.value) * kRowLength +
                                            kCounterCount +
                                            2 * ((transmit ? kDropReasonCount : 0) + static_cast<std::size_t>(reason))]);
  return sum;
}

void Counters::retire(PortId port) noexcept {
  for (std::uint32_t worker = 0; worker < worker_count_; ++worker) {
    std::uint64_t* rows = region_.as<std::uint64_t>() + std::size_t{worker} * port_count_ * kRowLength;
    std::uint64_t* row = rows + std::size_t{port.value} * kRowLength;
    for (std::size_t i = 0; i < kRowLength; ++i) {
      if (load(row[i]) == 0) continue;
      CounterPage::bump(rows[i], load(row[i]));
      std::atomic_ref<std::uint64_t>(row[i]).store(0, std::memory_order_relaxed);
    }
  }
}

std::span<std::uint64_t> Counters::cells() noexcept {
  return {region_.as<std::uint64_t>(), std::size_t{worker_count_} * port_count_ * kRowLength};
}

}  // namespace vsw
