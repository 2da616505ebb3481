#include "flow/turn.hpp"

#include <thread>
#include <vector>

#include "flow/flow_cache.hpp"
#include "native/tap.hpp"

using namespace vsw;

TEST("flow/turn: who took the turn last owns it, writing or at rest") {
  Turn turn;
  turn.take(3);
  CHECK_EQUAL(turn.owner(), 3u);
  turn.rest();
  CHECK_EQUAL(turn.owner(), 3u);
  turn.take(3);
  turn.rest();
  turn.take(62);
  CHECK_EQUAL(turn.owner(), 62u);
  turn.rest();
}

// Without the turn the counts would miss some: `count` reads and writes in two steps.
TEST("flow/turn: workers that count for one direction at once lose nothing") {
  Turn turn;
  Flow4::Direction direction{};
  constexpr std::uint64_t kRounds = 200'000;
  std::vector<std::thread> workers;
  for (std::uint32_t worker = 0; worker < 3; ++worker)
    workers.emplace_back([&, worker] {
      for (std::uint64_t i = 0; i < kRounds; ++i) {
        turn.take(worker);
        direction.count(1, worker);
        turn.rest();
      }
    });
  for (std::thread& worker : workers) worker.join();
  CHECK_EQUAL(direction.packets.load(), 3 * kRounds);
  CHECK_EQUAL(direction.bytes.load(), 3 * kRounds);
}
