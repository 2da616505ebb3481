#include "worker/loop_guard.hpp"

#include <vector>

#include "native/small_switch.hpp"
#include "wire/loop_probe.hpp"

using namespace vsw;
using namespace vsw::test;

namespace {

// Ports 1…count without anti-spoof in one network that is probed once a second, and port 9 with it.
Edits probed(std::uint16_t count, std::uint32_t hold_ms = 30'000) {
  Edits edits;
  edits.put_network({.loop_probe_ms = 1'000, .loop_hold_ms = hold_ms});
  for (std::uint16_t id = 1; id <= count; ++id) edits.put_port({.id = id, .anti_spoof = false});
  edits.put_port({.id = 9});
  return edits;
}

// The probes among the frames that the port got.
std::vector<Bytes> probes_at(SmallSwitch& one, std::uint16_t port) {
  std::vector<Bytes> probes;
  for (const Bytes& frame : one.receive(port))
    if (Mac::read(frame.data()) == LoopProbe::kDestination) probes.push_back(frame);
  return probes;
}

std::vector<Event> events_of(SmallSwitch& one, EventType type) {
  std::vector<Event> events;
  for (Event event; one.plane.workers().worker(0).events().pop(event);)
    if (event.type == type) events.push_back(event);
  return events;
}

// A probe that port `from` got goes in by port `to`.
void carry(SmallSwitch& one, std::uint16_t from, std::uint16_t to) {
  for (const Bytes& probe : probes_at(one, from)) one.send(to, probe);
  one.plane.run();
}

}  // namespace

TEST("worker/loop_guard: each port that may hold undeclared MACs gets a probe a round, and no other port") {
  SmallSwitch one;
  one.commit(probed(3));
  one.plane.advance(1);
  for (std::uint16_t port = 1; port <= 3; ++port) CHECK_EQUAL(probes_at(one, port).size(), 1u);
  CHECK_EQUAL(one.receive(9).size(), 0u);
  one.plane.advance(998);
  CHECK_EQUAL(one.receive(1).size(), 0u);
  one.plane.advance(2);
  CHECK_EQUAL(probes_at(one, 1).size(), 1u);
  CHECK_EQUAL(one.count(1, Counter::k_originated_packets), 2u);
  CHECK_EQUAL(one.broken_law(), "");
}

TEST("worker/loop_guard: nothing is sent where no loop can be, or where the network wants none") {
  SmallSwitch one;
  one.commit(probed(1));
  one.plane.advance(5'000);
  CHECK_EQUAL(one.receive(1).size(), 0u);
  SmallSwitch other;
  Edits edits;
  edits.put_network({.loop_probe_ms = 0}).put_port({.id = 1, .anti_spoof = false}).put_port({.id = 2, .anti_spoof = false});
  other.commit(edits);
  other.plane.advance(5'000);
  CHECK_EQUAL(other.receive(1).size(), 0u);
}

TEST("worker/loop_guard: the port by which a probe comes back is held down, and comes back by itself") {
  SmallSwitch one;
  one.commit(probed(2));
  one.plane.advance(1);
  carry(one, 1, 2);
  const std::vector<Event> found = events_of(one, EventType::kLoopDetected);
  REQUIRE(found.size() == 1);
  CHECK(found[0].port == PortId{2} && found[0].from_port == PortId{1} && found[0].count == 30'000);
  carry(one, 2, 1);  // the other direction of the same loop: it ends at port 2
  CHECK_EQUAL(events_of(one, EventType::kLoopDetected).size(), 0u);
  CHECK_EQUAL(one.count(2, Counter::k_consumed_packets), 1u);

  // Neither in nor out by port 2, each by its name.
  one.send(2, broadcast_frame(2));
  one.send(9, broadcast_frame(9));
  one.send(9, udp4_frame(9, 2));
  one.plane.run();
  CHECK_EQUAL(one.drops(2, DropReason::k_port_held_down), 1u);
  CHECK_EQUAL(one.drops(2, DropReason::k_port_held_down, true), 2u);
  CHECK_EQUAL(one.receive(2).size(), 0u);
  CHECK_EQUAL(one.receive(9).size(), 0u);
  CHECK_EQUAL(one.deliver(1, udp4_frame(1, 9), 9), 1u);  // the others are as before
  one.plane.advance(1'500);
  CHECK_EQUAL(probes_at(one, 2).size(), 0u);

  one.plane.advance(30'000);
  const std::vector<Event> released = events_of(one, EventType::kPortReleased);
  REQUIRE(released.size() == 1);
  CHECK(released[0].port == PortId{2});
  CHECK_EQUAL(probes_at(one, 2).size(), 1u);
  CHECK_EQUAL(one.deliver(9, udp4_frame(9, 2), 2), 1u);
  CHECK_EQUAL(one.broken_law(), "");
}

TEST("worker/loop_guard: a flow that was known before is held down, too, and goes on afterwards") {
  SmallSwitch one;
  one.commit(probed(2, 5'000));
  CHECK_EQUAL(one.deliver(9, udp4_frame(9, 2), 2), 1u);
  CHECK_EQUAL(one.deliver(2, udp4_frame(2, 9, 5000, 4000), 9), 1u);
  CHECK_EQUAL(one.deliver(9, udp4_frame(9, 2), 2), 1u);
  CHECK(one.count(9, Counter::k_flow_hits) > 0);
  one.plane.advance(1);
  carry(one, 1, 2);
  one.receive(2);
  CHECK_EQUAL(one.deliver(9, udp4_frame(9, 2), 2), 0u);
  CHECK_EQUAL(one.deliver(9, udp4_frame(9, 2), 2), 0u);
  CHECK_EQUAL(one.drops(2, DropReason::k_port_held_down, true), 2u);
  CHECK_EQUAL(one.deliver(2, udp4_frame(2, 9, 5000, 4000), 9), 0u);
  one.plane.advance(5'000);
  CHECK_EQUAL(probes_at(one, 2).size(), 1u);
  CHECK_EQUAL(one.deliver(9, udp4_frame(9, 2), 2), 1u);
  CHECK_EQUAL(one.deliver(2, udp4_frame(2, 9, 5000, 4000), 9), 1u);
  CHECK_EQUAL(one.broken_law(), "");
}

TEST("worker/loop_guard: who makes up, keeps or carries away a probe holds down nobody else") {
  SmallSwitch one;
  one.commit(probed(2));
  one.plane.advance(1);
  const std::vector<Bytes> probes = probes_at(one, 1);
  REQUIRE(probes.size() == 1);
  Bytes forged = probes[0];
  forged[21] = std::byte{2};
  one.send(1, forged);       // another port's name
  one.send(9, probes[0]);    // by a port under anti-spoof, which nothing of others passes
  one.plane.run();
  CHECK_EQUAL(one.drops(1, DropReason::k_ether_type_denied), 1u);
  CHECK_EQUAL(one.drops(9, DropReason::k_ether_type_denied), 1u);
  one.plane.advance(5'001);
  one.send(2, probes[0]);    // an old one, from a capture
  one.plane.run();
  CHECK_EQUAL(one.count(2, Counter::k_consumed_packets), 1u);
  CHECK_EQUAL(events_of(one, EventType::kLoopDetected).size(), 0u);
  CHECK_EQUAL(one.plane.fabric().loops.held(), 0u);
}

TEST("worker/loop_guard: a container that joins two networks is no loop of either") {
  SmallSwitch one;
  Edits edits;
  for (std::uint16_t network = 1; network <= 2; ++network)
    edits.put_network({.id = network, .name = "net-" + std::to_string(network), .loop_probe_ms = 1'000});
  for (std::uint16_t id = 1; id <= 4; ++id)
    edits.put_port({.id = id, .network = static_cast<std::uint16_t>(1 + id % 2), .anti_spoof = false});
  one.commit(edits);
  one.plane.advance(1);
  carry(one, 1, 2);
  CHECK_EQUAL(events_of(one, EventType::kLoopDetected).size(), 0u);
  carry(one, 3, 1);
  CHECK_EQUAL(events_of(one, EventType::kLoopDetected).size(), 1u);
}

TEST("worker/loop_guard: what was learned while frames went round is forgotten, and a deleted port takes nothing along") {
  SmallSwitch one;
  one.commit(probed(2));
  one.send(1, udp4_frame(40, 9));
  one.send(2, udp4_frame(41, 9));
  one.plane.run();
  CHECK_EQUAL(one.plane.fabric().macs.size(), 2u);
  one.plane.advance(1);
  carry(one, 1, 2);
  CHECK_EQUAL(one.plane.fabric().macs.size(), 0u);
  Edits gone;
  one.commit(gone.delete_port(2));
  CHECK_EQUAL(one.plane.fabric().loops.held(), 0u);
}

TEST("worker/loop_guard: many ports are probed in turns, and every one in its round") {
  SmallSwitch one(0, {1, 300, 1'024, 256});
  Edits edits;
  edits.put_network({.loop_probe_ms = 60'000});
  for (std::uint16_t id = 1; id <= 200; ++id) edits.put_port({.id = id, .anti_spoof = false});
  one.commit(edits);
  std::size_t probed_ports = 0;
  for (int turn = 0; turn < 4; ++turn) {
    one.plane.advance(100);
    std::size_t now = 0;
    for (std::uint16_t id = 1; id <= 200; ++id) now += probes_at(one, id).size();
    CHECK(now <= LoopGuard::kProbesPerTurn);
    probed_ports += now;
  }
  CHECK_EQUAL(probed_ports, 200u);
}
