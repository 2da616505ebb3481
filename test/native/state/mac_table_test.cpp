#include "state/mac_table.hpp"

#include <atomic>
#include <thread>
#include <vector>

#include "native/tap.hpp"

using namespace vsw;

namespace {

using Learned = MacTable::Learned;
constexpr NetworkId kNetwork{1};
constexpr PortId kOne{1}, kTwo{2}, kThree{3};
constexpr HashSeed kSeed{0x1234'5678'9abc'def1, 0xfeed'face'cafe'beef};

Mac mac(std::uint32_t number) { return Mac::from_number(0x0200'0000'0000 + number); }

// A table, and what a port said to it.
struct Table {
  explicit Table(std::uint32_t capacity) : macs(capacity, kSeed) {}
  Learned hear(PortId port, std::uint32_t number, std::uint32_t now_ms = 1'000, std::uint32_t macs_max = 1'000) {
    gave_way = {};
    return macs.learn(kNetwork, mac(number), port, now_ms, macs_max, from, gave_way);
  }
  [[nodiscard]] PortId where(std::uint32_t number) const { return macs.find(kNetwork, mac(number)); }
  std::uint32_t count(PortId port) const {
    std::uint32_t held = 0;
    macs.visit([&](const MacTable::Entry& entry) { held += entry.port == port ? 1 : 0; });
    return held;
  }
  MacTable macs;
  PortId from;
  MacTable::Entry gave_way{};
};

}  // namespace

TEST("state/mac_table: a MAC moves four times in ten seconds, then flaps and stays where it is") {
  Table table(64);
  CHECK(table.hear(kOne, 7) == Learned::kNew);
  for (std::uint32_t move = 0; move < MacTable::kMovesMax; ++move) {
    CHECK(table.hear(move % 2 == 0 ? kTwo : kOne, 7, 1'000 + move) == Learned::kMoved);
    CHECK(table.from == (move % 2 == 0 ? kOne : kTwo));
  }
  const std::uint32_t version = table.macs.version();
  CHECK(table.hear(kTwo, 7, 2'000) == Learned::kFlapping);
  CHECK(table.from == kOne);
  for (std::uint32_t now_ms = 2'000; now_ms < 12'000; now_ms += 500)
    CHECK(table.hear(kTwo, 7, now_ms) == Learned::kMoveRefused);
  CHECK(table.where(7) == kOne);
  CHECK(table.hear(kOne, 7, 11'999) == Learned::kKnown);
  CHECK_EQUAL(table.macs.version(), version);  // nobody had to look again
  CHECK(table.hear(kTwo, 7, 12'000) == Learned::kMoved);
}

TEST("state/mac_table: a MAC that moves now and then does not flap") {
  Table table(64);
  table.hear(kOne, 7, 0);
  for (std::uint32_t i = 1; i <= 40; ++i)
    CHECK(table.hear(i % 2 == 0 ? kOne : kTwo, 7, i * 2'600) == Learned::kMoved);
}

TEST("state/mac_table: a MAC that was forgotten has no past") {
  Table table(64);
  table.hear(kOne, 7);
  for (std::uint32_t i = 0; i < 5; ++i) table.hear(i % 2 == 0 ? kTwo : kOne, 7);
  CHECK(table.hear(kTwo, 7) == Learned::kMoveRefused);
  table.macs.forget(kNetwork, mac(7));
  CHECK(table.hear(kTwo, 7) == Learned::kNew);
  CHECK(table.hear(kOne, 7) == Learned::kMoved);
}

TEST("state/mac_table: one port's moves make flows look again a bounded number of times") {
  Table table(4'096);
  for (std::uint32_t i = 0; i < 2'000; ++i) table.hear(kOne, i, 1'000, 4'096);
  const std::uint32_t version = table.macs.version();
  std::uint32_t moved = 0, refused = 0;
  for (std::uint32_t i = 0; i < 2'000; ++i) {
    const Learned learned = table.hear(kTwo, i, 1'000, 4'096);
    moved += learned == Learned::kMoved ? 1 : 0;
    refused += learned == Learned::kMoveRefused ? 1 : 0;
  }
  CHECK_EQUAL(moved, MacHoldings::kDisturbancesMax);
  CHECK_EQUAL(refused, 2'000 - MacHoldings::kDisturbancesMax);
  CHECK_EQUAL(table.macs.version() - version, MacHoldings::kDisturbancesMax);
  CHECK(table.hear(kThree, 1'999) == Learned::kMoved);  // another port has its own budget
}

TEST("state/mac_table: a port at its own limit learns nothing more and pushes out nobody") {
  Table table(64);
  table.hear(kTwo, 100);
  for (std::uint32_t i = 0; i < 8; ++i) CHECK(table.hear(kOne, i, 1'000, 4) == (i < 4 ? Learned::kNew : Learned::kRefused));
  CHECK(table.hear(kOne, 100, 1'000, 4) == Learned::kRefused);
  CHECK(table.where(100) == kTwo);
  CHECK_EQUAL(table.count(kOne), 4u);
  CHECK(!table.gave_way.port);
}

TEST("state/mac_table: when it is full the port that holds most gives way, its oldest first") {
  Table table(8);
  for (std::uint32_t i = 0; i < 6; ++i) table.hear(kOne, i, 1'000 + i);
  for (std::uint32_t i = 10; i < 12; ++i) table.hear(kTwo, i, 2'000);
  CHECK_EQUAL(table.macs.size(), 8u);
  table.macs.refresh(kNetwork, mac(0), kOne, 3'000);
  CHECK(table.hear(kThree, 20, 3'000) == Learned::kNew);
  CHECK(table.gave_way.port == kOne && table.gave_way.mac == mac(1));
  CHECK(!table.where(1) && table.where(0) == kOne);
  CHECK(table.hear(kTwo, 12, 3'000) == Learned::kNew);
  CHECK(table.gave_way.mac == mac(2));
  CHECK_EQUAL(table.macs.size(), 8u);
  // Now 4, 3 and 1: whoever holds most gives way to its own newcomers.
  CHECK(table.hear(kOne, 30, 3'000) == Learned::kNew);
  CHECK(table.gave_way.port == kOne && table.gave_way.mac == mac(3));
  CHECK_EQUAL(table.count(kTwo), 3u);
}

TEST("state/mac_table: a flood of MACs takes from others only down to an equal share") {
  Table table(1'024);
  for (std::uint32_t i = 0; i < 1'000; ++i) table.hear(kOne, i);
  for (std::uint32_t i = 0; i < 20; ++i) table.hear(kTwo, 5'000 + i);
  for (std::uint32_t i = 0; i < 100'000; ++i) table.hear(kThree, 10'000 + i, 2'000 + i, 100'000);
  CHECK_EQUAL(table.count(kTwo), 20u);
  CHECK(table.count(kOne) >= 501);
  CHECK(table.macs.size() <= 1'024);
}

TEST("state/mac_table: a table of many ports is filled, and a newcomer finds room") {
  Table table(65'536);
  std::uint32_t number = 0;
  for (std::uint16_t port = 10; port < 266; ++port)
    for (std::uint32_t i = 0; i < 256; ++i) table.hear(PortId{port}, number++);
  CHECK(table.macs.size() > 65'400);  // a few found both their buckets full
  std::uint32_t learned = 0;
  for (std::uint32_t i = 0; i < 250; ++i) learned += table.hear(kOne, 1'000'000 + i) == Learned::kNew ? 1 : 0;
  CHECK_EQUAL(learned, 250u);
  CHECK_EQUAL(table.count(kOne), 250u);
}

TEST("state/mac_table: readers see a MAC where it is or was, while writers move and replace") {
  MacTable macs(64, kSeed);
  std::atomic<bool> stop{false};
  std::atomic<std::uint32_t> wrong{0};
  std::vector<std::thread> readers;
  for (int reader = 0; reader < 2; ++reader)
    readers.emplace_back([&] {
      while (!stop.load(std::memory_order_relaxed))
        for (std::uint32_t i = 0; i < 128; ++i) {
          const PortId port = macs.find(kNetwork, mac(i));
          // MAC i is only ever heard at port 1 + i % 4 or the next one.
          if (port && port.value != 1 + i % 4 && port.value != 2 + i % 4) wrong.fetch_add(1);
        }
    });
  for (std::uint32_t round = 0; round < 200; ++round)
    for (std::uint32_t i = 0; i < 128; ++i) {
      PortId from;
      macs.learn(kNetwork, mac(i), PortId{static_cast<std::uint16_t>(1 + i % 4 + round % 2)}, round * 20'000, 64, from);
    }
  stop.store(true);
  for (std::thread& reader : readers) reader.join();
  CHECK_EQUAL(wrong.load(), 0u);
}
