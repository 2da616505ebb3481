#include "state/meter.hpp"

#include <atomic>
#include <thread>
#include <vector>

#include "native/tap.hpp"

using namespace vsw;

namespace {

constexpr std::uint64_t kMs = 1'000'000, kStart = 5'000 * kMs;

std::uint32_t pass(Meter& meter, std::uint32_t tries, std::uint32_t per_second, std::uint64_t now_ns) {
  std::uint32_t passed = 0;
  for (std::uint32_t i = 0; i < tries; ++i) passed += meter.take(1, per_second, now_ns) ? 1 : 0;
  return passed;
}

}  // namespace

TEST("state/meter: a second's worth passes at once, and then as much as time brings") {
  for (const std::uint32_t rate : {1u, 2u, 3u, 7u, 1'000u, 4'999u}) {
    Meter meter;
    CHECK_EQUAL(pass(meter, 10'000, rate, kStart), rate);
    CHECK_EQUAL(pass(meter, 10'000, rate, kStart), 0u);
    CHECK_EQUAL(pass(meter, 10'000, rate, kStart + 1'000 * kMs), rate);
  }
  Meter meter;
  (void)pass(meter, 1'000, 1'000, kStart);
  for (std::uint64_t ms = 1; ms <= 5; ++ms) CHECK_EQUAL(pass(meter, 10, 1'000, kStart + ms * kMs), 1u);
  CHECK_EQUAL(pass(meter, 5'000, 1'000, kStart + 100'000 * kMs), 1'000u);  // silence is not saved up
}

TEST("state/meter: nothing passes at a rate of zero, and almost everything at the highest") {
  Meter meter;
  CHECK(!meter.take(1, 0, kStart));
  CHECK_EQUAL(pass(meter, 100'000, 4'000'000'000u, kStart), 100'000u);
}

TEST("state/meter: what passes together is taken together, or not at all") {
  Meter meter;
  CHECK(!meter.take(11, 10, kStart));
  CHECK(meter.take(7, 10, kStart));
  CHECK(!meter.take(4, 10, kStart));
  CHECK(meter.take(3, 10, kStart));
}

TEST("state/meter: asking takes nothing") {
  Meter meter;
  for (int i = 0; i < 100; ++i) CHECK(meter.would_take(5, 5, kStart));
  CHECK(meter.take(5, 5, kStart));
  CHECK(!meter.would_take(1, 5, kStart));
  meter.reset();
  CHECK(meter.would_take(5, 5, kStart));
}

TEST("state/meter: several workers together get no more than one would") {
  Meter meter;
  std::atomic<std::uint32_t> passed{0};
  std::vector<std::thread> workers;
  for (int worker = 0; worker < 4; ++worker)
    workers.emplace_back([&] { passed.fetch_add(pass(meter, 5'000, 1'000, kStart)); });
  for (std::thread& worker : workers) worker.join();
  CHECK_EQUAL(passed.load(), 1'000u);
}
