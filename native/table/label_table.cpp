#include "table/label_table.hpp"

#include <algorithm>
#include <span>

namespace vsw {

namespace {

constexpr std::size_t kLabelsAShard = 24, kLabelsAShardMax = 96, kShardsMax = 1u << 14;

}  // namespace

std::shared_ptr<const LabelTable::Shard> LabelTable::make(const std::vector<Cell>& cells) {
  auto shard = std::make_shared<Shard>();
  shard->labels = static_cast<std::uint32_t>(cells.size());
  for (std::size_t size = std::bit_ceil(cells.size() * 2 + 1);; size *= 2) {
    shard->cells.assign(size, {});
    bool fits = true;
    for (const Cell& cell : cells) {
      std::uint32_t probe = 0;
      while (probe < kProbesMax && shard->cells[(cell.key + probe) & (size - 1)].key != 0) ++probe;
      if (probe == kProbesMax) {
        fits = false;
        break;
      }
      shard->cells[(cell.key + probe) & (size - 1)] = cell;
    }
    if (fits) return shard;
  }
}

// So many shards as these labels want.
void LabelTable::resize(std::size_t labels) {
  const std::size_t wanted = std::min(std::bit_ceil(labels / kLabelsAShard + 1), kShardsMax);
  std::vector<std::vector<Cell>> cells(wanted);
  const auto shift = static_cast<std::uint32_t>(63 - std::countr_zero(wanted));
  for (const auto& shard : shards_)
    for (const Cell& cell : shard->cells)
      if (cell.key != 0) cells[cell.key >> 1 >> shift].push_back(cell);
  shards_.resize(wanted);
  rows_.resize(wanted);
  for (std::size_t at = 0; at < wanted; ++at) put(at, make(cells[at]));
  shift_ = shift;
}

void LabelTable::apply(std::vector<Change> changes) {
  if (changes.empty()) return;
  std::sort(changes.begin(), changes.end(), [](const Change& a, const Change& b) {
    return a.key != b.key ? a.key < b.key : a.slot != b.slot ? a.slot < b.slot : a.added < b.added;
  });
  std::size_t keys = 1;
  for (std::size_t i = 1; i < changes.size(); ++i) keys += changes[i].key != changes[i - 1].key;
  if (shards_.empty() || (labels_ + keys > kLabelsAShardMax * shards_.size() && shards_.size() < kShardsMax)) resize(labels_ + keys);

  std::vector<SparseBits::Change> of_label;
  std::vector<Cell> cells;
  for (std::size_t next = 0; next < changes.size();) {
    const std::uint64_t at = changes[next].key >> 1 >> shift_;
    const Shard& before = *shards_[at];
    cells.clear();
    for (const Cell& cell : before.cells)
      if (cell.key != 0) cells.push_back(cell);
    std::sort(cells.begin(), cells.end(), [](const Cell& a, const Cell& b) { return a.key < b.key; });
    const std::size_t known = cells.size();
    std::size_t cell = 0;
    while (next < changes.size() && changes[next].key >> 1 >> shift_ == at) {
      const std::uint64_t key = changes[next].key;
      of_label.clear();
      for (; next < changes.size() && changes[next].key == key; ++next) {
        if (!of_label.empty() && of_label.back().slot == changes[next].slot) of_label.pop_back();
        of_label.push_back({changes[next].slot, changes[next].added});
      }
      while (cell < known && cells[cell].key < key) ++cell;
      if (cell < known && cells[cell].key == key)
        cells[cell].bits = cells[cell].bits.with(of_label);
      else
        cells.push_back({key, SparseBits{}.with(of_label)});
    }
    std::erase_if(cells, [](const Cell& each) { return each.bits.empty(); });
    labels_ = labels_ - before.labels + cells.size();
    put(at, make(cells));
  }
}

std::size_t LabelTable::memory() const noexcept {
  std::size_t bytes = shards_.size() * (sizeof(Shards::value_type) + sizeof(Row) + sizeof(Shard) + 16);
  for (const auto& shard : shards_) {
    bytes += shard->cells.size() * sizeof(Cell);
    for (const Cell& cell : shard->cells) bytes += cell.bits.memory();
  }
  return bytes;
}

}  // namespace vsw
