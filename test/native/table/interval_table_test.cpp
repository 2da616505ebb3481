#include "table/interval_table.hpp"

#include <map>
#include <set>

#include "native/rules.hpp"
#include "native/tap.hpp"

using namespace vsw;
using vsw::test::Chance;

namespace {

using Table = IntervalTable<std::uint32_t>;
constexpr std::uint32_t kTop = ~std::uint32_t{0};

// Numbers that are looked at: the lowest and the highest, so that both ends of all are met.
std::vector<std::uint32_t> numbers(std::uint32_t width) {
  std::vector<std::uint32_t> list;
  for (std::uint32_t i = 0; i < width; ++i) list.push_back(i);
  for (std::uint32_t i = 0; i < 8; ++i) list.push_back(kTop - 7 + i);
  return list;
}

}  // namespace

TEST("table/interval_table: an empty one knows nothing of any number") {
  const Table table;
  CHECK(table.find(0).list.empty() && table.find(kTop).list.empty());
  CHECK(table.is_empty());
}

TEST("table/interval_table: by chance it says of every number what sets it is in, and what changed where") {
  Chance chance(1);
  for (const std::uint32_t width : {40u, 3'000u}) {
    Table table;
    const std::vector<std::uint32_t> looked_at = numbers(width);
    std::map<std::uint32_t, std::set<std::uint32_t>> model;  // numbers of a set
    std::map<std::uint32_t, std::uint64_t> changed;          // by number
    for (std::uint64_t generation = 1; generation <= 120; ++generation) {
      const Table before = table;
      std::vector<Table::Piece> pieces;
      std::set<std::uint32_t> sets;
      for (std::uint32_t left = 1 + chance.below(width > 100 && generation < 20 ? 60 : 4); left > 0; --left) sets.insert(1 + chance.below(90));
      for (const std::uint32_t set : sets) {
        // The set is a range less what it was, and what it was less the range.
        std::uint32_t from = looked_at[chance.below(static_cast<std::uint32_t>(looked_at.size()))];
        std::uint32_t to = chance.one_in(3) ? from + chance.below(5) : looked_at[chance.below(static_cast<std::uint32_t>(looked_at.size()))];
        if (to < from) std::swap(from, to);
        const bool vanishes = chance.one_in(4);
        std::set<std::uint32_t>& has = model[set];
        for (std::size_t i = 0; i < looked_at.size(); ++i) {
          const std::uint32_t number = looked_at[i];
          const bool wanted = !vanishes && number >= from && number <= to;
          if (wanted == has.contains(number)) continue;
          // The gap between the low numbers and the high ones goes with the number below it.
          const std::uint32_t last = i + 1 < looked_at.size() ? looked_at[i + 1] - 1 : kTop;
          pieces.push_back({number, last, set, wanted});
          wanted ? void(has.insert(number)) : void(has.erase(number));
          changed[number] = generation;
        }
      }
      CHECK(!table.apply(pieces, GenerationId{generation}, 90).has_value());
      for (const std::uint32_t number : looked_at) {
        std::vector<std::uint32_t> wanted;
        for (const auto& [set, has] : model)
          if (has.contains(number)) wanted.push_back(set);
        const auto found = table.find(number);
        if (!std::equal(found.list.begin(), found.list.end(), wanted.begin(), wanted.end()) || found.changed.value < changed[number])
          CHECK_EQUAL(number, kTop / 2);
      }
      // What did not change is not said to have, unless its neighbours became like it.
      if (pieces.empty()) CHECK_EQUAL(table.find(0).changed.value, before.find(0).changed.value);
    }
  }
}

TEST("table/interval_table: a change far away does not show") {
  Table table;
  CHECK(!table.apply({{10, 19, 1, true}}, GenerationId{1}, 9));
  CHECK(!table.apply({{30, 39, 1, true}, {30, 34, 2, true}}, GenerationId{2}, 9));
  CHECK_EQUAL(table.find(15).changed.value, std::uint64_t{1});
  CHECK_EQUAL(table.find(32).changed.value, std::uint64_t{2});
  CHECK_EQUAL(table.find(25).changed.value, std::uint64_t{0});
  CHECK_EQUAL(table.find(32).list.size(), std::size_t{2});
}

TEST("table/interval_table: a number in too many sets is named") {
  Table table;
  CHECK(!table.apply({{0, kTop, 1, true}, {5, kTop, 2, true}}, GenerationId{1}, 2));
  const auto excess = table.apply({{7, 8, 3, true}}, GenerationId{2}, 2);
  REQUIRE(excess.has_value());
  CHECK_EQUAL(*excess, 7u);
}

TEST("table/interval_table: many ranges come and go, and what is left is small") {
  Table table;
  std::vector<Table::Piece> pieces;
  for (std::uint32_t i = 0; i < 20'000; ++i) pieces.push_back({i * 16, i * 16 + 7, i % 1'000 + 1, true});
  CHECK(!table.apply(pieces, GenerationId{1}, 9));
  const std::size_t full = table.memory();
  int wrong = 0;
  for (std::uint32_t i = 0; i < 20'000; ++i) wrong += table.find(i * 16 + 7).list.size() != 1 || !table.find(i * 16 + 8).list.empty();
  CHECK_EQUAL(wrong, 0);
  for (Table::Piece& piece : pieces) piece.added = false;
  CHECK(!table.apply(pieces, GenerationId{2}, 9));
  CHECK(table.find(7).list.empty());
  CHECK(table.memory() < full / 100);
}
