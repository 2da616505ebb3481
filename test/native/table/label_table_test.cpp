#include "table/label_table.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "native/rules.hpp"
#include "native/tap.hpp"

using namespace vsw;
using vsw::test::Chance;

namespace {

using Model = std::map<std::uint64_t, std::set<std::uint32_t>>;

bool is(const LabelTable& table, const Model& model, std::uint64_t labels) {
  std::size_t present = 0;
  for (std::uint64_t label = 1; label <= labels; ++label) {
    const SparseBits* bits = table.find(LabelTable::spread(label));
    const auto at = model.find(label);
    if (at == model.end() || at->second.empty()) {
      if (bits != nullptr) return false;
      continue;
    }
    ++present;
    if (bits == nullptr) return false;
    std::size_t counted = 0;
    for (std::uint32_t slot = 0; slot < 1'000; ++slot) counted += bits->contains(slot);
    for (const std::uint32_t slot : at->second)
      if (!bits->contains(slot)) return false;
    if (counted != at->second.size()) return false;
  }
  return present == table.size();
}

}  // namespace

TEST("table/label_table: an empty one finds nothing") {
  LabelTable table;
  CHECK(table.find(LabelTable::spread(1)) == nullptr);
  table.apply({});
  CHECK(table.find(LabelTable::spread(1)) == nullptr);
  CHECK_EQUAL(table.size(), std::size_t{0});
}

TEST("table/label_table: spreading tells all labels apart") {
  std::set<std::uint64_t> seen;
  for (std::uint64_t label = 0; label < 100'000; ++label) seen.insert(LabelTable::spread(label << 40 | label));
  CHECK_EQUAL(seen.size(), std::size_t{100'000});
  CHECK_EQUAL(LabelTable::spread(0), std::uint64_t{0});
}

TEST("table/label_table: changed by chance it stays what a map would be, through growth, and so does the one before") {
  Chance chance(1);
  for (const std::uint32_t labels : {3u, 100u, 6'000u}) {
    LabelTable table;
    Model model;
    for (int step = 0; step < 12; ++step) {
      std::vector<LabelTable::Change> changes;
      std::map<std::pair<std::uint64_t, std::uint32_t>, int> meant;  // 1: goes, 2: is added, 3: both
      for (std::uint32_t left = chance.below(labels * 2); left > 0; --left)
        meant[{1 + chance.below(labels), chance.below(1'000)}] |= 1 + static_cast<int>(chance.below(3));
      if (step == 9)
        for (const auto& [label, slots] : model)
          for (const std::uint32_t slot : slots) meant[{label, slot}] = 1;
      const LabelTable before = table;
      const Model model_before = model;
      for (const auto& [where, what] : meant) {
        if ((what & 2) != 0) changes.push_back({LabelTable::spread(where.first), where.second, true});
        if ((what & 1) != 0) changes.push_back({LabelTable::spread(where.first), where.second, false});
        (what & 2) != 0 ? void(model[where.first].insert(where.second)) : void(model[where.first].erase(where.second));
      }
      table.apply(changes);
      CHECK(is(table, model, labels + 5));
      CHECK(is(before, model_before, labels + 5));
    }
    CHECK(table.memory() > 0);
  }
}

TEST("table/label_table: one label more never divides more than one table, and all are found") {
  LabelTable table;
  std::size_t most = 0;
  for (std::uint64_t label = 1; label <= 20'000; ++label) {
    const std::size_t shards = table.shards();
    table.apply({{LabelTable::spread(label), static_cast<std::uint32_t>(label % 1'000), true}});
    if (label > 1) most = std::max(most, table.shards() - shards);
  }
  CHECK_EQUAL(most, std::size_t{1});
  CHECK(table.shards() >= 20'000 / 32);
  int wrong = table.size() != 20'000;
  for (std::uint64_t label = 1; label <= 20'000; ++label) {
    const SparseBits* bits = table.find(LabelTable::spread(label));
    wrong += bits == nullptr || !bits->contains(static_cast<std::uint32_t>(label % 1'000));
  }
  CHECK_EQUAL(wrong, 0);
}
