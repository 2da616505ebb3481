// RuleCounters: how often each rule decided, and when last.
// Home: the page's worker writes; control and JavaScript read without a call.
//
// A page a worker, a row a rule, found by the rule's number. Numbers are dense and never used again while the switch
// runs, so a row has one meaning for good and nothing is ever cleared. Pages are one anonymous mapping, touched lazily:
// a rule that never decided costs nothing. Row 0 is for all rules whose numbers are beyond the bound; they decide as any
// other, and are not told apart.
//
// A rule decides once about a connection, not once a packet: about its first packet, and again when what the rule read
// of it changed. Packets that make no connection (floods, or what is denied) are decided about one by one.
#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include "base/ids.hpp"
#include "base/region.hpp"

namespace vsw {

// The cells of a row, in this order; src/dataplane/rule-counters.ts reads them so.
enum class RuleCounter : std::uint8_t {
  kHits,      // decisions
  kAudited,   // decisions that it would have made were its policy enforced
  kDiffering,  // of these, those in which something else was decided
  kLastMs,    // when it last decided or would have; 0: never
  kCount
};
inline constexpr std::size_t kRuleRowLength = static_cast<std::size_t>(RuleCounter::kCount);

// One worker's rows.
class RuleCounterPage {
 public:
  explicit RuleCounterPage(std::uint64_t* rows) noexcept : rows_(rows) {}
  void decided(RuleId rule, std::uint64_t now_ms) noexcept {
    std::uint64_t* row = row_of(rule);
    bump(row, RuleCounter::kHits);
    write(row, RuleCounter::kLastMs, now_ms);
  }
  void audited(RuleId rule, bool differs, std::uint64_t now_ms) noexcept {
    std::uint64_t* row = row_of(rule);
    bump(row, RuleCounter::kAudited);
    if (differs) bump(row, RuleCounter::kDiffering);
    write(row, RuleCounter::kLastMs, now_ms);
  }

 private:
  [[nodiscard]] std::uint64_t* row_of(RuleId rule) const noexcept;
  static void write(std::uint64_t* row, RuleCounter counter, std::uint64_t value) noexcept {
    std::atomic_ref<std::uint64_t>(row[static_cast<std::size_t>(counter)]).store(value, std::memory_order_relaxed);
  }
  static void bump(std::uint64_t* row, RuleCounter counter) noexcept {
    write(row, counter, std::atomic_ref<std::uint64_t>(row[static_cast<std::size_t>(counter)]).load(std::memory_order_relaxed) + 1);
  }
  std::uint64_t* rows_;
};

class RuleCounters {
 public:
  static constexpr std::uint32_t kRules = 262'144;  // with a row of their own: numbers below this

  explicit RuleCounters(std::uint32_t worker_count);
  [[nodiscard]] RuleCounterPage page(std::uint32_t worker) noexcept;
  // Over all workers: a sum, of kLastMs the latest.
  [[nodiscard]] std::uint64_t read(RuleId rule, RuleCounter counter) const noexcept;
  // All pages: [worker][rule][kRuleRowLength].
  [[nodiscard]] std::span<std::uint64_t> cells() noexcept;
  [[nodiscard]] std::uint32_t worker_count() const noexcept { return worker_count_; }

 private:
  Region region_;
  std::uint32_t worker_count_;
};

inline std::uint64_t* RuleCounterPage::row_of(RuleId rule) const noexcept {
  return rows_ + (rule.value < RuleCounters::kRules ? rule.value : 0) * kRuleRowLength;
}

}  // namespace vsw
