#include "worker/busy_ports.hpp"

#include "native/tap.hpp"

using namespace vsw;
using namespace vsw::test;

TEST("worker/busy_ports: first come, first served, round the ring") {
  BusyPorts busy;
  for (std::uint16_t round = 0; round < 100; ++round) {
    for (std::uint16_t i = 1; i <= 3; ++i) busy.note(PortId{static_cast<std::uint16_t>(round * 3 + i)});
    for (std::uint16_t i = 1; i <= 3; ++i) CHECK_EQUAL(busy.take_first().value, static_cast<std::uint16_t>(round * 3 + i));
  }
  CHECK(busy.empty());
}

TEST("worker/busy_ports: a full queue takes no more, and forgetting makes room without changing the order") {
  BusyPorts busy;
  for (std::uint16_t i = 1; i <= BusyPorts::kPortsMax + 1; ++i) busy.note(PortId{i});
  CHECK_EQUAL(busy.size(), BusyPorts::kPortsMax);
  CHECK(!busy.has(PortId{BusyPorts::kPortsMax + 1}));
  busy.forget(PortId{2});
  busy.forget(PortId{2});
  CHECK_EQUAL(busy.size(), BusyPorts::kPortsMax - 1);
  CHECK(!busy.has(PortId{2}) && busy.has(PortId{3}));
  CHECK_EQUAL(busy.take_first().value, std::uint16_t{1});
  CHECK_EQUAL(busy.take_first().value, std::uint16_t{3});
}
