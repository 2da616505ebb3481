#include "telemetry/rule_counters.hpp"

#include <thread>
#include <vector>

#include "native/tap.hpp"

using namespace vsw;

namespace {

constexpr RuleId kRule{7}, kOther{8};

}  // namespace

TEST("telemetry/rule_counters: a rule's decisions of all workers are added, the latest moment is the last") {
  RuleCounters counters(3);
  counters.page(0).decided(kRule, 5'000);
  counters.page(2).decided(kRule, 4'000);
  counters.page(2).decided(kRule, 4'500);
  counters.page(1).decided(kOther, 9'000);
  CHECK_EQUAL(counters.read(kRule, RuleCounter::kHits), 3u);
  CHECK_EQUAL(counters.read(kRule, RuleCounter::kLastMs), 5'000u);
  CHECK_EQUAL(counters.read(kRule, RuleCounter::kAudited), 0u);
  CHECK_EQUAL(counters.read(kOther, RuleCounter::kHits), 1u);
}

TEST("telemetry/rule_counters: what an audited rule would have decided is no hit, and what differs is counted besides") {
  RuleCounters counters(1);
  counters.page(0).audited(kRule, false, 1'000);
  counters.page(0).audited(kRule, true, 2'000);
  CHECK_EQUAL(counters.read(kRule, RuleCounter::kHits), 0u);
  CHECK_EQUAL(counters.read(kRule, RuleCounter::kAudited), 2u);
  CHECK_EQUAL(counters.read(kRule, RuleCounter::kDiffering), 1u);
  CHECK_EQUAL(counters.read(kRule, RuleCounter::kLastMs), 2'000u);
}

// What JavaScript relies on: it reads the cells by this formula, with no call.
TEST("telemetry/rule_counters: a cell is found by worker, rule, and its place in the row") {
  RuleCounters counters(2);
  const std::size_t page = std::size_t{RuleCounters::kRules} * kRuleRowLength;
  CHECK_EQUAL(counters.cells().size(), 2 * page);
  const RuleId last{RuleCounters::kRules - 1};
  counters.page(1).decided(last, 77);
  CHECK_EQUAL(counters.cells()[page + last.value * kRuleRowLength], 1u);
  CHECK_EQUAL(counters.cells()[page + last.value * kRuleRowLength + 3], 77u);
  CHECK_EQUAL(counters.cells().back(), 77u);
}

TEST("telemetry/rule_counters: rules beyond the bound are counted together, and disturb no other") {
  RuleCounters counters(2);
  counters.page(0).decided(RuleId{RuleCounters::kRules}, 1);
  counters.page(1).decided(RuleId{0xffff'ffff}, 2);
  CHECK_EQUAL(counters.read(RuleId{0}, RuleCounter::kHits), 2u);
  CHECK_EQUAL(counters.read(RuleId{RuleCounters::kRules + 9}, RuleCounter::kHits), 2u);
  CHECK_EQUAL(counters.read(RuleId{1}, RuleCounter::kHits), 0u);
}

TEST("telemetry/rule_counters: workers count at once and lose nothing") {
  constexpr std::uint32_t kWorkers = 3, kRounds = 20'000;
  RuleCounters counters(kWorkers);
  std::vector<std::thread> workers;
  for (std::uint32_t worker = 0; worker < kWorkers; ++worker)
    workers.emplace_back([&counters, worker] {
      RuleCounterPage page = counters.page(worker);
      for (std::uint32_t i = 1; i <= kRounds; ++i) page.decided(kRule, i);
    });
  bool grew = true;
  for (std::uint64_t before = 0, i = 0; i < 1'000; ++i) {
    const std::uint64_t now = counters.read(kRule, RuleCounter::kHits);
    grew = grew && now >= before;
    before = now;
  }
  for (std::thread& worker : workers) worker.join();
  CHECK(grew);
  CHECK_EQUAL(counters.read(kRule, RuleCounter::kHits), std::uint64_t{kWorkers} * kRounds);
  CHECK_EQUAL(counters.read(kRule, RuleCounter::kLastMs), std::uint64_t{kRounds});
}
