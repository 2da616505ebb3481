// BlockOrder: in which order the blocks of a rule list decide, whatever numbers they have.
// Home: control builds; shared: read-only after publish.
//
// Bitmaps know blocks by number, 64 numbers a part. Would the numbers be the order, a block more in the middle would move all behind
// it. So a part's blocks are in an order of their own, and parts are, too; only do the blocks of one part always stand side by
// side. A place says where something stands in the order: rank of the part, position of the block in it, rule in the block.
// Where numbers are the order, as in a list that was made at once, who asks pays nothing.
#pragma once
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace vsw {

class BlockOrder {
 public:
  static constexpr std::uint32_t kPart = 64, kPartsMax = 64, kBlocksMax = kPart * kPartsMax;

  // Numbers of blocks, the first that decides in front; those of a part stand side by side.
  void assign(std::vector<std::uint16_t> numbers);

  [[nodiscard]] const std::vector<std::uint16_t>& numbers() const noexcept { return numbers_; }
  [[nodiscard]] std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(numbers_.size()); }
  [[nodiscard]] std::uint32_t parts() const noexcept { return static_cast<std::uint32_t>(parts_.size()); }
  [[nodiscard]] std::uint32_t part(std::uint32_t rank) const noexcept { return is_plain_ ? rank : parts_[rank].number; }
  [[nodiscard]] std::uint32_t end() const noexcept { return parts() * kPart; }  // one behind the last place of a block
  // Of the block that is the n-th in order.
  [[nodiscard]] std::uint32_t place(std::uint32_t index) const noexcept {
    const std::uint32_t rank = ranks_[numbers_[index] / kPart];
    return rank * kPart + parts_[rank].positions[numbers_[index] % kPart];
  }
  [[nodiscard]] std::uint32_t number_at(std::uint32_t place) const noexcept {
    if (is_plain_) return place;
    const Part& part = parts_[place / kPart];
    return part.number * kPart + part.blocks[place % kPart];
  }

  // Bits of parts by number, as bits by rank.
  [[nodiscard]] std::uint64_t ranked(std::uint64_t by_number) const noexcept { return is_plain_ ? by_number : moved(by_number, ranks_); }
  // The same for the blocks of a part, and their positions; and those at a position or behind it.
  [[nodiscard]] std::uint64_t positioned(std::uint32_t rank, std::uint64_t by_number) const noexcept {
    return is_plain_ || parts_[rank].is_plain ? by_number : moved(by_number, parts_[rank].positions);
  }
  [[nodiscard]] std::uint64_t from(std::uint32_t rank, std::uint32_t position) const noexcept {
    const std::uint64_t positions = ~std::uint64_t{0} << position;
    return is_plain_ || position == 0 || parts_[rank].is_plain ? positions : moved(positions, parts_[rank].blocks);
  }
  [[nodiscard]] std::uint32_t block(std::uint32_t rank, std::uint32_t position) const noexcept {
    return is_plain_ ? position : parts_[rank].blocks[position];
  }
  [[nodiscard]] bool is_plain() const noexcept { return is_plain_; }
  [[nodiscard]] std::size_t memory() const noexcept { return numbers_.size() * sizeof numbers_[0] + parts_.size() * sizeof(Part); }

 private:
  using Table = std::array<std::uint8_t, kPart>;
  struct Part {
    std::uint8_t number = 0;
    bool is_plain = true;
    Table positions{};  // by block
    Table blocks{};     // by position
  };
  [[nodiscard]] static std::uint64_t moved(std::uint64_t bits, const Table& to) noexcept {
    std::uint64_t result = 0;
    for (; bits != 0; bits &= bits - 1) result |= std::uint64_t{1} << to[static_cast<std::size_t>(std::countr_zero(bits))];
    return result;
  }

  std::vector<std::uint16_t> numbers_;
  std::vector<Part> parts_;  // by rank
  Table ranks_{};            // by number
  bool is_plain_ = true;     // every part's rank is its number, and every block's position
};

}  // namespace vsw
