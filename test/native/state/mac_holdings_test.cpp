#include "state/mac_holdings.hpp"

#include <algorithm>
#include <map>
#include <vector>

#include "native/tap.hpp"

using namespace vsw;

namespace {

constexpr PortId kOne{1}, kTwo{2};

}  // namespace

TEST("state/mac_holdings: nobody holds most when nothing is held") {
  MacHoldings holdings(8);
  CHECK(!holdings.largest());
  CHECK_EQUAL(holdings.count(kOne), 0u);
  CHECK_EQUAL(holdings.oldest(kOne), MacHoldings::kNone);
}

TEST("state/mac_holdings: the oldest is the one that was not heard for longest") {
  MacHoldings holdings(8);
  for (std::uint32_t slot : {3u, 5u, 1u}) holdings.add(kOne, slot);
  CHECK_EQUAL(holdings.oldest(kOne), 3u);
  holdings.renew(kOne, 3);
  CHECK_EQUAL(holdings.oldest(kOne), 5u);
  holdings.renew(kOne, 3);
  holdings.remove(kOne, 5);
  CHECK_EQUAL(holdings.oldest(kOne), 1u);
  holdings.remove(kOne, 1);
  CHECK_EQUAL(holdings.oldest(kOne), 3u);
}

TEST("state/mac_holdings: of ports that hold equally many, the one that came to it last holds most") {
  MacHoldings holdings(8);
  holdings.add(kOne, 0);
  holdings.add(kTwo, 1);
  CHECK(holdings.largest() == kTwo);
  holdings.add(kOne, 2);
  CHECK(holdings.largest() == kOne);
  holdings.remove(kOne, 0);
  CHECK(holdings.largest() == kOne);
  holdings.remove(kOne, 2);
  CHECK(holdings.largest() == kTwo);
  holdings.remove(kTwo, 1);
  CHECK(!holdings.largest());
}

TEST("state/mac_holdings: agrees with plain lists over many changes") {
  constexpr std::uint32_t kSlots = 64;
  MacHoldings holdings(kSlots);
  std::map<std::uint16_t, std::vector<std::uint32_t>> lists;  // oldest first
  std::map<std::uint32_t, std::uint16_t> owner;
  std::uint64_t random = 88172645463325252u;
  for (int step = 0; step < 50'000; ++step) {
    random ^= random << 13, random ^= random >> 7, random ^= random << 17;
    const auto slot = static_cast<std::uint32_t>(random % kSlots);
    const auto port = static_cast<std::uint16_t>(1 + (random >> 16) % 5);
    if (const auto held = owner.find(slot); held == owner.end()) {
      holdings.add(PortId{port}, slot);
      lists[port].push_back(slot);
      owner[slot] = port;
    } else {
      std::vector<std::uint32_t>& list = lists[held->second];
      std::erase(list, slot);
      if ((random >> 32) % 2 == 0) {
        holdings.renew(PortId{held->second}, slot);
        list.push_back(slot);
      } else {
        holdings.remove(PortId{held->second}, slot);
        owner.erase(held);
      }
    }
    std::size_t most = 0;
    for (const auto& [id, list] : lists) {
      most = std::max(most, list.size());
      if (holdings.count(PortId{id}) != list.size() ||
          holdings.oldest(PortId{id}) != (list.empty() ? MacHoldings::kNone : list.front())) {
        CHECK_EQUAL(step, -1);
        return;
      }
    }
    const PortId largest = holdings.largest();
    if (most == 0 ? static_cast<bool>(largest) : lists[largest.value].size() != most) {
      CHECK_EQUAL(step, -1);
      return;
    }
  }
}

TEST("state/mac_holdings: a port may disturb a thousand times at once, then once in ten milliseconds") {
  MacHoldings holdings(8);
  std::uint32_t allowed = 0;
  for (int i = 0; i < 5'000; ++i) allowed += holdings.disturb(kOne, 7'000) ? 1 : 0;
  CHECK_EQUAL(allowed, MacHoldings::kDisturbancesMax);
  CHECK(holdings.disturb(kTwo, 7'000));
  CHECK(!holdings.disturb(kOne, 7'009));
  CHECK(holdings.disturb(kOne, 7'010));
  CHECK(!holdings.disturb(kOne, 7'019));
  CHECK(holdings.disturb(kOne, 7'020));
  CHECK(!holdings.disturb(kOne, 7'015));  // another worker, a little behind
  allowed = 0;
  for (int i = 0; i < 5'000; ++i) allowed += holdings.disturb(kOne, 7'000 + 3'600'000) ? 1 : 0;
  CHECK_EQUAL(allowed, MacHoldings::kDisturbancesMax);
}
