#include "table/endpoint_map.hpp"

#include <algorithm>
#include <bit>

namespace vsw {

namespace {

constexpr std::size_t kAShard = 32, kAShardMax = 48, kShardsMax = 1u << 15;
constexpr std::size_t kGoneMax = 32;  // cells without a list, more than there are with one
constexpr std::size_t kProbesWanted = 12;

}  // namespace

std::vector<EndpointMap::Entry> EndpointMap::entries_of(const Shard& shard) {
  std::vector<Entry> entries;
  for (const Cell& cell : shard.cells)
    if (cell.is_used) entries.push_back({cell.endpoint, {shard.numbers.data() + cell.first, cell.count}, cell.changed});
  return entries;
}

std::shared_ptr<const EndpointMap::Shard> EndpointMap::make(std::vector<Entry> entries, GenerationId changed) {
  auto shard = std::make_shared<Shard>();
  shard->changed = changed;
  for (const Entry& entry : entries) shard->lists += !entry.list.empty();
  if (entries.size() > 2 * shard->lists + kGoneMax)
    std::erase_if(entries, [&](const Entry& entry) {
      if (entry.list.empty()) shard->changed = std::max(shard->changed, entry.changed);
      return entry.list.empty();
    });
  const std::size_t smallest = std::bit_ceil(entries.size() + entries.size() / 2 + 1);
  for (std::size_t size = smallest;; size *= 2) {
    shard->cells.assign(size, {});
    shard->numbers.clear();
    std::size_t longest = 0;
    for (const Entry& entry : entries) {
      std::size_t at = hash_of(entry.endpoint) & (size - 1), probes = 1;
      for (; shard->cells[at].is_used; at = (at + 1) & (size - 1)) ++probes;
      longest = std::max(longest, probes);
      shard->cells[at] = {entry.endpoint, true, static_cast<std::uint16_t>(entry.list.size()),
                          static_cast<std::uint32_t>(shard->numbers.size()), entry.changed};
      shard->numbers.insert(shard->numbers.end(), entry.list.begin(), entry.list.end());
    }
    if (longest <= kProbesWanted || size >= 16 * smallest) break;
  }
  shard->numbers.shrink_to_fit();
  return shard;
}

// One shard more, with about half of what was in another.
void EndpointMap::divide() {
  if (divided_ == shards_.size() / 2) {  // each stands twice from now on
    std::vector<std::shared_ptr<const Shard>> shards;
    for (std::size_t at = 0; at < 2 * shards_.size(); ++at) shards.push_back(shards_[at / 2]);
    shards_ = std::move(shards);
    --shift_;
    divided_ = 0;
  }
  const std::size_t at = 2 * divided_++;
  const std::shared_ptr<const Shard> before = shards_[at];
  std::vector<Entry> first, second;
  for (const Entry& entry : entries_of(*before)) (place_of(entry.endpoint) == at ? first : second).push_back(entry);
  put(at, make(std::move(first), before->changed));
  put(at + 1, make(std::move(second), before->changed));
}

EndpointMap EndpointMap::with(const Changes& changes, GenerationId generation) const {
  EndpointMap next = *this;
  if (changes.empty()) return next;
  if (next.shards_.empty()) {
    next.shards_.assign(std::min(std::bit_ceil(changes.size() / kAShard + 1), kShardsMax), make({}, {}));
    next.shift_ = static_cast<std::uint32_t>(63 - std::countr_zero(next.shards_.size()));
    next.divided_ = next.shards_.size() / 2;
  }
  while (size_ + changes.size() > kAShardMax * next.shards() && next.shards() < kShardsMax) next.divide();
  std::vector<Changes::const_iterator> ordered;
  for (auto at = changes.begin(); at != changes.end(); ++at) ordered.push_back(at);
  const auto place = [&](Changes::const_iterator change) { return next.place_of(change->first); };
  std::sort(ordered.begin(), ordered.end(), [&](auto a, auto b) { return place(a) < place(b); });
  for (std::size_t i = 0; i < ordered.size();) {
    const std::size_t at = place(ordered[i]);
    const std::shared_ptr<const Shard> before = next.shards_[at];
    std::vector<Entry> entries = entries_of(*before);
    for (; i < ordered.size() && place(ordered[i]) == at; ++i) {
      const Endpoint& endpoint = ordered[i]->first;
      const std::vector<std::uint32_t>& list = ordered[i]->second;
      const auto known = std::find_if(entries.begin(), entries.end(), [&](const Entry& entry) { return entry.endpoint == endpoint; });
      if (known != entries.end() && !std::equal(list.begin(), list.end(), known->list.begin(), known->list.end()))
        *known = {endpoint, list, generation};
      else if (known == entries.end() && !list.empty())
        entries.push_back({endpoint, list, generation});
    }
    next.put(at, make(std::move(entries), before->changed));
    next.size_ = next.size_ - before->lists + next.shards_[at]->lists;
  }
  return next;
}

std::size_t EndpointMap::memory() const noexcept {
  std::size_t bytes = shards_.size() * sizeof shards_[0];
  const Shard* before = nullptr;
  for (const auto& shard : shards_) {
    if (shard.get() == before) continue;
    before = shard.get();
    bytes += sizeof *shard + 16 + shard->cells.size() * sizeof(Cell) + shard->numbers.size() * sizeof(std::uint32_t);
  }
  return bytes;
}

}  // namespace vsw
