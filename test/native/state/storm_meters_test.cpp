#include "state/storm_meters.hpp"

#include "native/tap.hpp"

using namespace vsw;

namespace {

constexpr std::uint64_t kStart = 5'000'000'000;

}  // namespace

TEST("state/storm_meters: a destination is broadcast, multicast or unknown unicast") {
  CHECK(storm_kind_of(kBroadcastMac) == StormKind::kBroadcast);
  CHECK(storm_kind_of(Mac{{0x33, 0x33, 0, 0, 0, 1}}) == StormKind::kMulticast);
  CHECK(storm_kind_of(Mac{{0x01, 0x00, 0x5e, 0, 0, 251}}) == StormKind::kMulticast);
  CHECK(storm_kind_of(Mac{{0x02, 0, 0, 0, 0, 1}}) == StormKind::kUnknownUnicast);
  CHECK(reason_of(StormKind::kBroadcast) == DropReason::k_storm_broadcast);
  CHECK(reason_of(StormKind::kMulticast) == DropReason::k_storm_multicast);
  CHECK(reason_of(StormKind::kUnknownUnicast) == DropReason::k_storm_unknown_unicast);
}

TEST("state/storm_meters: each kind and each port has its own meter") {
  StormMeters storms(4);
  CHECK(storms.meter(PortId{1}, StormKind::kBroadcast).take(10, 10, kStart));
  CHECK(!storms.meter(PortId{1}, StormKind::kBroadcast).take(1, 10, kStart));
  CHECK(storms.meter(PortId{1}, StormKind::kMulticast).take(10, 10, kStart));
  CHECK(storms.meter(PortId{1}, StormKind::kUnknownUnicast).take(10, 10, kStart));
  CHECK(storms.meter(PortId{2}, StormKind::kBroadcast).take(10, 10, kStart));
}

TEST("state/storm_meters: a storm is told once in ten seconds, of each kind and port") {
  StormMeters storms(4);
  CHECK(storms.tell(PortId{1}, StormKind::kBroadcast, kStart));
  CHECK(!storms.tell(PortId{1}, StormKind::kBroadcast, kStart + StormMeters::kToldNs - 1));
  CHECK(storms.tell(PortId{1}, StormKind::kMulticast, kStart));
  CHECK(storms.tell(PortId{2}, StormKind::kBroadcast, kStart));
  CHECK(storms.tell(PortId{1}, StormKind::kBroadcast, kStart + StormMeters::kToldNs));
}

TEST("state/storm_meters: a port's number that is given away takes nothing with it") {
  StormMeters storms(4);
  CHECK(storms.meter(PortId{1}, StormKind::kBroadcast).take(10, 10, kStart));
  CHECK(storms.tell(PortId{1}, StormKind::kBroadcast, kStart));
  storms.forget(PortId{1});
  CHECK(storms.meter(PortId{1}, StormKind::kBroadcast).take(10, 10, kStart));
  CHECK(storms.tell(PortId{1}, StormKind::kBroadcast, kStart));
}
