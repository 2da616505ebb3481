#include "table/interval_table.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "native/rules.hpp"
#include "native/tap.hpp"

using namespace vsw;
using vsw::test::Chance;

namespace {

using Table = IntervalTable<std::uint32_t>;
constexpr std::uint32_t kTop = ~std::uint32_t{0};

// All that a number is in, in order.
std::vector<std::uint32_t> sets_of(const Table& table, std::uint32_t number) {
  const auto found = table.find(number);
  std::vector<std::uint32_t> sets(found.list.begin(), found.list.end());
  sets.insert(sets.end(), found.wide.begin(), found.wide.end());
  std::sort(sets.begin(), sets.end());
  return sets;
}

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
  CHECK(sets_of(table, 0).empty() && sets_of(table, kTop).empty());
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
        if (sets_of(table, number) != wanted || table.find(number).changed.value < changed[number]) CHECK_EQUAL(number, kTop / 2);
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
  CHECK_EQUAL(sets_of(table, 32).size(), std::size_t{2});
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
  for (std::uint32_t i = 0; i < 20'000; ++i) wrong += sets_of(table, i * 16 + 7).size() != 1 || !sets_of(table, i * 16 + 8).empty();
  CHECK_EQUAL(wrong, 0);
  for (Table::Piece& piece : pieces) piece.added = false;
  CHECK(!table.apply(pieces, GenerationId{2}, 9));
  CHECK(sets_of(table, 7).empty());
  CHECK(table.memory() < full / 100);
}

TEST("table/interval_table: a range over everything is written once a chunk, whatever it covers, and goes as it came") {
  constexpr std::uint32_t kRanges = 100'000;
  Table table;
  std::vector<Table::Piece> pieces;
  for (std::uint32_t i = 0; i < kRanges; ++i) pieces.push_back({i * 32, i * 32 + 15, i + 1, true});
  CHECK(!table.apply(pieces, GenerationId{1}, 256));
  const std::size_t intervals = 2 * kRanges + 1, most = intervals / 64 + 2;
  CHECK(table.chunks() <= most);
  const std::size_t memory = table.memory();
  std::uint32_t set = 1'000'000;
  std::uint64_t generation = 1;
  const auto is_as_wanted = [&](const Table::Piece& wide, bool is_there) {
    int wrong = 0;
    for (std::uint32_t i = 0; i < kRanges; i += 7)
      for (const std::uint32_t number : {i * 32, i * 32 + 16}) {
        const bool is_in = wide.first <= number && number <= wide.last;
        const std::vector<std::uint32_t> found = sets_of(table, number);
        wrong += found.size() != static_cast<std::size_t>(number % 32 == 0) + (is_in && is_there) || (is_in && is_there && found.back() != wide.set);
        // What lies beside the end of a range and has become like what was in it may say that it changed.
        const bool is_beside = number < wide.first && wide.first - number < 16;
        wrong += (table.find(number).changed.value == generation) != is_in && !is_beside;
      }
    return wrong == 0;
  };
  for (const auto& [first, last] : {std::pair{0u, kTop}, {0u, kTop / 2}, {1u, 3'000'000u}, {1'600'000u, kTop}, {160u, 320u}}) {
    const Table::Piece wide{first, last, ++set, true};
    CHECK(!table.apply({wide}, GenerationId{++generation}, 256));
    // Two chunks at the ends, each with a neighbour, and a word for each other one; where they had the same, not even that.
    CHECK(table.written() <= 4 * 128 + 4 + most);
    CHECK(is_as_wanted(wide, true));
    CHECK(!table.apply({{first, last, set, false}}, GenerationId{++generation}, 256));
    CHECK(table.written() <= 4 * 128 + 4 + most);
    CHECK(is_as_wanted(wide, false));
  }
  CHECK(table.chunks() <= most && table.memory() < memory + memory / 8);
}

TEST("table/interval_table: a hundred sets over everything among many others, and one too many of them is named") {
  Table table;
  std::vector<Table::Piece> pieces;
  for (std::uint32_t i = 0; i < 10'000; ++i) pieces.push_back({i * 32, i * 32 + 15, i + 1, true});
  CHECK(!table.apply(pieces, GenerationId{1}, 100));
  const std::size_t memory = table.memory();
  for (std::uint32_t set = 0; set < 99; ++set) CHECK(!table.apply({{0, kTop, 20'000 + set, true}}, GenerationId{set + 2}, 100));
  CHECK(table.memory() < 2 * memory);
  CHECK_EQUAL(sets_of(table, 32).size(), std::size_t{100});
  CHECK_EQUAL(table.find(32).changed.value, std::uint64_t{100});
  Table more = table;
  const auto excess = more.apply({{100, kTop, 30'000, true}}, GenerationId{200}, 100);
  REQUIRE(excess.has_value());
  CHECK_EQUAL(sets_of(table, *excess).size(), std::size_t{100});
  for (std::uint32_t set = 0; set < 99; ++set) CHECK(!table.apply({{0, kTop, 20'000 + set, false}}, GenerationId{set + 300}, 100));
  CHECK_EQUAL(sets_of(table, 32).size(), std::size_t{1});
  CHECK(sets_of(table, 48).empty());
}
