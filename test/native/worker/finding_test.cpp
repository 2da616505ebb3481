#include "worker/finding.hpp"

#include "native/policies.hpp"

using namespace vsw;
using namespace vsw::test;

namespace {

const PlannedRule kWeb{.id = 10, .action = 0, .services = {{6, 80, 80, 0}}};
const PlannedRule kNothing{.id = 11, .action = 1};
const PlannedRule kRejected{.id = 12, .action = 2};

std::uint64_t invalid(SmallSwitch& small, std::uint16_t port) { return small.drops(port, DropReason::k_connection_invalid); }

}  // namespace

TEST("worker/finding: replies of an allowed connection pass, and nothing that its far end begins itself") {
  SmallSwitch small;
  small.commit(judged_network(2, {kWeb, kNothing}));
  CHECK_EQUAL(shake_hands(small), 3u);
  CHECK_EQUAL(small.deliver(2, tcp4_frame(2, 1, {kAckFlag, 501, 101, 80, 4000, 100}), 1), 1u);
  CHECK_EQUAL(small.deliver(2, tcp4_frame(2, 1, {kSynFlag, 900, 0, 81, 4001}), 1), 0u);
  CHECK_EQUAL(small.drops(2, DropReason::k_ingress_denied), 1u);
  CHECK_EQUAL(small.broken_law(), "");
}

TEST("worker/finding: what is not in the window dies, and the connection lives on") {
  SmallSwitch small;
  small.commit(judged_network(2, {kWeb, kNothing}));
  CHECK_EQUAL(shake_hands(small), 3u);
  CHECK_EQUAL(small.deliver(2, tcp4_frame(2, 1, {kResetFlag, 0x7000'0000, 0, 80, 4000}), 1), 0u);
  CHECK_EQUAL(small.deliver(1, tcp4_frame(1, 2, {kAckFlag, 0x7000'0000, 501, 4000, 80, 10}), 2), 0u);
  CHECK_EQUAL(invalid(small, 1), 1u);
  CHECK_EQUAL(invalid(small, 2), 1u);
  CHECK_EQUAL(small.deliver(1, tcp4_frame(1, 2, {kAckFlag, 101, 501, 4000, 80, 10}), 2), 1u);
  CHECK_EQUAL(small.broken_law(), "");
}

TEST("worker/finding: a running connection is picked up in the direction that is seen first, unless the network says no") {
  for (const bool loose : {true, false}) {
    SmallSwitch small;
    small.commit(judged_network(2, {kWeb, kNothing}, {}, {.tcp_loose = loose}));
    CHECK_EQUAL(small.deliver(1, tcp4_frame(1, 2, {kAckFlag, 101, 501, 4000, 80, 10}), 2), loose ? 1u : 0u);
    CHECK_EQUAL(small.deliver(2, tcp4_frame(2, 1, {kAckFlag, 501, 111, 80, 4000, 10}), 1), loose ? 1u : 0u);
    CHECK_EQUAL(invalid(small, 1), loose ? 0u : 1u);
  }
}

TEST("worker/finding: a running connection whose server is heard first is picked up as its client's") {
  constexpr std::uint16_t kClient = 40'000;
  const auto data = [](std::uint16_t from, std::uint16_t to, std::uint16_t port, std::uint16_t to_port) {
    const bool client = from == 1;
    return tcp4_frame(from, to, {kAckFlag, client ? 101u : 501u, client ? 511u : 101u, port, to_port, 10});
  };
  // Nobody but the client may open anything.
  SmallSwitch small;
  small.commit(judged_network(2, {kWeb, kNothing}));
  CHECK_EQUAL(small.deliver(2, data(2, 1, 80, kClient), 1), 1u);
  CHECK_EQUAL(small.deliver(1, data(1, 2, kClient, 80), 2), 1u);
  // Both ends have ports from which one opens: it is who is heard first.
  CHECK_EQUAL(small.deliver(2, data(2, 1, 40'080, kClient), 1), 0u);
  CHECK_EQUAL(small.drops(2, DropReason::k_ingress_denied), 1u);
  // What rules say of it then is said of the client's way.
  Edits forbidden;
  forbidden.put_rules(1, {kNothing});
  small.commit(forbidden);
  CHECK_EQUAL(small.deliver(2, data(2, 1, 80, kClient), 1), 0u);
  CHECK_EQUAL(small.deliver(2, data(2, 1, 80, kClient + 1), 1), 0u);
  CHECK_EQUAL(small.drops(2, DropReason::k_ingress_denied), 3u);
  CHECK_EQUAL(small.broken_law(), "");
}

TEST("worker/finding: an answer that nobody asked for opens nothing: no record, no share, no SYN") {
  SmallSwitch small;
  small.commit(judged_network(2, {kWeb, kNothing}));
  // Station 2 serves at port 80, and may open nothing; station 1 listens at 50051.
  const auto from_server = [](std::uint8_t flags, std::uint32_t sequence, std::uint32_t acknowledgement) {
    return tcp4_frame(2, 1, {flags, sequence, acknowledgement, 80, 50'051, flags == kAckFlag ? 10u : 0u});
  };
  CHECK_EQUAL(small.deliver(2, from_server(kAckFlag, 500, 1'000), 1), 1u);
  CHECK_EQUAL(small.plane.fabric().flows4.size(), 0u);
  CHECK_EQUAL(small.deliver(2, from_server(kSynFlag, 0xffff'ffff, 0), 1), 0u);
  CHECK_EQUAL(small.deliver(2, from_server(kSynFlag | kAckFlag, 500, 1'000), 1), 0u);
  CHECK_EQUAL(small.deliver(1, tcp4_frame(1, 2, {kSynFlag | kAckFlag, 1'000, 0, 50'051, 80}), 2), 0u);
  CHECK_EQUAL(small.deliver(1, tcp4_frame(1, 2, {kResetFlag, 1'000, 0, 50'051, 80}), 2), 0u);
  CHECK_EQUAL(small.drops(2, DropReason::k_ingress_denied), 1u);
  CHECK_EQUAL(invalid(small, 1) + invalid(small, 2), 3u);
  CHECK_EQUAL(small.broken_law(), "");
}

TEST("worker/finding: an end that is first heard with what tells that it began anew ends what was picked up") {
  SmallSwitch small;
  small.commit(judged_network(2, {kWeb, kNothing}));
  const auto from_client = [](std::uint8_t flags, std::uint32_t sequence, std::uint32_t acknowledgement) {
    return tcp4_frame(1, 2, {flags, sequence, acknowledgement, 50'051, 80});
  };
  // A keep-alive is picked up; the server restarted and knows of nothing. Its answer to the client's SYN dies, and the
  // next one opens.
  CHECK_EQUAL(small.deliver(1, from_client(kAckFlag, 1'000, 500), 2), 1u);
  CHECK_EQUAL(small.deliver(1, from_client(kSynFlag, 9'000, 0), 2), 1u);
  const auto answer = tcp4_frame(2, 1, {kSynFlag | kAckFlag, 70'000'000, 9'001, 80, 50'051});
  CHECK_EQUAL(small.deliver(2, answer, 1), 0u);
  CHECK_EQUAL(small.deliver(1, from_client(kSynFlag, 9'000, 0), 2), 1u);
  CHECK_EQUAL(small.deliver(2, answer, 1), 1u);
  CHECK_EQUAL(small.deliver(1, from_client(kAckFlag, 9'001, 70'000'001), 2), 1u);
  CHECK_EQUAL(invalid(small, 2), 1u);
  CHECK_EQUAL(small.broken_law(), "");
}

TEST("worker/finding: an echo's replies pass, and a reply that nobody asked for is invalid") {
  SmallSwitch small;
  small.commit(judged_network(2, {{.id = 10, .services = {{1, 8 << 8, 8 << 8, 0}}}, kNothing}));
  const auto frame = [](std::uint16_t from, std::uint16_t to, std::uint8_t type) {
    return between(mac_of(from), mac_of(to), 0x0800, ip4_datagram(ip4_of(from), ip4_of(to), 1, echo(type, counting(20))));
  };
  CHECK_EQUAL(small.deliver(2, frame(2, 1, 0), 1), 0u);
  CHECK_EQUAL(invalid(small, 2), 1u);
  CHECK_EQUAL(small.deliver(1, frame(1, 2, 8), 2), 1u);
  CHECK_EQUAL(small.deliver(2, frame(2, 1, 0), 1), 1u);
  CHECK_EQUAL(small.deliver(2, frame(2, 1, 0), 1), 1u);
}

TEST("worker/finding: who is rejected is told: a reset, or that a filter forbids it") {
  SmallSwitch small;
  small.commit(judged_network(2, {kRejected}));
  CHECK(small.send(1, tcp4_frame(1, 2, {kSynFlag, 100, 0})));
  CHECK(small.send(1, udp4_frame(1, 2)));
  CHECK(small.send(1, tcp4_frame(1, 2, {kResetFlag, 100, 0})));
  small.plane.run();
  CHECK(small.receive(2).empty());
  const std::vector<Bytes> answers = small.receive(1);
  REQUIRE(answers.size() == 2);
  const Bytes reset = tcp4_frame(2, 1, {kResetFlag | kAckFlag, 0, 101, 80, 4000, 0, 0});
  CHECK_EQUAL(to_hex(Bytes(answers[0].begin() + 34, answers[0].end())), to_hex(Bytes(reset.begin() + 34, reset.end())));
  CHECK_EQUAL(to_hex(Bytes(answers[1].begin() + 34, answers[1].begin() + 36)), "030d");
  CHECK_EQUAL(small.broken_law(), "");
}

TEST("worker/finding: without a rule nothing is tracked, and what a network cannot know passes") {
  SmallSwitch small;
  small.commit(one_network(2));
  CHECK_EQUAL(small.deliver(2, tcp4_frame(2, 1, {kSynFlag | kAckFlag, 500, 101, 80, 4000}), 1), 1u);
  CHECK_EQUAL(small.deliver(2, tcp4_frame(2, 1, {kResetFlag, 0x7000'0000, 0, 80, 4000}), 1), 1u);
}

TEST("worker/finding: a port's share of connections is its own: who has used it up opens no more, and the others do") {
  SmallSwitch small;
  Edits edits = judged_network(3, {kWeb, kNothing});
  edits.put_port({.id = 1, .connections_max = 2});
  small.commit(edits);
  for (std::uint16_t port = 1; port <= 2; ++port) CHECK_EQUAL(shake_hands(small, 80, static_cast<std::uint16_t>(4000 + port)), 3u);
  CHECK_EQUAL(small.deliver(1, tcp4_frame(1, 2, {kSynFlag, 100, 0, 4003}), 2), 0u);
  CHECK_EQUAL(small.drops(1, DropReason::k_connections_exhausted), 1u);
  CHECK_EQUAL(small.deliver(3, tcp4_frame(3, 2, {kSynFlag, 100, 0, 4003}), 2), 1u);
  CHECK_EQUAL(small.deliver(1, tcp4_frame(1, 2, {kAckFlag, 101, 501, 4001, 80, 10}), 2), 1u);
  CHECK_EQUAL(small.broken_law(), "");
}

namespace {

// A datagram of station 1 to station 2 in three pieces; `port` is where it goes.
struct Pieces {
  Bytes first, second, last;
};
Pieces pieces_of(std::uint16_t port) {
  const Bytes datagram = udp_datagram(4000, port, counting(40));
  const auto piece = [&](std::size_t from, std::size_t to, bool more) {
    const auto at = [&](std::size_t offset) { return datagram.begin() + static_cast<std::ptrdiff_t>(offset); };
    return between(mac_of(1), mac_of(2), 0x0800,
                   ip4_datagram(ip4_of(1), ip4_of(2), 17, Bytes(at(from), at(to)),
                                static_cast<std::uint16_t>(from / 8 | (more ? 0x2000 : 0))));
  };
  return {piece(0, 16, true), piece(16, 32, true), piece(32, 48, false)};
}
const PlannedRule kDns{.id = 10, .services = {{17, 53, 53, 0}}};

}  // namespace

TEST("worker/finding: fragments pass or die with their first one, in whatever order they come") {
  for (const bool allowed : {true, false}) {
    SmallSwitch small;
    small.commit(judged_network(2, {kDns, kNothing}));
    const Pieces pieces = pieces_of(allowed ? 53 : 54);
    CHECK_EQUAL(small.deliver(1, pieces.last, 2), 0u);
    CHECK_EQUAL(small.count(1, Counter::k_held_packets), 1u);
    CHECK_EQUAL(small.broken_law(), "");
    CHECK(small.send(1, pieces.first));
    small.plane.run();
    CHECK_EQUAL(small.receive(2).size(), allowed ? 2u : 0u);
    CHECK_EQUAL(small.deliver(1, pieces.second, 2), allowed ? 1u : 0u);
    CHECK_EQUAL(small.count(1, Counter::k_held_packets), 0u);
    CHECK_EQUAL(small.drops(1, DropReason::k_ingress_denied), allowed ? 0u : 3u);
    CHECK_EQUAL(small.broken_law(), "");
  }
}

TEST("worker/finding: what waits for a first fragment that does not come dies after its time; an overlap ends all of it") {
  SmallSwitch small;
  small.commit(judged_network(2, {kDns, kNothing}));
  const Pieces pieces = pieces_of(53);
  CHECK_EQUAL(small.deliver(1, pieces.second, 2), 0u);
  small.plane.advance(31'000);
  CHECK_EQUAL(small.drops(1, DropReason::k_fragment_expired), 1u);
  CHECK_EQUAL(small.deliver(1, pieces.first, 2), 1u);
  Bytes overlap = pieces.second;
  write(overlap, 14 + 6, 0x2001, 2);  // begins inside the first one
  Bytes header(overlap.begin() + 14, overlap.begin() + 34);
  repair_ipv4(header);
  std::copy(header.begin(), header.end(), overlap.begin() + 14);
  CHECK_EQUAL(small.deliver(1, overlap, 2), 0u);
  CHECK_EQUAL(small.deliver(1, pieces.second, 2), 0u);
  CHECK_EQUAL(small.drops(1, DropReason::k_fragment_overlap), 2u);
  CHECK_EQUAL(small.broken_law(), "");
}

TEST("worker/finding: fragments of a port that goes go with it, and of a switch that ends") {
  SmallSwitch small;
  small.commit(judged_network(3, {kDns, kNothing}));
  CHECK_EQUAL(small.deliver(1, pieces_of(53).last, 2), 0u);
  small.commit(Edits().delete_port(1));
  CHECK_EQUAL(small.drops(0, DropReason::k_port_not_active), 1u);
  CHECK_EQUAL(small.broken_law(), "");
}

TEST("worker/finding: errors about a connection pass when they come from where it leads, and quote what was sent") {
  SmallSwitch small;
  small.commit(judged_network(3, {kWeb, kNothing}));
  CHECK_EQUAL(shake_hands(small), 3u);
  const auto error = [](std::uint16_t from, const Bytes& quoted) {
    const Bytes message = join({from_hex("0304 0000 0000 0514"), Bytes(quoted.begin() + 14, quoted.begin() + 42)});
    Bytes whole = message;
    write(whole, 2, 0xffff & ~naive_sum(message), 2);
    return between(mac_of(from), mac_of(1), 0x0800, ip4_datagram(ip4_of(from), ip4_of(1), 1, whole));
  };
  const Bytes sent = tcp4_frame(1, 2, {kAckFlag, 101, 501, 4000, 80, 10});
  CHECK_EQUAL(small.deliver(1, sent, 2), 1u);
  CHECK_EQUAL(small.deliver(2, error(2, sent), 1), 1u);
  CHECK_EQUAL(small.deliver(3, error(3, sent), 1), 0u);
  CHECK_EQUAL(small.deliver(2, error(2, tcp4_frame(1, 2, {kAckFlag, 0x7000'0000, 501, 4000, 80, 10})), 1), 0u);
  CHECK_EQUAL(small.deliver(2, error(2, tcp4_frame(1, 2, {kAckFlag, 101, 501, 4001, 80, 10})), 1), 0u);
  CHECK_EQUAL(small.drops(2, DropReason::k_related_unmatched), 2u);
  CHECK_EQUAL(small.drops(3, DropReason::k_related_unmatched), 1u);
  small.commit(Edits().put_rules(1, {kNothing}));
  CHECK_EQUAL(small.deliver(2, error(2, sent), 1), 0u);
  CHECK_EQUAL(small.broken_law(), "");
}

TEST("worker/finding: fragments to a group are judged at each receiver as their first one was") {
  SmallSwitch small;
  Edits edits = judged_network(3, {kDns, kNothing});
  edits.put_rules(3, {kNothing}).put_port_policy(3, 3, 2);
  small.commit(edits);
  const Pieces pieces = pieces_of(53);
  const auto to_all = [](Bytes frame) {
    std::copy(kBroadcast.begin(), kBroadcast.end(), frame.begin());
    return frame;
  };
  for (const Bytes& piece : {pieces.last, pieces.first, pieces.second}) CHECK(small.send(1, to_all(piece)));
  small.plane.run();
  CHECK_EQUAL(small.receive(2).size(), 3u);
  CHECK_EQUAL(small.receive(3).size(), 0u);
  CHECK_EQUAL(small.count(1, Counter::k_held_packets), 0u);
  CHECK_EQUAL(small.broken_law(), "");
}

TEST("worker/finding: a SYN that only asks for a challenge keeps no connection alive") {
  SmallSwitch small;
  PlannedNetwork network;
  network.timeouts = {120, 60, 10};  // tcp_established: 10 s
  small.commit(judged_network(2, {kWeb, kNothing}, {}, network));
  CHECK_EQUAL(shake_hands(small), 3u);
  CHECK_EQUAL(small.deliver(2, tcp4_frame(2, 1, {kAckFlag, 501, 101, 80, 4000}), 1), 1u);
  for (int second = 0; second < 12; second += 4) {
    small.plane.advance(4'000);
    (void)small.deliver(2, tcp4_frame(2, 1, {kSynFlag, 0x7000'0000, 0, 80, 4000}), 1);
  }
  CHECK_EQUAL(small.plane.fabric().flows4.size(), 0u);
}

namespace {

// Station 9 behind port 2, which nobody declared; so are those behind port 3.
constexpr std::uint16_t kFar = 9;
Edits far_client(const PlannedNetwork& network = {}) {
  Edits edits = judged_network(3, {kWeb, kNothing}, {}, network);
  for (const std::uint16_t port : {std::uint16_t{2}, std::uint16_t{3}})
    edits.put_port({.id = port, .anti_spoof = false}).put_port_policy(port, 1, 2);
  return edits;
}
std::size_t shake_far_hands(SmallSwitch& small, std::uint16_t client = 4'000) {
  return small.deliver(2, tcp4_frame(kFar, 1, {kSynFlag, 100, 0, client}), 1) +
         small.deliver(1, tcp4_frame(1, kFar, {kSynFlag | kAckFlag, 500, 101, 80, client}), 2) +
         small.deliver(2, tcp4_frame(kFar, 1, {kAckFlag, 101, 501, client}), 1);
}
// It is heard at port 3.
void moves(SmallSwitch& small) {
  CHECK(small.send(3, between(mac_of(kFar), kBroadcast, 0x0806, arp_message(1, mac_of(kFar), ip4_of(kFar), number(0, 6), ip4_of(kFar)))));
  small.plane.run();
  for (std::uint16_t port = 1; port <= 3; ++port) (void)small.receive(port);
}
// Station 1 tells the far one that what it sent found nobody.
Bytes far_error(const Bytes& quoted) {
  const Bytes message = join({from_hex("0304 0000 0000 0514"), Bytes(quoted.begin() + 14, quoted.begin() + 42)});
  Bytes whole = message;
  write(whole, 2, 0xffff & ~naive_sum(message), 2);
  return between(mac_of(1), mac_of(kFar), 0x0800, ip4_datagram(ip4_of(1), ip4_of(kFar), 1, whole));
}

}  // namespace

TEST("worker/finding: an error about a connection goes to its end alone, though it was silent for so long that nobody knows its MAC") {
  SmallSwitch small;
  small.commit(far_client());
  CHECK_EQUAL(shake_far_hands(small), 3u);
  const Bytes sent = tcp4_frame(kFar, 1, {kAckFlag, 101, 501, 4000, 80, 10});
  CHECK_EQUAL(small.deliver(2, sent, 1), 1u);
  CHECK_EQUAL(small.deliver(1, tcp4_frame(1, kFar, {kAckFlag, 501, 111, 80, 4000}), 2), 1u);
  small.plane.advance(400'000);
  CHECK_EQUAL(small.plane.fabric().macs.size(), 0u);
  CHECK_EQUAL(small.deliver(1, far_error(sent), 2), 1u);
  CHECK_EQUAL(small.receive(3).size(), 0u);
  CHECK_EQUAL(small.broken_law(), "");
}

TEST("worker/finding: of a client that moved explain says what happens, whoever is heard first") {
  for (const bool loose : {true, false}) {
    for (const bool server_first : {true, false}) {
      for (const std::uint16_t client : {std::uint16_t{4'000}, std::uint16_t{40'000}}) {
        SmallSwitch small;
        PlannedNetwork network;
        network.tcp_loose = loose;
        Edits edits = far_client(network);
        small.commit(edits.put_rules(2, {kWeb, kNothing}));
        CHECK_EQUAL(shake_far_hands(small, client), 3u);
        moves(small);
        const Bytes data = server_first ? tcp4_frame(1, kFar, {kAckFlag, 501, 101, 80, client, 10})
                                        : tcp4_frame(kFar, 1, {kAckFlag, 101, 501, client, 80, 10});
        const std::uint16_t from = server_first ? 1 : 3, to = server_first ? 3 : 1;
        const Result<Trace> said = small.plane.trace(PortId{from}, data, {}, nullptr);
        REQUIRE(said);
        // Without its record a connection is whatever its ports say, and where nothing is picked up it is none.
        const bool passes = loose && (!server_first || client >= 32'768);
        CHECK_EQUAL(said.value().allowed, passes);
        CHECK_EQUAL(small.deliver(from, data, to), passes ? 1u : 0u);
      }
    }
  }
}

TEST("worker/finding: an answer goes to those whose rules let them ask, wherever its MAC may be; where a rule rejects its sender is told") {
  SmallSwitch small;
  Edits edits = judged_network(3, {kNothing}, {kNothing});
  for (const std::uint16_t port : {std::uint16_t{2}, std::uint16_t{3}})
    edits.put_port({.id = port, .anti_spoof = false}).put_port_policy(port, 1, 2);
  // 1 serves; of the other two only 3 may ask.
  edits.put_rules(3, {kWeb, kNothing}).put_rules(4, {kWeb, kNothing}).put_port_policy(1, 3, 2).put_port_policy(3, 1, 4);
  small.commit(edits);
  const Bytes answer = tcp4_frame(1, kFar, {kAckFlag, 501, 101, 80, 40'000, 12});
  CHECK_EQUAL(small.deliver(1, answer, 3), 1u);
  CHECK_EQUAL(small.receive(2).size(), 0u);
  CHECK_EQUAL(small.plane.fabric().flows4.size(), 0u);
  // No fragment is an answer.
  Bytes fragment = answer;
  write(fragment, 14 + 6, 0x2000, 2);
  Bytes header(fragment.begin() + 14, fragment.begin() + 34);
  repair_ipv4(header);
  std::copy(header.begin(), header.end(), fragment.begin() + 14);
  CHECK_EQUAL(small.deliver(1, fragment, 3), 0u);
  CHECK_EQUAL(small.drops(1, DropReason::k_egress_denied), 1u);
  // A rule that rejects, of either end, tells the server: it sent.
  moves(small);
  for (const std::uint16_t list : {std::uint16_t{3}, std::uint16_t{4}}) {
    small.commit(Edits().put_rules(list, {kRejected}));
    CHECK_EQUAL(small.deliver(1, answer, 1), 1u);
    CHECK_EQUAL(small.receive(2).size() + small.receive(3).size(), 0u);
    small.commit(Edits().put_rules(list, {kWeb, kNothing}));
  }
  CHECK_EQUAL(small.broken_law(), "");
}

TEST("worker/finding: who takes the name of a server that is there answers nothing in it") {
  SmallSwitch small;
  small.commit(far_client().put_rules(2, {kWeb, kNothing}).put_port({.id = 2}).put_port_policy(2, 1, 2));
  CHECK_EQUAL(shake_hands(small, 80, 40'000), 3u);
  // Port 3 may say it is whoever it likes.
  const Bytes forged = tcp4_frame(2, 1, {kAckFlag, 501, 101, 80, 40'000, 10});
  CHECK_EQUAL(small.deliver(3, forged, 1), 0u);
  CHECK_EQUAL(small.drops(3, DropReason::k_egress_denied), 1u);
  CHECK_EQUAL(small.deliver(2, forged, 1), 1u);
  CHECK_EQUAL(small.broken_law(), "");
}
