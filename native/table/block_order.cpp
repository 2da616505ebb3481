#include "table/block_order.hpp"

#include <utility>

namespace vsw {

void BlockOrder::assign(std::vector<std::uint16_t> numbers) {
  numbers_ = std::move(numbers);
  parts_.clear();
  is_plain_ = true;
  for (std::size_t begin = 0, end = 0; begin < numbers_.size(); begin = end) {
    Part part;
    part.number = static_cast<std::uint8_t>(numbers_[begin] / kPart);
    for (end = begin; end < numbers_.size() && numbers_[end] / kPart == part.number; ++end)
      part.is_plain = part.is_plain && (end == begin || numbers_[end - 1] < numbers_[end]);
    std::uint64_t left = ~std::uint64_t{0};
    std::uint32_t position = 0;
    for (std::size_t at = begin; at < end; ++at, ++position) {
      const auto block = static_cast<std::uint8_t>(numbers_[at] % kPart);
      part.blocks[position] = block;
      left &= ~(std::uint64_t{1} << block);
    }
    // Numbers that no block has stand behind the others, so that both tables are each other's inverse.
    for (; left != 0; left &= left - 1, ++position) part.blocks[position] = static_cast<std::uint8_t>(std::countr_zero(left));
    for (position = 0; position < kPart; ++position) {
      if (part.is_plain) part.blocks[position] = static_cast<std::uint8_t>(position);
      part.positions[part.blocks[position]] = static_cast<std::uint8_t>(position);
    }
    is_plain_ = is_plain_ && part.is_plain && part.number == parts_.size();
    ranks_[part.number] = static_cast<std::uint8_t>(parts_.size());
    parts_.push_back(part);
  }
}

}  // namespace vsw
