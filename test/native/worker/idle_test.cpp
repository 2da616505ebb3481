#include "worker/idle.hpp"

#include <sys/eventfd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <set>
#include <thread>
#include <vector>

#include "base/unique_fd.hpp"
#include "native/tap.hpp"

using namespace vsw;

namespace {

// Readable from the start, until it is read.
struct Bell {
  UniqueFd fd{::eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK)};
  void read() const {
    eventfd_t value;
    ::eventfd_read(fd.get(), &value);
  }
  void ring() const { ::eventfd_write(fd.get(), 1); }
};

std::vector<std::uint32_t> ready(Idle& idle, int timeout_ms = 0) {
  std::uint32_t tokens[Idle::kReadyMax];
  const std::uint32_t count = idle.wait(timeout_ms, tokens);
  std::vector<std::uint32_t> sorted(tokens, tokens + count);
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}
using Tokens = std::vector<std::uint32_t>;

}  // namespace

TEST("worker/idle: names what is ready, as long as it is, and nothing that is not") {
  Idle idle;
  Bell first, second, third;
  second.read();
  idle.watch(first.fd.get(), 7);
  idle.watch(second.fd.get(), 8);
  idle.watch(third.fd.get(), 4'095);
  CHECK(ready(idle) == (Tokens{7, 4'095}));
  CHECK(ready(idle) == (Tokens{7, 4'095}));
  first.read();
  second.ring();
  CHECK(ready(idle) == (Tokens{8, 4'095}));
  second.read();
  third.read();
  CHECK(ready(idle).empty());
}

TEST("worker/idle: what is forgotten wakes nobody, and may be watched again under another name") {
  Idle idle;
  Bell bell;
  idle.watch(bell.fd.get(), 1);
  idle.forget(bell.fd.get());
  CHECK(ready(idle).empty());
  idle.forget(bell.fd.get());
  idle.watch(bell.fd.get(), 2);
  CHECK(ready(idle) == Tokens{2});
}

TEST("worker/idle: a port that is never readable is watched and forgotten without effect") {
  Idle idle;
  idle.watch(-1, 1);
  idle.forget(-1);
  CHECK(ready(idle).empty());
}

TEST("worker/idle: with more ready than one look can tell, all get their turn") {
  constexpr std::uint32_t kBells = 3 * Idle::kReadyMax;
  Idle idle;
  std::vector<Bell> bells(kBells);
  for (std::uint32_t i = 0; i < kBells; ++i) idle.watch(bells[i].fd.get(), i);
  std::set<std::uint32_t> seen;
  for (int look = 0; look < 3; ++look) {
    const Tokens tokens = ready(idle);
    CHECK_EQUAL(tokens.size(), std::size_t{Idle::kReadyMax});
    seen.insert(tokens.begin(), tokens.end());
  }
  CHECK_EQUAL(seen.size(), std::size_t{kBells});
}

TEST("worker/idle: a wake ends a sleep without end, is no token, and is used up by it") {
  Idle idle;
  for (int round = 0; round < 50; ++round) {
    std::atomic<bool> woken{false};
    std::thread sleeper([&] {
      const Tokens tokens = ready(idle, -1);
      woken.store(true);
      if (!tokens.empty()) test::fail(__FILE__, __LINE__, "a wake is a token");
    });
    if (round % 2 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    idle.wake();
    sleeper.join();
    CHECK(woken.load());
    const auto before = std::chrono::steady_clock::now();
    CHECK(ready(idle, 5).empty());
    CHECK(std::chrono::steady_clock::now() - before >= std::chrono::milliseconds(5));
  }
}

TEST("worker/idle: a wake before the sleep is not lost, however many there were") {
  Idle idle;
  for (int i = 0; i < 1'000; ++i) idle.wake();
  const auto before = std::chrono::steady_clock::now();
  CHECK(ready(idle, 60'000).empty());
  CHECK(std::chrono::steady_clock::now() - before < std::chrono::seconds(60));
}

TEST("worker/idle: what becomes ready ends a sleep, and comes with its name beside a wake") {
  Idle idle;
  Bell bell;
  bell.read();
  idle.watch(bell.fd.get(), 9);
  std::thread caller([&] { bell.ring(); });
  CHECK(ready(idle, -1) == Tokens{9});
  caller.join();
  idle.wake();
  CHECK(ready(idle, -1) == Tokens{9});
}

TEST("worker/idle: does not spin at first, and a long sleep opens no spin") {
  Idle idle;
  CHECK_EQUAL(idle.spin_ns(), std::uint64_t{0});
  idle.slept(Idle::kSpinMaxNs);
  idle.slept(1'000'000'000);
  CHECK_EQUAL(idle.spin_ns(), std::uint64_t{0});
  idle.spun_in_vain();
  CHECK_EQUAL(idle.spin_ns(), std::uint64_t{0});
}

TEST("worker/idle: a sleep that was shorter than the spin opens it; in vain it is halved, and then shut") {
  Idle idle;
  for (int round = 0; round < 3; ++round) {
    idle.slept(Idle::kSpinMaxNs - 1);
    CHECK_EQUAL(idle.spin_ns(), Idle::kSpinMaxNs);
    std::uint64_t before = idle.spin_ns();
    int halvings = 0;
    for (; idle.spin_ns() > 0; ++halvings) {
      CHECK(idle.spin_ns() >= Idle::kSpinMinNs);
      idle.spun_in_vain();
      CHECK(idle.spin_ns() == before / 2 || (idle.spin_ns() == 0 && before / 2 < Idle::kSpinMinNs));
      before = idle.spin_ns();
    }
    CHECK_EQUAL(halvings, 4);  // 50 µs, 25, 12.5, 6.25, none
  }
}

TEST("worker/idle: a long sleep leaves an open spin as it is: only spinning in vain shuts it") {
  Idle idle;
  idle.slept(1);
  idle.spun_in_vain();
  const std::uint64_t open = idle.spin_ns();
  idle.slept(1'000'000'000);
  CHECK_EQUAL(idle.spin_ns(), open);
}
