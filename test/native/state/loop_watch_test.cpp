#include "state/loop_watch.hpp"

#include <atomic>
#include <thread>
#include <vector>

#include "native/tap.hpp"

using namespace vsw;

namespace {

constexpr PortId kOne{1}, kTwo{2}, kThree{3};

}  // namespace

TEST("state/loop_watch: a port is held until its time is over") {
  LoopWatch watch(8, {});
  CHECK(!watch.is_held(kOne));
  CHECK(watch.hold(kOne, kTwo, 1'000));
  CHECK(watch.is_held(kOne) && !watch.is_held(kTwo));
  CHECK_EQUAL(watch.held(), 1u);
  std::vector<PortId> released;
  const auto note = [&](PortId port) { released.push_back(port); };
  watch.let_go_until(999, note);
  CHECK(released.empty() && watch.is_held(kOne));
  watch.let_go_until(1'000, note);
  CHECK(released == std::vector<PortId>{kOne});
  CHECK(!watch.is_held(kOne));
  CHECK_EQUAL(watch.held(), 0u);
}

TEST("state/loop_watch: of two ports that are joined only one is held") {
  LoopWatch watch(8, {});
  CHECK(watch.hold(kTwo, kOne, 1'000));
  CHECK(!watch.hold(kOne, kTwo, 1'000));  // the loop ends at two
  CHECK(!watch.hold(kTwo, kOne, 2'000));  // it is held already
  CHECK(watch.hold(kThree, kOne, 1'000));  // three is joined with one, too
  CHECK_EQUAL(watch.held(), 2u);
}

TEST("state/loop_watch: a port may loop to itself") {
  LoopWatch watch(8, {});
  CHECK(watch.hold(kOne, kOne, 1'000));
  CHECK(watch.let_go(kOne));
  CHECK(!watch.let_go(kOne));
  CHECK_EQUAL(watch.held(), 0u);
}

TEST("state/loop_watch: workers that find the two ends at once hold one of them") {
  for (int round = 0; round < 500; ++round) {
    LoopWatch watch(8, {});
    std::atomic<int> held{0};
    std::thread one([&] { held += watch.hold(kOne, kTwo, 1'000) ? 1 : 0; });
    std::thread two([&] { held += watch.hold(kTwo, kOne, 1'000) ? 1 : 0; });
    one.join();
    two.join();
    if (held.load() != 1 || watch.held() != 1) {
      CHECK_EQUAL(held.load(), 1);
      return;
    }
  }
}
