#include "table/label_table.hpp"

#include <algorithm>
#include <bit>

namespace vsw {

namespace {

constexpr std::size_t kLabelsAShard = 24, kLabelsAShardMax = 32, kShardsMax = 1u << 14;

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

// As many shards as these labels want.
void LabelTable::begin(std::size_t labels) {
  const std::size_t count = std::min(std::bit_ceil(labels / kLabelsAShard + 1), kShardsMax);
  shift_ = static_cast<std::uint32_t>(63 - std::countr_zero(count));
  divided_ = count / 2;
  shards_.resize(count);
  rows_.resize(count);
  const std::shared_ptr<const Shard> none = make({});
  for (std::size_t at = 0; at < count; ++at) put(at, none);
}

// One shard more, with about half of what was in another.
void LabelTable::divide() {
  if (divided_ == shards_.size() / 2) {  // each stands twice from now on
    Shards shards;
    std::vector<Row> rows;
    for (std::size_t at = 0; at < 2 * shards_.size(); ++at) {
      shards.push_back(shards_[at / 2]);
      rows.push_back(rows_[at / 2]);
    }
    shards_ = std::move(shards);
    rows_ = std::move(rows);
    --shift_;
    divided_ = 0;
  }
  const std::size_t at = 2 * divided_++;
  const std::shared_ptr<const Shard> before = shards_[at];
  std::vector<Cell> first, second;
  for (const Cell& cell : before->cells)
    if (cell.key != 0) (cell.key >> 1 >> shift_ == at ? first : second).push_back(cell);
  put(at, make(first));
  put(at + 1, make(second));
}

// What changes in one shard, in place: cells that come, and whether some are empty now.
void LabelTable::change(Shard& shard, std::span<Change> changes, std::vector<Cell>& added, bool& is_smaller) {
  std::sort(changes.begin(), changes.end(), [](const Change& a, const Change& b) {
    return a.key != b.key ? a.key < b.key : a.slot != b.slot ? a.slot < b.slot : a.added < b.added;
  });
  std::vector<SparseBits::Change> of_label;
  for (std::size_t next = 0; next < changes.size();) {
    const std::uint64_t key = changes[next].key, mask = shard.cells.size() - 1;
    of_label.clear();
    for (; next < changes.size() && changes[next].key == key; ++next) {
      if (!of_label.empty() && of_label.back().slot == changes[next].slot) of_label.pop_back();
      of_label.push_back({changes[next].slot, changes[next].added});
    }
    std::uint64_t probe = 0;
    while (probe < kProbesMax && shard.cells[(key + probe) & mask].key != key && shard.cells[(key + probe) & mask].key != 0) ++probe;
    Cell& cell = shard.cells[(key + probe) & mask];
    if (probe < kProbesMax && cell.key == key) {
      cell.bits = cell.bits.with(of_label);
      is_smaller = is_smaller || cell.bits.empty();
    } else if (SparseBits bits = SparseBits{}.with(of_label); !bits.empty()) {
      added.push_back({key, std::move(bits)});
    }
  }
}

void LabelTable::apply(std::vector<Change> changes) {
  if (changes.empty()) return;
  std::vector<std::uint64_t> fresh;
  for (const Change& change : changes)
    if (change.added && find(change.key) == nullptr) fresh.push_back(change.key);
  std::sort(fresh.begin(), fresh.end());
  const auto more = static_cast<std::size_t>(std::unique(fresh.begin(), fresh.end()) - fresh.begin());
  if (shards_.empty()) begin(more);
  while (labels_ + more > kLabelsAShardMax * shards() && shards() < kShardsMax) divide();

  // By shard, without a search among all.
  std::vector<std::uint32_t> ends(shards_.size() + 1);
  for (const Change& change : changes) ++ends[place_of(change.key) + 1];
  for (std::size_t at = 0; at < shards_.size(); ++at) ends[at + 1] += ends[at];
  std::vector<Change> ordered(changes.size());
  for (const Change& change : changes) ordered[ends[place_of(change.key)]++] = change;
  std::vector<Cell> cells;
  for (std::size_t begin = 0; begin < ordered.size();) {
    const std::size_t at = place_of(ordered[begin].key), end = ends[at];
    auto shard = std::make_shared<Shard>(*shards_[at]);
    bool is_smaller = false;
    cells.clear();
    change(*shard, {ordered.data() + begin, end - begin}, cells, is_smaller);
    begin = end;
    if (!is_smaller && cells.empty()) {
      put(at, std::move(shard));
      continue;
    }
    for (Cell& cell : shard->cells)
      if (!cell.bits.empty()) cells.push_back(std::move(cell));
    labels_ = labels_ - shard->labels + cells.size();
    put(at, make(cells));
  }
}

std::size_t LabelTable::memory() const noexcept {
  std::size_t bytes = shards_.size() * (sizeof(Shards::value_type) + sizeof(Row));
  const Shard* before = nullptr;
  for (const auto& shard : shards_) {
    if (shard.get() == before) continue;
    before = shard.get();
    bytes += sizeof(Shard) + 16;
    bytes += shard->cells.size() * sizeof(Cell);
    for (const Cell& cell : shard->cells) bytes += cell.bits.memory();
  }
  return bytes;
}

}  // namespace vsw
