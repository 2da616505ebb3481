#include "state/fragment_table.hpp"

#include <list>
#include <string>
#include <vector>

#include "native/held_packet.hpp"
#include "native/tap.hpp"

using namespace vsw;
using namespace vsw::test;

namespace {

using What = FragmentTable::What;
constexpr NetworkId kNetwork{3};

// A table with the packets that came by it and what became of those that it held.
struct Bench {
  explicit Bench(std::uint32_t timeout_ms = 30'000) : table(HashSeed{}, timeout_ms) {}
  ~Bench() { table.clear(DropReason::k_port_not_active, note); }

  FragmentTable::Answer take(const Bytes& frame, PortId ingress = PortId{7}, NetworkId network = kNetwork) {
    HeldPacket& held = packets.emplace_back(frame, Offload{});
    CHECK(held.error == ParseError::kNone && held.packet.headers.has(Headers::kFragment));
    held.packet.ingress = ingress;
    return table.take(network, held.packet, now_ms, note);
  }
  // `word` is IPv4's flags and offset: 0x2000 says that more follow.
  FragmentTable::Answer take4(std::uint16_t word, std::size_t length, std::uint16_t id = 1, PortId ingress = PortId{7}) {
    Bytes datagram = word == 0x2000 ? ipv4(17, udp(counting(length - 8)), word) : ipv4(17, counting(length), word);
    write(datagram, 4, id, 2);
    repair_ipv4(datagram);
    return take(ethernet(0x0800, datagram), ingress);
  }
  FragmentTable::Answer take6(std::uint32_t offset, bool more, std::size_t length, std::uint32_t id = 1, std::uint8_t next = 17) {
    const Bytes header = join({number(next, 1), number(0, 1), number(offset | (more ? 1u : 0u), 2), number(id, 4)});
    return take(ethernet(0x86dd, ipv6(44, join({header, offset == 0 ? udp(counting(length - 8)) : counting(length)}))));
  }
  void judge(const FragmentTable::Answer& answer, std::uint64_t word = 99) {
    CHECK(answer.what == What::kJudge);
    table.judged(answer.datagram, FragmentTable::Judgement{{word, 0, 0, 0}}, [this](Packet& packet) { released.push_back(&packet); });
  }
  [[nodiscard]] std::size_t count(DropReason reason) const {
    std::size_t found = 0;
    for (const DropReason one : deaths) found += one == reason ? 1 : 0;
    return found;
  }

  std::list<HeldPacket> packets;
  std::vector<Packet*> released;
  std::vector<DropReason> deaths;
  struct Note {
    std::vector<DropReason>* deaths;
    void operator()(Packet& packet, DropReason reason) const {
      CHECK(packet.data != nullptr);
      deaths->push_back(reason);
    }
  } note{&deaths};
  FragmentTable table;
  std::uint32_t now_ms = 0xffff'fff0;  // time goes round, too
};

bool is(const FragmentTable::Answer& answer, What what) { return answer.what == what; }
bool is_dead(const FragmentTable::Answer& answer, DropReason reason) { return is(answer, What::kDead) && answer.reason == reason; }

}  // namespace

TEST("state/fragment_table: the first one is judged and the others follow it") {
  Bench bench;
  bench.judge(bench.take4(0x2000, 1'480), 5);
  const FragmentTable::Answer second = bench.take4(0x2000 | 185, 1'480);
  CHECK(is(second, What::kJudged) && second.judgement->words[0] == 5);
  CHECK_EQUAL(bench.table.datagrams(), 1u);
  const FragmentTable::Answer last = bench.take4(370, 100);
  CHECK(is(last, What::kJudged) && last.judgement->words[0] == 5);
  CHECK_EQUAL(bench.table.datagrams(), 0u);  // all of it was seen
  CHECK(bench.released.empty() && bench.deaths.empty());
}

TEST("state/fragment_table: what comes before the first is held, and goes on in its order") {
  Bench bench;
  CHECK(is(bench.take4(370, 100), What::kHeld));
  CHECK(is(bench.take4(0x2000 | 185, 1'480), What::kHeld));
  CHECK_EQUAL(bench.table.held(), 2u);
  bench.judge(bench.take4(0x2000, 1'480));
  CHECK_EQUAL(bench.released.size(), 2u);
  CHECK(bench.released[0] == &bench.packets.front().packet && bench.released[1] == &std::next(bench.packets.begin())->packet);
  CHECK(bench.table.held() == 0 && bench.table.datagrams() == 0);

  CHECK(is(bench.take6(24, false, 9), What::kHeld));
  CHECK(is(bench.take6(16, true, 8, 1, 60), What::kHeld));  // whatever it says to carry
  bench.judge(bench.take6(0, true, 16));
  CHECK_EQUAL(bench.released.size(), 4u);
  CHECK_EQUAL(bench.table.datagrams(), 0u);
}

TEST("state/fragment_table: a datagram is its addresses, its number, its network and its port, in IPv4 its protocol") {
  Bench bench;
  CHECK(is(bench.take4(185, 8), What::kHeld));
  bench.judge(bench.take4(0x2000, 1'480, 2));
  bench.judge(bench.take4(0x2000, 1'480, 1, PortId{8}));
  Bytes other = ipv4(17, udp(counting(1'472)), 0x2000);
  write(other, 4, 1, 2);
  repair_ipv4(other);
  bench.judge(bench.take(ethernet(0x0800, other), PortId{7}, NetworkId{4}));
  write(other, 9, 132, 1);
  repair_ipv4(other);
  bench.judge(bench.take(ethernet(0x0800, other)));
  write(other, 9, 17, 1);
  write(other, 15, 9, 1);
  repair_ipv4(other);
  bench.judge(bench.take(ethernet(0x0800, other)));
  CHECK(bench.released.empty());
  bench.judge(bench.take4(0x2000, 1'480));
  CHECK_EQUAL(bench.released.size(), 1u);
}

TEST("state/fragment_table: a piece over another ends the datagram, with what is held and what follows") {
  struct Pair {
    const char* what;
    std::uint16_t first_word, first_length, second_word, second_length;
  };
  for (const Pair& pair : {Pair{"its head", 0x2000 | 10, 80, 0x2000 | 15, 80}, {"its tail", 0x2000 | 10, 80, 0x2000 | 5, 48},
                           {"all of it", 0x2000 | 10, 80, 0x2000 | 5, 800}, {"its middle", 0x2000 | 10, 80, 0x2000 | 12, 8},
                           {"the end", 20, 80, 0x2000 | 30, 8}, {"another end", 20, 80, 40, 8},
                           {"an end before it", 0x2000 | 10, 80, 8, 8},
                           {"an end of one byte more", 20, 12, 20, 13}, {"more at the end", 20, 80, 0x2000 | 20, 80}}) {
    Bench bench;
    CHECK(is(bench.take4(pair.first_word, pair.first_length), What::kHeld));
    if (!is_dead(bench.take4(pair.second_word, pair.second_length), DropReason::k_fragment_overlap)) fail(__FILE__, __LINE__, pair.what);
    CHECK_EQUAL(bench.count(DropReason::k_fragment_overlap), 1u);
    CHECK_EQUAL(bench.table.held(), 0u);
    CHECK(is_dead(bench.take4(0x2000, 80), DropReason::k_fragment_overlap));
    CHECK(is_dead(bench.take4(0x2000 | 100, 80), DropReason::k_fragment_overlap));
    bench.now_ms += 30'000;
    bench.judge(bench.take4(0x2000, 80));
  }
  // The header is written over, after it was judged.
  Bench bench;
  bench.judge(bench.take4(0x2000, 80));
  CHECK(is_dead(bench.take4(0x2000 | 1, 80), DropReason::k_fragment_overlap));
  CHECK(is_dead(bench.take4(0x2000 | 20, 80), DropReason::k_fragment_overlap));
}

TEST("state/fragment_table: a piece that comes twice dies alone") {
  Bench bench;
  CHECK(is(bench.take4(0x2000 | 10, 80), What::kHeld));
  CHECK(is_dead(bench.take4(0x2000 | 10, 80), DropReason::k_fragment_overlap));
  bench.judge(bench.take4(0x2000, 80));
  CHECK(is_dead(bench.take4(0x2000, 80), DropReason::k_fragment_overlap));
  CHECK(is(bench.take4(20, 5), What::kJudged));
  CHECK(bench.deaths.empty() && bench.table.datagrams() == 0);
}

TEST("state/fragment_table: tiny pieces die and are not remembered") {
  Bench bench;
  CHECK(is_dead(bench.take4(0x2000 | 4, 12), DropReason::k_fragment_tiny));
  CHECK(is_dead(bench.take4(4, 0), DropReason::k_fragment_tiny));
  CHECK_EQUAL(bench.table.datagrams(), 0u);
}

TEST("state/fragment_table: what waits too long dies, and the name is free again") {
  Bench bench(1'000);
  CHECK(is(bench.take4(10, 80), What::kHeld));
  bench.now_ms += 500;
  CHECK(is(bench.take4(10, 80, 2), What::kHeld));
  bench.now_ms += 499;
  bench.table.expire(bench.now_ms, bench.note);
  CHECK_EQUAL(bench.table.held(), 2u);
  bench.now_ms += 1;
  bench.table.expire(bench.now_ms, bench.note);
  CHECK(bench.table.held() == 1 && bench.count(DropReason::k_fragment_expired) == 1);
  bench.now_ms += 500;
  bench.judge(bench.take4(0x2000, 80, 2));  // nobody swept: its own time is up all the same
  CHECK(bench.table.held() == 0 && bench.count(DropReason::k_fragment_expired) == 2);
  CHECK(bench.released.empty());
}

TEST("state/fragment_table: a port that floods gives up its own, and no other's") {
  Bench bench;
  CHECK(is(bench.take4(10, 80, 1, PortId{1}), What::kHeld));
  for (std::uint16_t id = 1; id <= 500; ++id) bench.judge(bench.take4(0x2000, 80, id, PortId{2}));
  CHECK_EQUAL(bench.table.datagrams(), 65u);
  CHECK(bench.deaths.empty());
  CHECK(is(bench.take4(0x2000 | 10, 80, 500, PortId{2}), What::kJudged));
  CHECK(is(bench.take4(0x2000 | 10, 80, 437, PortId{2}), What::kJudged));
  CHECK(is(bench.take4(0x2000 | 10, 80, 436, PortId{2}), What::kHeld));  // that one was given up
  // 16 ports with their shares fill the table: the next comes at the cost of whoever has most.
  for (std::uint16_t port = 10; port < 30; ++port)
    for (std::uint16_t id = 1; id <= 64; ++id) bench.judge(bench.take4(0x2000, 80, id, PortId{port}));
  CHECK_EQUAL(bench.table.datagrams(), FragmentTable::kDatagrams);
  bench.judge(bench.take4(0x2000, 80, 1, PortId{1}));
  CHECK_EQUAL(bench.released.size(), 1u);
}

TEST("state/fragment_table: held packets are bounded, by datagram, port and worker") {
  Bench bench;
  std::uint32_t held = 0;
  for (std::uint16_t piece = 1; piece <= 40; ++piece) held += is(bench.take4(static_cast<std::uint16_t>(0x2000 | piece), 8), What::kHeld);
  CHECK_EQUAL(held, FragmentTable::kHeldOfDatagram);
  for (std::uint16_t id = 2; id <= 17; ++id) CHECK(is(bench.take4(10, 8, id), What::kHeld));
  CHECK_EQUAL(bench.table.held(), FragmentTable::kHeldOfPort);
  // From here on its own oldest gives way.
  CHECK(is(bench.take4(10, 8, 61), What::kHeld));
  CHECK_EQUAL(bench.count(DropReason::k_fragments_exhausted), FragmentTable::kHeldOfDatagram);
  for (std::uint16_t id = 100; id <= 200; ++id) CHECK(is(bench.take4(10, 8, id), What::kHeld));
  CHECK_EQUAL(bench.table.held(), FragmentTable::kHeldOfPort);
  for (std::uint16_t port = 20; port < 30; ++port)
    for (std::uint16_t id = 1; id <= 40; ++id) CHECK(is(bench.take4(10, 8, id, PortId{port}), What::kHeld));
  CHECK_EQUAL(bench.table.held(), FragmentTable::kHeld);
  bench.deaths.clear();
  for (std::uint16_t port = 7; port < 30; ++port) bench.table.forget_port(PortId{port}, DropReason::k_port_closed, bench.note);
  CHECK_EQUAL(bench.count(DropReason::k_port_closed), FragmentTable::kHeld);
  CHECK(is(bench.take4(10, 8, 1, PortId{8}), What::kHeld));
  bench.table.clear(DropReason::k_port_not_active, bench.note);
  CHECK(bench.table.held() == 0 && bench.table.datagrams() == 0);
  CHECK_EQUAL(bench.count(DropReason::k_port_not_active), 1u);
}

TEST("state/fragment_table: ports that let all wait that may wait cost the next one nothing") {
  Bench bench;
  for (std::uint16_t port = 20; port < 23; ++port)
    for (std::uint16_t id = 1; id <= FragmentTable::kHeldOfPort; ++id) (void)bench.take4(10, 8, id, PortId{port});
  CHECK_EQUAL(bench.table.held(), FragmentTable::kHeld);
  CHECK(is(bench.take4(10, 8, 1, PortId{7}), What::kHeld));
  for (std::uint16_t id = 100; id < 200; ++id) (void)bench.take4(10, 8, id, PortId{20});
  CHECK_EQUAL(bench.table.held(), FragmentTable::kHeld);
  bench.judge(bench.take4(0x2000, 80, 1, PortId{7}));
  CHECK_EQUAL(bench.released.size(), 1u);
}

TEST("state/fragment_table: what a datagram lets wait does not push out its own") {
  Bench bench;
  for (std::uint16_t piece = 1; piece <= FragmentTable::kHeldOfDatagram; ++piece)
    CHECK(is(bench.take4(static_cast<std::uint16_t>(0x2000 | piece), 8), What::kHeld));
  CHECK(is_dead(bench.take4(0x2000 | 90, 8), DropReason::k_fragments_exhausted));
  CHECK(bench.deaths.empty());
  bench.judge(bench.take4(0x2000, 8));
  CHECK_EQUAL(bench.released.size(), FragmentTable::kHeldOfDatagram);
}

TEST("state/fragment_table: who gives way has done so before the newcomer asks for room") {
  Bench bench;
  for (std::uint16_t id = 1; id <= FragmentTable::kDatagramsOfPort; ++id) (void)bench.take4(10, 8, id);
  CHECK_EQUAL(bench.table.held(), FragmentTable::kHeldOfPort);
  bench.deaths.clear();
  CHECK(is(bench.take4(10, 8, FragmentTable::kDatagramsOfPort + 1), What::kHeld));
  CHECK_EQUAL(bench.count(DropReason::k_fragments_exhausted), 1u);
  bench.table.clear(DropReason::k_port_not_active, bench.note);
}

TEST("state/fragment_table: a datagram has so many pieces, and a forgotten one begins anew") {
  Bench bench;
  bench.judge(bench.take4(0x2000, 8));
  for (std::uint16_t piece = 1; piece < FragmentTable::kPieces; ++piece)
    CHECK(is(bench.take4(static_cast<std::uint16_t>(0x2000 | piece), 8), What::kJudged));
  CHECK(is_dead(bench.take4(0x2000 | FragmentTable::kPieces, 8), DropReason::k_fragments_exhausted));
  CHECK(is(bench.take4(10, 8, 2), What::kHeld));
  const FragmentTable::Answer first = bench.take4(0x2000, 80, 2);
  CHECK(is(first, What::kJudge));
  bench.table.forget(first.datagram, DropReason::k_port_closed, bench.note);
  CHECK_EQUAL(bench.count(DropReason::k_port_closed), 1u);
  CHECK(is(bench.take4(10, 8, 2), What::kHeld));
}

TEST("state/fragment_table: a packet in two pieces of memory cannot wait") {
  Bench bench;
  const Bytes frame = ethernet(0x0800, ipv4(17, counting(80), 10));
  HeldPacket split(frame, {}, 60);
  CHECK(is_dead(bench.table.take(kNetwork, split.packet, 0, bench.note), DropReason::k_fragments_exhausted));
}
