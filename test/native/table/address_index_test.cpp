#include "table/address_index.hpp"

#include <string>

#include "native/rules.hpp"
#include "native/tap.hpp"

using namespace vsw;
using namespace vsw::test;

namespace {

bool covers(const Prefix& prefix, const Ip& ip) {
  if (prefix.address.is_v4() != ip.is_v4()) return false;
  const std::size_t bits = prefix.length + (ip.is_v4() ? 96u : 0u);
  for (std::size_t i = 0; i < bits; ++i)
    if (((prefix.address.bytes[i / 8] ^ ip.bytes[i / 8]) >> (7 - i % 8) & 1) != 0) return false;
  return true;
}

struct Model {
  std::map<std::pair<NetworkId, Ip>, std::set<std::uint32_t>> exact;
  std::map<std::uint32_t, std::vector<NetworkPrefix>> prefixes;
  std::set<std::uint32_t> sets_of(NetworkId network, const Ip& ip) const {
    std::set<std::uint32_t> sets;
    if (const auto at = exact.find({network, ip}); at != exact.end()) sets = at->second;
    for (const auto& [set, list] : prefixes)
      for (const NetworkPrefix& one : list)
        if ((!one.network || one.network == network) && covers(one.prefix, ip)) sets.insert(set);
    return sets;
  }
};
std::set<std::uint32_t> sets_of(const AddressIndex& index, NetworkId network, const Ip& ip) {
  std::set<std::uint32_t> sets;
  const Memberships found = index.find(network, ip);
  for (const Memberships::List& list : found.lists()) sets.insert(list.begin(), list.end());
  return sets;
}
std::vector<Ip> all_ips() {
  std::set<Ip> ips;
  Chance chance(9);
  while (ips.size() < 16) ips.insert(any_ip(chance));
  ips.insert(ip4(0));
  ips.insert(ip4(~0u));
  ips.insert(ip6(0, 0));
  ips.insert(ip6(~0ull, ~0ull));
  return {ips.begin(), ips.end()};
}

}  // namespace

TEST("table/address_index: by chance it says of every address of every network what sets it is in, and since when") {
  const std::vector<Ip> ips = all_ips();
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    Chance chance(seed);
    std::shared_ptr<const AddressIndex> index;
    Model model;
    std::map<std::pair<std::uint16_t, Ip>, std::uint64_t> changed;
    for (std::uint64_t generation = 1; generation <= 40; ++generation) {
      AddressIndex::Edit edit(index, GenerationId{generation});
      const Model before = model;
      for (std::uint32_t left = chance.below(6); left > 0; --left) {
        const NetworkId network{static_cast<std::uint16_t>(1 + chance.below(2))};
        const Ip ip = ips[chance.below(static_cast<std::uint32_t>(ips.size()))];
        std::set<std::uint32_t> sets;
        for (std::uint32_t more = chance.below(4); more > 0; --more) sets.insert(1 + chance.below(9));
        model.exact[{network, ip}] = sets;
        if (sets.empty() && chance.one_in(2))
          edit.remove(network, ip);
        else
          CHECK(edit.put(network, ip, {sets.begin(), sets.end()}).ok());
      }
      for (std::uint32_t left = chance.below(4); left > 0; --left) {
        const std::uint32_t set = 1 + chance.below(9) + (chance.one_in(4) ? 256 : 0);
        std::vector<NetworkPrefix> prefixes;
        for (std::uint32_t more = chance.below(4); more > 0; --more) prefixes.push_back(any_prefix(chance));
        model.prefixes[set] = prefixes;
        if (prefixes.empty() && chance.one_in(2))
          edit.remove_prefixes(set);
        else
          CHECK(edit.put_prefixes(set, prefixes).ok());
      }
      const auto next = edit.finish();
      REQUIRE(next.ok());
      for (std::uint16_t network = 1; network <= 3; ++network)
        for (const Ip& ip : ips) {
          const auto wanted = model.sets_of(NetworkId{network}, ip);
          CHECK(sets_of(*next.value(), NetworkId{network}, ip) == wanted);
          if (index != nullptr) CHECK(sets_of(*index, NetworkId{network}, ip) == before.sets_of(NetworkId{network}, ip));
          if (wanted != before.sets_of(NetworkId{network}, ip)) changed[{network, ip}] = generation;
          CHECK(next.value()->changed(NetworkId{network}, ip).value >= (changed[{network, ip}]));
        }
      index = next.value();
    }
  }
}

TEST("table/address_index: who joins a set of ten thousand changes nobody else") {
  AddressIndex::Edit first(nullptr, GenerationId{1});
  CHECK(first.put_prefixes(9, {{NetworkId{}, {ip4(0x0a00'0000), 8}}}).ok());
  for (std::uint32_t i = 0; i < 10'000; ++i) CHECK(first.put(NetworkId{1}, ip4(0x0a00'0000 + i), {1}).ok());
  const auto one = first.finish();
  REQUIRE(one.ok());
  AddressIndex::Edit second(one.value(), GenerationId{2});
  CHECK(second.put(NetworkId{1}, ip4(0x0a00'0000 + 10'000), {1}).ok());
  const auto two = second.finish();
  REQUIRE(two.ok());
  CHECK_EQUAL(two.value()->changed(NetworkId{1}, ip4(0x0a00'0000 + 10'000)).value, std::uint64_t{2});
  int disturbed = 0;
  for (std::uint32_t i = 0; i < 10'000; ++i) disturbed += two.value()->changed(NetworkId{1}, ip4(0x0a00'0000 + i)).value != 1;
  CHECK_EQUAL(disturbed, 0);
  CHECK_EQUAL(two.value()->addresses(), std::size_t{10'001});
  // A change of prefixes elsewhere shows to those whom it is about.
  AddressIndex::Edit third(two.value(), GenerationId{3});
  CHECK(third.put_prefixes(10, {{NetworkId{}, {ip4(0x0a00'0000), 31}}}).ok());
  const auto three = third.finish();
  REQUIRE(three.ok());
  CHECK_EQUAL(three.value()->changed(NetworkId{1}, ip4(0x0a00'0001)).value, std::uint64_t{3});
  CHECK_EQUAL(three.value()->changed(NetworkId{1}, ip4(0x0a00'0002)).value, std::uint64_t{1});
}

TEST("table/address_index: whole families, host bits, and prefixes of networks") {
  AddressIndex::Edit edit(nullptr, GenerationId{1});
  CHECK(edit.put_prefixes(1, {{NetworkId{}, {ip4(0), 0}}}).ok());
  CHECK(edit.put_prefixes(2, {{NetworkId{}, {ip6(0, 0), 0}}}).ok());
  CHECK(edit.put_prefixes(3, {{NetworkId{2}, {ip4(0x0a01'0203), 16}}}).ok());
  const auto index = edit.finish();
  REQUIRE(index.ok());
  const auto sets = [&](std::uint16_t network, const Ip& ip) { return sets_of(*index.value(), NetworkId{network}, ip); };
  CHECK(sets(1, ip4(0)) == std::set<std::uint32_t>{1} && sets(1, ip4(~0u)) == std::set<std::uint32_t>{1});
  CHECK(sets(1, ip6(~0ull, ~0ull)) == std::set<std::uint32_t>{2} && sets(1, ip6(0, 0)) == std::set<std::uint32_t>{2});
  CHECK((sets(2, ip4(0x0a01'ffff)) == std::set<std::uint32_t>{1, 3}) && sets(1, ip4(0x0a01'ffff)) == std::set<std::uint32_t>{1});
  CHECK_EQUAL(index.value()->prefixes(), std::size_t{3});
}

TEST("table/address_index: what would be too much is refused, with the address and what to do") {
  AddressIndex::Edit edit(nullptr, GenerationId{1});
  std::vector<std::uint32_t> sets;
  for (std::uint32_t set = 1; set <= kAddressSetsMax; ++set) sets.push_back(set);
  CHECK(edit.put(NetworkId{1}, ip4(0x0a00'0001), sets).ok());
  sets.push_back(5'000);
  const auto too_many = edit.put(NetworkId{1}, ip4(0x0a00'0001), sets);
  CHECK(!too_many && too_many.error().code == ErrorCode::kLimit && too_many.error().message.find("10.0.0.1") == 0);
  CHECK(!edit.put(NetworkId{1}, ip4(1), {2, 1}).ok());
  CHECK(!edit.put(NetworkId{1}, ip4(1), {0}).ok());
  CHECK(!edit.put_prefixes(0, {}).ok());
  CHECK(!edit.put_prefixes(1, {{NetworkId{}, {ip4(1), 33}}}).ok());
  for (std::uint32_t set = 1; set <= kPrefixSetsMax; ++set) CHECK(edit.put_prefixes(set, {{NetworkId{}, {ip4(0x0a00'0000), 8}}}).ok());
  const auto most = edit.finish();
  REQUIRE(most.ok());
  AddressIndex::Edit more(most.value(), GenerationId{2});
  CHECK(more.put_prefixes(9'999, {{NetworkId{}, {ip4(0x0a0a'0000), 16}}}).ok());
  const auto refused = more.finish();
  REQUIRE(!refused.ok());
  CHECK(refused.error().code == ErrorCode::kLimit && refused.error().message.find("10.10.0.0 is in more than 256 sets") == 0);
}
