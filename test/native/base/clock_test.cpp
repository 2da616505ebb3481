#include "base/clock.hpp"

#include <thread>

#include "native/tap.hpp"

using namespace vsw;

TEST("base/clock: a virtual clock stands still until it is advanced") {
  Clock clock(Clock::Kind::kVirtual);
  CHECK(clock.is_virtual());
  const std::uint64_t start = clock.now_ns();
  std::this_thread::sleep_for(std::chrono::milliseconds(2));
  CHECK_EQUAL(clock.now_ns(), start);
  clock.advance(1);
  clock.advance(2'500'000'000);
  CHECK_EQUAL(clock.now_ns(), start + 2'500'000'001);
}

TEST("base/clock: a virtual clock does not start at zero, which reads like never, and has one time only") {
  const Clock clock(Clock::Kind::kVirtual);
  CHECK_EQUAL(clock.now_ns(), std::uint64_t{1'000'000'000});
  CHECK_EQUAL(clock.wall_ns(), clock.now_ns());
}

TEST("base/clock: two virtual clocks know nothing of each other") {
  Clock one(Clock::Kind::kVirtual), other(Clock::Kind::kVirtual);
  one.advance(7);
  CHECK_EQUAL(one.now_ns() - other.now_ns(), std::uint64_t{7});
}

TEST("base/clock: the real clock runs, never goes back, and cannot be moved") {
  Clock clock(Clock::Kind::kReal);
  CHECK(!clock.is_virtual());
  std::uint64_t before = clock.now_ns();
  for (int i = 0; i < 1'000; ++i) {
    const std::uint64_t now = clock.now_ns();
    CHECK(now >= before);
    before = now;
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(2));
  CHECK(clock.now_ns() - before >= 2'000'000);
  clock.advance(3'600'000'000'000);
  CHECK(clock.now_ns() - before < 3'600'000'000'000);
}

TEST("base/clock: the real clock's time of day is this century's") {
  const Clock clock(Clock::Kind::kReal);
  constexpr std::uint64_t kYear = 365ull * 86'400 * 1'000'000'000;
  CHECK(clock.wall_ns() > 50 * kYear);
  CHECK(clock.wall_ns() < 130 * kYear);
}

TEST("base/clock: a reader on another thread sees time grow only") {
  Clock clock(Clock::Kind::kVirtual);
  const std::uint64_t end = clock.now_ns() + 10'000;
  bool grew = true;
  std::thread reader([&] {
    for (std::uint64_t before = 0, now = 0; now < end; before = now) {
      now = clock.now_ns();
      grew = grew && now >= before;
    }
  });
  for (int i = 0; i < 10'000; ++i) clock.advance(1);
  reader.join();
  CHECK(grew);
}
