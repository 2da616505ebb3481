#include "base/epoch.hpp"

#include <thread>
#include <vector>

#include "native/tap.hpp"

using namespace vsw;

TEST("base/epoch: where everybody sleeps, what is retired is out of use at once") {
  Epoch epoch;
  CHECK(epoch.passed(epoch.retire()));
}

TEST("base/epoch: a reader that is awake holds back what is retired until its quiet moment") {
  Epoch epoch;
  epoch.wake(3);
  const std::uint64_t number = epoch.retire();
  CHECK(!epoch.passed(number));
  CHECK(!epoch.passed(number));
  epoch.quiet(3);
  CHECK(epoch.passed(number));
}

TEST("base/epoch: a reader that goes to sleep holds back nothing, and one that wakes nothing of before") {
  Epoch epoch;
  epoch.wake(0);
  const std::uint64_t number = epoch.retire();
  epoch.sleep(0);
  CHECK(epoch.passed(number));
  epoch.wake(0);
  CHECK(epoch.passed(number));
  CHECK(!epoch.passed(epoch.retire()));
}

TEST("base/epoch: the slowest of all readers decides, the last possible one, too") {
  Epoch epoch;
  for (std::uint32_t reader = 0; reader < Epoch::kReadersMax; ++reader) epoch.wake(reader);
  const std::uint64_t number = epoch.retire();
  for (std::uint32_t reader = 0; reader < Epoch::kReadersMax; ++reader) {
    CHECK(!epoch.passed(number));
    epoch.quiet(reader);
  }
  CHECK(epoch.passed(number));
}

TEST("base/epoch: numbers only grow, and a quiet moment speaks for all retired before it") {
  Epoch epoch;
  epoch.wake(0);
  std::vector<std::uint64_t> before, after;
  for (int i = 0; i < 3; ++i) before.push_back(epoch.retire());
  epoch.quiet(0);
  for (int i = 0; i < 3; ++i) after.push_back(epoch.retire());
  for (int i = 0; i < 3; ++i) {
    CHECK(epoch.passed(before[static_cast<std::size_t>(i)]));
    CHECK(!epoch.passed(after[static_cast<std::size_t>(i)]));
  }
  CHECK(before[0] < before[1] && before[1] < before[2] && before[2] < after[0]);
}

// The bargain itself: plain memory, taken out of sight, is written again once `passed` says so. A reader that
// still held it would read what does not belong together, and ThreadSanitizer would see both at it.
TEST("base/epoch: what is used again was out of use by everybody, awake or waking") {
  struct Fact {
    std::uint64_t number = 0, twice = 0;
  };
  constexpr std::uint32_t kReaders = 3;
  constexpr std::uint64_t kFacts = 20'000;
  Epoch epoch;
  Fact facts[2];
  std::atomic<Fact*> shown{&facts[0]};
  std::atomic<bool> ended{false};
  std::atomic<std::uint32_t> reading{0};
  std::uint64_t wrong[kReaders] = {}, seen[kReaders] = {};
  std::vector<std::thread> readers;
  for (std::uint32_t reader = 0; reader < kReaders; ++reader)
    readers.emplace_back([&, reader] {
      epoch.wake(reader);
      for (std::uint64_t i = 0; !ended.load(std::memory_order_relaxed); ++i) {
        epoch.quiet(reader);
        const Fact* fact = shown.load(std::memory_order_acquire);
        const std::uint64_t number = fact->number;
        if (i % 8 == 0) std::this_thread::yield();
        wrong[reader] += fact->twice != 2 * number;
        if (seen[reader]++ == 0) reading.fetch_add(1);
        if (reader == 0 && i % 16 == 0) {
          epoch.sleep(reader);
          std::this_thread::yield();
          epoch.wake(reader);
        }
      }
      epoch.sleep(reader);
    });
  while (reading.load() < kReaders) std::this_thread::yield();
  for (std::uint64_t i = 1; i <= kFacts; ++i) {
    Fact& next = facts[i % 2];
    next = {i, 2 * i};
    shown.store(&next, std::memory_order_seq_cst);
    const std::uint64_t number = epoch.retire();
    while (!epoch.passed(number)) std::this_thread::yield();
  }
  ended.store(true);
  for (std::thread& reader : readers) reader.join();
  for (const std::uint64_t count : wrong) CHECK_EQUAL(count, std::uint64_t{0});
}
