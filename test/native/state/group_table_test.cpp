// Groups and their members: who is found, who is counted, what ends when, and what a full table costs whom.
#include "state/group_table.hpp"

#include <thread>
#include <vector>

#include "native/frames.hpp"
#include "native/tap.hpp"

namespace vsw::test {
namespace {

using Role = GroupTable::Role;
using Joined = GroupTable::Joined;
using Due = GroupTable::Due;

const HashSeed kSeed{};
constexpr std::uint32_t kShare = 8;

Ip group4(std::uint32_t last) { return Ip::v4(join({from_hex("ef01"), number(last, 2)}).data()); }
Ip group6(std::uint32_t last) { return Ip::v6(join({from_hex("ff05"), number(last, 14)}).data()); }
NetworkId net(std::uint16_t id) { return NetworkId{id}; }
PortId port(std::uint16_t id) { return PortId{id}; }

std::vector<std::uint16_t> receivers(const GroupTable& table, NetworkId network, const Ip& group) {
  std::vector<std::uint16_t> ports;
  const std::uint32_t number = table.find(network, group);
  for (std::uint32_t word = 0; word < 2; ++word)
    for (std::uint32_t bit = 0; bit < 64; ++bit)
      if ((table.receivers(network, !group.is_v4(), number, word) >> bit & 1) != 0)
        ports.push_back(static_cast<std::uint16_t>(word * 64 + bit));
  return ports;
}

// Sweeps everything; how many of each kind were told.
struct Swept {
  std::uint32_t expired = 0, asked = 0;
};
Swept sweep(GroupTable& table, std::uint32_t now_ms) {
  Swept swept;
  std::uint32_t cursor = 0;
  for (std::uint32_t left = table.used(); left > 0;) {
    Due due[2];
    const std::uint32_t told = table.sweep(cursor, left, now_ms, due, 2);
    for (std::uint32_t i = 0; i < told; ++i) ++(due[i].kind == Due::Kind::kExpired ? swept.expired : swept.asked);
  }
  return swept;
}

}  // namespace

TEST("state/group_table: members are found by network and group, and nowhere else") {
  GroupTable table(16, 64, 128, kSeed);
  CHECK(table.join(net(1), group4(1), port(3), Role::kMember, 100, kShare) == Joined::kNew);
  CHECK(table.join(net(1), group4(1), port(70), Role::kMember, 100, kShare) == Joined::kNew);
  CHECK(table.join(net(2), group4(1), port(4), Role::kMember, 100, kShare) == Joined::kNew);
  CHECK(table.join(net(1), group6(1), port(5), Role::kMember, 100, kShare) == Joined::kNew);
  CHECK(table.join(net(1), group4(1), port(3), Role::kMember, 200, kShare) == Joined::kKnown);
  CHECK((receivers(table, net(1), group4(1)) == std::vector<std::uint16_t>{3, 70}));
  CHECK((receivers(table, net(2), group4(1)) == std::vector<std::uint16_t>{4}));
  CHECK((receivers(table, net(1), group6(1)) == std::vector<std::uint16_t>{5}));
  CHECK(receivers(table, net(1), group4(2)).empty() && table.find(net(1), group4(2)) == GroupTable::kNone);
  CHECK_EQUAL(table.size(), 4u);
}

TEST("state/group_table: the version grows when a group comes or goes, not when a port joins a known one") {
  GroupTable table(16, 64, 128, kSeed);
  const std::uint32_t before = table.version();
  (void)table.join(net(1), group4(1), port(1), Role::kMember, 100, kShare);
  const std::uint32_t made = table.version();
  CHECK(made != before);
  (void)table.join(net(1), group4(1), port(2), Role::kMember, 100, kShare);
  CHECK(table.leave(net(1), group4(1), port(1), 0));
  CHECK_EQUAL(table.version(), made);
  CHECK(table.leave(net(1), group4(1), port(2), 0));
  CHECK(table.version() != made);
  CHECK(!table.leave(net(1), group4(1), port(2), 0));
  CHECK_EQUAL(table.size(), 0u);
  const std::uint32_t left = table.version();
  table.set_filters(net(1), false, true);
  CHECK(table.version() != left && table.filters(net(1), false) && !table.filters(net(1), true));
  const std::uint32_t filtering = table.version();
  table.set_filters(net(1), false, true);
  CHECK_EQUAL(table.version(), filtering);
}

TEST("state/group_table: routers and who gets everything stand beside each group of their family") {
  GroupTable table(16, 64, 128, kSeed);
  (void)table.join(net(1), group4(1), port(1), Role::kMember, 100, kShare);
  CHECK(table.join(net(1), group4(9), port(2), Role::kRouter, 100, 0) == Joined::kNew);
  CHECK(table.join(net(1), group4(8), port(3), Role::kEverything, 100, 0) == Joined::kNew);
  CHECK((receivers(table, net(1), group4(1)) == std::vector<std::uint16_t>{1, 2, 3}));
  CHECK((receivers(table, net(1), group4(7)) == std::vector<std::uint16_t>{2, 3}));
  CHECK(receivers(table, net(1), group6(1)).empty() && receivers(table, net(2), group4(1)).empty());
  CHECK_EQUAL(table.routers(net(1), false, 0), std::uint64_t{1} << 2);
  CHECK_EQUAL(sweep(table, 100).expired, 3u);
  CHECK(receivers(table, net(1), group4(1)).empty());
}

TEST("state/group_table: a membership ends in time, later when renewed, sooner when doubted") {
  GroupTable table(16, 64, 128, kSeed);
  (void)table.join(net(1), group4(1), port(1), Role::kMember, 1000, kShare);
  (void)table.join(net(1), group4(1), port(1), Role::kMember, 500, kShare);
  CHECK_EQUAL(sweep(table, 999).expired, 0u);
  (void)table.join(net(1), group4(1), port(1), Role::kMember, 3000, kShare);
  CHECK_EQUAL(sweep(table, 2999).expired, 0u);
  CHECK(table.doubt(net(1), group4(1), port(1), 0, 200, 1, 100));
  CHECK_EQUAL(sweep(table, 99).asked, 0u);
  const Swept asked = sweep(table, 100);
  CHECK(asked.asked == 1 && asked.expired == 0);
  CHECK_EQUAL(sweep(table, 150).asked, 0u);
  CHECK(!table.doubt(net(1), group4(1), port(1), 0, 400, 1, 100));
  CHECK(!table.doubt(net(1), group4(1), port(2), 0, 100, 1, 100));
  CHECK_EQUAL(sweep(table, 200).expired, 1u);

  (void)table.join(net(1), group4(1), port(1), Role::kMember, 1000, kShare);
  CHECK(table.doubt(net(1), group4(1), port(1), 0, 200, 5, 10));
  CHECK(table.join(net(1), group4(1), port(1), Role::kMember, 900, kShare) == Joined::kKnown);
  const Swept saved = sweep(table, 300);
  CHECK(saved.asked == 0 && saved.expired == 0);
}

TEST("state/group_table: while a host of IGMPv1 is there, nobody's leaving is believed") {
  GroupTable table(16, 64, 128, kSeed);
  (void)table.join(net(1), group4(1), port(1), Role::kMember, 1000, kShare);
  table.hold_version1(net(1), group4(1), port(1), 500);
  CHECK(!table.leave(net(1), group4(1), port(1), 499));
  CHECK(!table.doubt(net(1), group4(1), port(1), 499, 600, 1, 100));
  CHECK(table.doubt(net(1), group4(1), port(1), 500, 600, 1, 100));
  CHECK(table.leave(net(1), group4(1), port(1), 500));
}

TEST("state/group_table: times wrap around") {
  GroupTable table(16, 64, 128, kSeed);
  const std::uint32_t now = 0xffff'ff00u;
  (void)table.join(net(1), group4(1), port(1), Role::kMember, now + 1000, kShare);
  CHECK_EQUAL(sweep(table, now + 999).expired, 0u);
  CHECK_EQUAL(sweep(table, now + 1000).expired, 1u);
}

TEST("state/group_table: a port beyond its share and a full table cost nobody else, and routers have room of their own") {
  GroupTable table(4, 6, 128, kSeed);
  CHECK(table.join(net(1), group4(1), port(1), Role::kMember, 100, 2) == Joined::kNew);
  CHECK(table.join(net(1), group4(2), port(1), Role::kMember, 100, 2) == Joined::kNew);
  CHECK(table.join(net(1), group4(3), port(1), Role::kMember, 100, 2) == Joined::kRefused);
  CHECK(table.join(net(1), group4(1), port(1), Role::kMember, 150, 2) == Joined::kKnown);
  CHECK(table.join(net(1), group4(3), port(2), Role::kMember, 100, kShare) == Joined::kNew);
  CHECK(table.join(net(1), group4(4), port(2), Role::kMember, 100, kShare) == Joined::kNew);
  CHECK(table.join(net(1), group4(5), port(2), Role::kMember, 100, kShare) == Joined::kRefused);
  CHECK(table.join(net(1), group4(1), port(3), Role::kMember, 100, kShare) == Joined::kNew);
  CHECK(table.join(net(1), group4(1), port(4), Role::kMember, 100, kShare) == Joined::kNew);
  CHECK(table.join(net(1), group4(1), port(5), Role::kMember, 100, kShare) == Joined::kRefused);
  CHECK(table.join(net(1), group4(0), port(5), Role::kRouter, 100, 0) == Joined::kNew);
  CHECK(table.join(net(1), group4(0), port(5), Role::kEverything, 100, 0) == Joined::kNew);
  CHECK((receivers(table, net(1), group4(1)) == std::vector<std::uint16_t>{1, 3, 4, 5}));
  CHECK_EQUAL(sweep(table, 100).expired, 7u);
  CHECK(table.join(net(1), group4(5), port(1), Role::kMember, 200, 2) == Joined::kNew);
  CHECK(table.join(net(1), group4(6), port(2), Role::kMember, 200, kShare) == Joined::kNew);
}

TEST("state/group_table: a port or a network is forgotten whole") {
  GroupTable table(600, 2000, 128, kSeed);
  for (std::uint32_t i = 0; i < 500; ++i)
    for (const std::uint16_t of : {1, 2})
      (void)table.join(net(i % 2 == 0 ? 1 : 2), group4(i), port(of), Role::kMember, 100, 1000);
  table.forget({}, port(1));
  CHECK_EQUAL(table.size(), 500u);
  CHECK((receivers(table, net(1), group4(2)) == std::vector<std::uint16_t>{2}));
  table.forget(net(1), {});
  CHECK_EQUAL(table.size(), 250u);
  CHECK(receivers(table, net(1), group4(2)).empty() && !receivers(table, net(2), group4(1)).empty());
  std::uint32_t seen = 0;
  table.visit([&](const GroupTable::Membership& membership) {
    ++seen;
    CHECK(membership.network == net(2) && membership.port == port(2) && membership.role == Role::kMember);
  });
  CHECK_EQUAL(seen, 250u);
}

TEST("state/group_table: readers find a standing group while others come and go") {
  GroupTable table(256, 1024, 128, kSeed);
  (void)table.join(net(1), group4(0), port(1), Role::kMember, 1000, 1000);
  std::atomic<bool> stop{false};
  std::atomic<std::uint32_t> wrong{0}, finds{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i)
    threads.emplace_back([&] {
      while (!stop.load(std::memory_order_relaxed)) {
        const std::uint32_t before = table.version();
        const std::uint32_t number = table.find(net(1), group4(0));
        // A walk that was led astray shows in the version.
        const bool found = number != GroupTable::kNone && (table.receivers(net(1), false, number, 0) & 2) != 0;
        if (!found && table.version() == before) wrong.fetch_add(1);
        finds.fetch_add(1);
      }
    });
  for (std::uint32_t round = 0; round < 200 || finds.load() < 1000; ++round) {
    for (std::uint32_t i = 1; i < 64; ++i) (void)table.join(net(1), group4(i), port(2), Role::kMember, 1000, 1000);
    for (std::uint32_t i = 1; i < 64; ++i) (void)table.leave(net(1), group4(i), port(2), 0);
  }
  stop.store(true);
  for (std::thread& thread : threads) thread.join();
  CHECK_EQUAL(wrong.load(), 0u);
  CHECK_EQUAL(table.size(), 1u);
}

}  // namespace vsw::test
