// LabelTable: the slots of the rules that carry a label, by label.
// Home: control builds; shared: read-only after publish.
//
// A label is a number of 64 bits that is not 0. It is spread by a function that has an inverse, so the spread number is
// the key. Tables of some dozens of labels hang in a row; a change copies the row and those tables that it concerns, and
// shares all else. No search reads more than kProbesMax cells: a table in which one would is made larger. When labels become
// more, tables are divided one after the other, as many as the new labels need, and never all at once; one that is still to be
// divided stands twice in the row.
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>
#include "table/sparse_bits.hpp"

namespace vsw {

class LabelTable {
 public:
  static constexpr std::uint32_t kProbesMax = 16;

  struct Change {
    std::uint64_t key;  // `spread` of a label
    std::uint32_t slot;
    bool added;
  };

  [[nodiscard]] static constexpr std::uint64_t spread(std::uint64_t label) noexcept {
    label *= 0x9e37'79b9'7f4a'7c15ull;
    return label ^ label >> 32;
  }

  // Null: no rule carries the label of this key.
  [[nodiscard]] const SparseBits* find(std::uint64_t key) const noexcept {
    if (rows_.empty()) return nullptr;
    const Row& row = rows_[key >> 1 >> shift_];
    for (std::uint64_t probe = 0; probe < kProbesMax; ++probe) {
      const Cell& cell = row.cells[(key + probe) & row.mask];
      if (cell.key == key) return &cell.bits;
      if (cell.key == 0) return nullptr;
    }
    return nullptr;
  }
  void prefetch(std::uint64_t key) const noexcept {
    if (rows_.empty()) return;
    const Row& row = rows_[key >> 1 >> shift_];
    __builtin_prefetch(row.cells + (key & row.mask));
  }

  // Of a label both may be said of one slot: first that it goes, then that it is added, and it is there.
  void apply(std::vector<Change> changes);

  [[nodiscard]] std::size_t size() const noexcept { return labels_; }
  [[nodiscard]] std::size_t shards() const noexcept { return (shards_.size() + 1) / 2 + divided_; }
  [[nodiscard]] std::size_t memory() const noexcept;

 private:
  struct Cell {
    std::uint64_t key = 0;  // 0: free
    SparseBits bits;
  };
  struct Shard {
    std::vector<Cell> cells;
    std::uint32_t labels = 0;
  };
  using Shards = std::vector<std::shared_ptr<const Shard>>;
  struct Row {  // of a shard, to find a cell with one step less
    const Cell* cells;
    std::uint64_t mask;
  };

  // Where a key's shard stands in the row, the first time.
  [[nodiscard]] std::size_t place_of(std::uint64_t key) const noexcept {
    const std::size_t at = key >> 1 >> shift_;
    return at / 2 < divided_ || shards_.size() == 1 ? at : at & ~std::size_t{1};
  }
  static std::shared_ptr<const Shard> make(const std::vector<Cell>& cells);
  static void change(Shard& shard, std::span<Change> changes, std::vector<Cell>& added, bool& is_smaller);
  void begin(std::size_t labels);
  void divide();

  void put(std::size_t at, std::shared_ptr<const Shard> shard) {
    rows_[at] = {shard->cells.data(), shard->cells.size() - 1};
    shards_[at] = std::move(shard);
    if (at / 2 < divided_ || shards_.size() == 1) return;
    rows_[at + 1] = rows_[at];
    shards_[at + 1] = shards_[at];
  }

  std::vector<Row> rows_;
  Shards shards_;
  std::uint32_t shift_ = 63;  // a key's place in the row: what is left of it beyond one bit and these
  std::size_t divided_ = 0;   // so many pairs of places have a shard each, those behind them one for both
  std::size_t labels_ = 0;
};

}  // namespace vsw
