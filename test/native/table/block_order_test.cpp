#include "table/block_order.hpp"

#include <set>

#include "native/rules.hpp"
#include "native/tap.hpp"

using namespace vsw;
using vsw::test::Chance;

namespace {

// Blocks of some parts, both in any order, those of a part side by side.
std::vector<std::uint16_t> any_numbers(Chance& chance, bool in_order) {
  std::vector<std::uint16_t> parts, numbers;
  const auto shuffle = [&](std::vector<std::uint16_t>& list) {
    if (in_order) return;
    for (std::size_t i = list.size(); i > 1; --i) std::swap(list[i - 1], list[chance.below(static_cast<std::uint32_t>(i))]);
  };
  const std::uint32_t parts_count = 1 + chance.below(BlockOrder::kPartsMax);
  for (std::uint32_t part = 0; part < BlockOrder::kPartsMax; ++part)
    if (in_order ? part < parts_count : chance.one_in(3)) parts.push_back(static_cast<std::uint16_t>(part));
  shuffle(parts);
  for (const std::uint16_t part : parts) {
    std::vector<std::uint16_t> blocks;
    for (std::uint16_t block = 0; block < BlockOrder::kPart; ++block)
      if (!chance.one_in(3)) blocks.push_back(static_cast<std::uint16_t>(part * BlockOrder::kPart + block));
    if (blocks.empty()) blocks.push_back(static_cast<std::uint16_t>(part * BlockOrder::kPart));
    shuffle(blocks);
    numbers.insert(numbers.end(), blocks.begin(), blocks.end());
  }
  return numbers;
}

}  // namespace

TEST("table/block_order: places rise in the order, and lead back to the numbers") {
  Chance chance(1);
  for (int world = 0; world < 200; ++world) {
    const bool in_order = world % 4 == 0;
    const std::vector<std::uint16_t> numbers = any_numbers(chance, in_order);
    BlockOrder order;
    order.assign(numbers);
    CHECK_EQUAL(order.size(), static_cast<std::uint32_t>(numbers.size()));
    if (in_order) CHECK(order.is_plain());
    std::set<std::uint16_t> parts;
    int wrong = 0;
    for (std::uint32_t index = 0; index < order.size(); ++index) {
      parts.insert(static_cast<std::uint16_t>(numbers[index] / BlockOrder::kPart));
      const std::uint32_t place = order.place(index), rank = place / BlockOrder::kPart, position = place % BlockOrder::kPart;
      wrong += index > 0 && place <= order.place(index - 1);
      wrong += place >= order.end() || order.number_at(place) != numbers[index];
      wrong += order.part(rank) != numbers[index] / BlockOrder::kPart || order.block(rank, position) != numbers[index] % BlockOrder::kPart;
      wrong += order.ranked(std::uint64_t{1} << numbers[index] / BlockOrder::kPart) != std::uint64_t{1} << rank;
      wrong += order.positioned(rank, std::uint64_t{1} << numbers[index] % BlockOrder::kPart) != std::uint64_t{1} << position;
      wrong += order.positioned(rank, order.from(rank, position)) != ~std::uint64_t{0} << position;
    }
    CHECK_EQUAL(wrong, 0);
    CHECK_EQUAL(order.parts(), static_cast<std::uint32_t>(parts.size()));
  }
}

TEST("table/block_order: one block that is not where its number says is seen") {
  BlockOrder order;
  CHECK(order.is_plain() && order.end() == 0);
  order.assign({0, 1, 2, 64, 65});
  CHECK(order.is_plain());
  order.assign({0, 2, 1, 64, 65});
  CHECK(!order.is_plain());
  CHECK_EQUAL(order.number_at(1), 2u);
  CHECK_EQUAL(order.number_at(BlockOrder::kPart + 1), 65u);
  order.assign({64, 65, 0});
  CHECK(!order.is_plain());
  CHECK_EQUAL(order.number_at(0), 64u);
  CHECK_EQUAL(order.number_at(BlockOrder::kPart), 0u);
}
