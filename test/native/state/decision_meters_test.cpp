#include "state/decision_meters.hpp"

#include "native/tap.hpp"

using namespace vsw;

namespace {

constexpr std::uint64_t kStart = 5'000'000'000;

// How many of `count` may be told at this moment.
std::uint32_t told(DecisionMeters& meters, std::uint16_t port, DecisionKind kind, std::uint32_t count, std::uint64_t now_ns) {
  std::uint32_t told = 0;
  while (count-- > 0) told += meters.may_tell(PortId{port}, kind, now_ns) ? 1 : 0;
  return told;
}

}  // namespace

TEST("state/decision_meters: a port has a second's worth of each kind, and as much again with time") {
  DecisionMeters meters(4);
  CHECK_EQUAL(told(meters, 1, DecisionKind::kDenied, 500, kStart), DecisionMeters::kPerSecond);
  CHECK_EQUAL(told(meters, 1, DecisionKind::kLogged, 500, kStart), DecisionMeters::kPerSecond);
  CHECK_EQUAL(told(meters, 1, DecisionKind::kAudited, 500, kStart), DecisionMeters::kPerSecond);
  CHECK_EQUAL(told(meters, 1, DecisionKind::kDenied, 500, kStart + 100'000'000), DecisionMeters::kPerSecond / 10);
  CHECK_EQUAL(told(meters, 2, DecisionKind::kDenied, 500, kStart), DecisionMeters::kPerSecond);
}

TEST("state/decision_meters: what was not told is told once, of each port and kind") {
  DecisionMeters meters(4);
  for (int i = 0; i < 3; ++i) meters.note_untold(PortId{1}, DecisionKind::kDenied);
  meters.note_untold(PortId{1}, DecisionKind::kLogged);
  CHECK_EQUAL(meters.take_untold(PortId{1}, DecisionKind::kDenied), 3u);
  CHECK_EQUAL(meters.take_untold(PortId{1}, DecisionKind::kDenied), 0u);
  CHECK_EQUAL(meters.take_untold(PortId{1}, DecisionKind::kLogged), 1u);
  CHECK_EQUAL(meters.take_untold(PortId{2}, DecisionKind::kDenied), 0u);
}

TEST("state/decision_meters: a slot's next owner has its whole share and owes no number") {
  DecisionMeters meters(4);
  (void)told(meters, 1, DecisionKind::kAudited, 500, kStart);
  meters.note_untold(PortId{1}, DecisionKind::kAudited);
  meters.forget(PortId{1});
  CHECK_EQUAL(meters.take_untold(PortId{1}, DecisionKind::kAudited), 0u);
  CHECK_EQUAL(told(meters, 1, DecisionKind::kAudited, 500, kStart), DecisionMeters::kPerSecond);
}
