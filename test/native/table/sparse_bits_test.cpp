#include "table/sparse_bits.hpp"

#include <map>
#include <set>
#include <thread>

#include "native/rules.hpp"
#include "native/tap.hpp"

using namespace vsw;
using vsw::test::Chance;

namespace {

SparseBits with(const SparseBits& bits, const std::map<std::uint32_t, bool>& changes) {
  std::vector<SparseBits::Change> list;
  for (const auto& [slot, added] : changes) list.push_back({slot, added});
  return bits.with(list);
}
bool is(const SparseBits& bits, const std::set<std::uint32_t>& slots) {
  std::uint64_t top = 0;
  for (const std::uint32_t slot : slots) {
    if (!bits.contains(slot)) return false;
    top |= std::uint64_t{1} << slot / 4096;
  }
  std::size_t words = 0, counted = 0;
  for (std::uint64_t left = bits.top(); left != 0; left &= left - 1) {
    const SparseBits::Part part = bits.part(static_cast<std::uint32_t>(std::countr_zero(left)));
    if (part.summary == 0) return false;
    for (int i = 0; i < std::popcount(part.summary); ++i, ++words) counted += static_cast<std::size_t>(std::popcount(part.words[i]));
  }
  return top == bits.top() && counted == slots.size() && words == bits.words_count() && bits.empty() == slots.empty();
}

}  // namespace

TEST("table/sparse_bits: an empty one contains nothing") {
  const SparseBits bits;
  CHECK(is(bits, {}));
  CHECK(!bits.contains(0));
  CHECK(!bits.contains(SparseBits::kSlotsMax - 1));
  CHECK(with(bits, {{5, false}}).empty());
}

TEST("table/sparse_bits: the ends of words, parts and of all") {
  const std::set<std::uint32_t> slots = {0, 63, 64, 4'095, 4'096, 131'071, SparseBits::kSlotsMax - 64, SparseBits::kSlotsMax - 1};
  std::map<std::uint32_t, bool> changes;
  for (const std::uint32_t slot : slots) changes[slot] = true;
  const SparseBits bits = with({}, changes);
  CHECK(is(bits, slots));
  CHECK(!bits.contains(1) && !bits.contains(65) && !bits.contains(4'097) && !bits.contains(8'192));
}

TEST("table/sparse_bits: changed by chance it stays what a set would be, and what it was made of stays, too") {
  Chance chance(1);
  for (const std::uint32_t width : {100u, 5'000u, SparseBits::kSlotsMax}) {
    SparseBits bits;
    std::set<std::uint32_t> slots;
    for (int step = 0; step < 200; ++step) {
      std::map<std::uint32_t, bool> changes;
      for (std::uint32_t left = chance.below(40); left > 0; --left) changes[chance.below(width)] = chance.one_in(2);
      if (chance.one_in(20))
        for (const std::uint32_t slot : slots) changes[slot] = false;
      const SparseBits before = bits;
      const std::set<std::uint32_t> slots_before = slots;
      bits = with(bits, changes);
      for (const auto& [slot, added] : changes) added ? void(slots.insert(slot)) : void(slots.erase(slot));
      CHECK(is(bits, slots));
      CHECK(is(before, slots_before));
    }
  }
}

TEST("table/sparse_bits: one slot is cheap, and many side by side are") {
  CHECK(with({}, {{77'777, true}}).memory() == 0);
  std::map<std::uint32_t, bool> changes;
  for (std::uint32_t slot = 0; slot < 100'000; ++slot) changes[slot] = true;
  CHECK(with({}, changes).memory() < 13'500);
}

TEST("table/sparse_bits: copies may be made and dropped by several threads at once") {
  const SparseBits bits = with({}, {{1, true}, {70'000, true}});
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([bits] {
      for (int step = 0; step < 1'000; ++step) {
        SparseBits copy = bits;
        copy = with(copy, {{2, true}});
      }
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(is(bits, {1, 70'000}));
}
