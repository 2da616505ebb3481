#include "worker/flow_book.hpp"

#include "native/policies.hpp"
#include "pipeline/prepare.hpp"

using namespace vsw;
using namespace vsw::test;

namespace {

const PlannedRule kAnything{.id = 10};
const PlannedRule kWeb{.id = 10, .services = {{6, 80, 80, 0}}};
const PlannedRule kNothing{.id = 11, .action = 1};

constexpr std::uint32_t kFlows = 1'024;
const FabricLimits kSmall{1, 32, kFlows, 256};

// Station `from` asks station `to`, who answers: how many of the two arrived.
template <class Frame>
std::size_t converse(SmallSwitch& small, Frame frame, std::uint16_t from, std::uint16_t to, std::uint16_t port) {
  const std::size_t asked = small.deliver(from, frame(from, to, port, 53), to);
  return asked == 0 ? 0 : asked + small.deliver(to, frame(to, from, 53, port), from);
}
Bytes frame4(std::uint16_t from, std::uint16_t to, std::uint16_t source_port, std::uint16_t destination_port) {
  return udp4_frame(from, to, source_port, destination_port);
}
Bytes frame6(std::uint16_t from, std::uint16_t to, std::uint16_t source_port, std::uint16_t destination_port) {
  return udp6_frame(from, to, source_port, destination_port);
}

}  // namespace

TEST("worker/flow_book: whoever opens as many connections as the table holds leaves room for the others, in either family") {
  for (const bool v6 : {false, true}) {
    SmallSwitch small(0, kSmall);
    small.commit(judged_network(3, {kAnything}));
    const auto frame = v6 ? frame6 : frame4;
    std::uint32_t established = 0;
    for (std::uint32_t i = 0; i < 2 * kFlows; ++i)
      established += converse(small, frame, 1, 2, static_cast<std::uint16_t>(10'000 + i)) == 2 ? 1 : 0;
    const std::uint32_t size = v6 ? kFlows / 4 : kFlows;
    CHECK(established >= size / 2 && established < size);
    CHECK(small.drops(1, DropReason::k_connections_exhausted) > 0);
    for (std::uint16_t port = 1; port <= size / 16; ++port) CHECK_EQUAL(converse(small, frame, 3, 2, port), 2u);
    CHECK_EQUAL(converse(small, frame, 1, 2, 10'000), 2u);  // nobody lost what was established
    CHECK_EQUAL(small.broken_law(), "");
  }
}

TEST("worker/flow_book: who alone fills the table with what nobody answers goes on at his own cost") {
  SmallSwitch small(0, kSmall);
  small.commit(judged_network(3, {kAnything}));
  CHECK_EQUAL(converse(small, frame4, 3, 2, 1), 2u);
  CHECK_EQUAL(small.deliver(3, frame4(3, 2, 2, 53), 2), 1u);
  std::size_t passed = 0;
  for (std::uint32_t i = 0; i < 4 * kFlows; ++i) passed += small.deliver(1, frame4(1, 2, static_cast<std::uint16_t>(10'000 + i), 53), 2);
  CHECK_EQUAL(passed, std::size_t{4 * kFlows});
  CHECK_EQUAL(small.deliver(2, frame4(2, 3, 53, 1), 3), 1u);
  CHECK_EQUAL(small.deliver(2, frame4(2, 3, 53, 2), 3), 1u);
}

namespace {

// Behind port 2, and one that is not there at first behind port 3, are stations that nobody declared.
constexpr std::uint16_t kFar = 9;
Edits undeclared_stations() {
  Edits edits = judged_network(3, {kWeb, kNothing});
  for (const std::uint16_t port : {std::uint16_t{2}, std::uint16_t{3}})
    edits.put_port({.id = port, .anti_spoof = false}).put_port_policy(port, 1, 2);
  return edits;
}
std::size_t forth(SmallSwitch& small, const PlannedSegment& segment) { return small.deliver(1, tcp4_frame(1, kFar, segment), 2); }
std::size_t back(SmallSwitch& small, const PlannedSegment& segment) { return small.deliver(2, tcp4_frame(kFar, 1, segment), 1); }
// Its MAC is heard at this port.
void speaks(SmallSwitch& small, std::uint16_t port) {
  CHECK(small.send(port, between(mac_of(kFar), kBroadcast, 0x0806, arp_message(1, mac_of(kFar), ip4_of(kFar), number(0, 6), ip4_of(kFar)))));
  small.plane.run();
  for (std::uint16_t other = 1; other <= 3; ++other) (void)small.receive(other);
}
std::size_t shake_far_hands(SmallSwitch& small) {
  return forth(small, {kSynFlag, 100, 0}) + back(small, {kSynFlag | kAckFlag, 500, 101, 80, 4000}) +
         forth(small, {kAckFlag, 101, 501}) + back(small, {kAckFlag, 501, 101, 80, 4000, 10}) + forth(small, {kAckFlag, 101, 511});
}
constexpr std::uint64_t kLongerThanMacs = 400'000;

}  // namespace

TEST("worker/flow_book: a connection outlives the memory of where its silent end is") {
  for (const bool judged_anew : {false, true}) {
    SmallSwitch small;
    small.commit(undeclared_stations());
    speaks(small, 2);
    CHECK_EQUAL(shake_far_hands(small), 5u);
    small.plane.advance(kLongerThanMacs);
    CHECK_EQUAL(small.plane.fabric().macs.size(), 0u);
    if (judged_anew) small.commit(Edits().put_port({.id = 1, .mtu = 1400}).put_port_policy(1, 1, 2));
    CHECK_EQUAL(forth(small, {kAckFlag, 101, 511, 4000, 80, 10}), 1u);
    CHECK_EQUAL(small.receive(3).size(), 0u);
    CHECK_EQUAL(back(small, {kAckFlag, 511, 111, 80, 4000, 10}), 1u);
    CHECK_EQUAL(small.broken_law(), "");
  }
}

TEST("worker/flow_book: a connection to a station that nobody knows is there when it is asked for once more") {
  SmallSwitch small;
  small.commit(undeclared_stations());
  CHECK_EQUAL(forth(small, {kSynFlag, 100, 0}), 1u);  // flooded
  CHECK_EQUAL(small.receive(3).size(), 1u);
  CHECK_EQUAL(back(small, {kSynFlag | kAckFlag, 500, 101, 80, 4000}), 0u);
  CHECK_EQUAL(shake_far_hands(small), 5u);
  CHECK_EQUAL(small.receive(3).size(), 0u);
}

TEST("worker/flow_book: whoever is heard elsewhere takes no connection of the one that was silent there") {
  SmallSwitch small;
  small.commit(undeclared_stations());
  speaks(small, 2);
  CHECK_EQUAL(shake_far_hands(small), 5u);
  small.plane.advance(kLongerThanMacs);
  speaks(small, 3);
  CHECK_EQUAL(forth(small, {kAckFlag, 101, 511, 4000, 80, 10}), 0u);
}

TEST("worker/flow_book: what one end alone keeps alive for months ends when that falls silent") {
  SmallSwitch small;
  PlannedNetwork network;
  network.timeouts.assign(Timeouts::kCount, 2'000'000);
  small.commit(judged_network(2, {kAnything}, {}, network));
  constexpr std::uint64_t kDay = 86'400'000;
  for (int i = 0; i < 3; ++i) {
    CHECK_EQUAL(small.deliver(1, frame4(1, 2, 5'000, 53), 2), 1u);
    small.plane.advance(10 * kDay);
  }
  CHECK_EQUAL(small.deliver(1, frame4(1, 2, 5'000, 53), 2), 1u);
  CHECK_EQUAL(small.plane.fabric().flows4.size(), 1u);
  small.plane.advance(24 * kDay);
  CHECK_EQUAL(small.plane.fabric().flows4.size(), 0u);
}

TEST("worker/flow_book: what died as no part of its connection is written down in its turn, where several workers have the port") {
  SmallSwitch small;
  small.commit(judged_network(2, {kWeb, kNothing}));
  CHECK_EQUAL(shake_hands(small), 3u);
  Fabric& fabric = small.plane.fabric();
  const auto generation = small.plane.running();
  Pool pool(4);
  EventRing events;
  const CounterPage page = fabric.counters.page(0);
  Egress egress(pool, page, fabric.drop_log, fabric.capture, 0, 1);
  Answerer answerer(fabric, pool, page, egress);
  Witness witness(fabric, 0, page, events);
  FlowBook book(fabric, page, answerer, witness);

  Bytes frame = tcp4_frame(1, 2, {kAckFlag, 0x7000'0000, 501});
  Packet packet;
  packet.data = frame.data();
  packet.length = static_cast<std::uint32_t>(frame.size());
  REQUIRE(prepare(packet, false) == DropReason::kNone);
  Lane lane;
  lane.network = generation->network(NetworkId{1});
  make_flow_key(packet, NetworkId{1}, fabric.seed, lane.key);
  const Finding finding = find_connection(fabric, *generation, *lane.network, PortId{1}, packet, lane.key);
  REQUIRE(finding.standing.kind == Standing::Kind::kInvalid);

  constexpr std::uint32_t kSecondWorker = 1;
  const Moment moment{*generation, *generation->port(PortId{1}), Grounds::of(generation->id, fabric.taught_version()), 0, 0, kSecondWorker, true};
  const Flow4& flow = fabric.flows4.record(finding.number);
  CHECK_EQUAL(flow.turn[lane.key.side].owner(), 0u);
  book.refuse(lane, moment, finding, packet);
  CHECK_EQUAL(flow.turn[lane.key.side].owner(), kSecondWorker);
}
