#include "table/endpoint_map.hpp"

#include <algorithm>
#include <bit>

namespace vsw {

namespace {

constexpr std::size_t kAShard = 32, kAShardMax = 128, kShardsMax = 1u << 15;
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

void EndpointMap::resize(std::size_t endpoints) {
  const std::size_t wanted = std::min(std::bit_ceil(endpoints / kAShard + 1), kShardsMax);
  const auto shift = static_cast<std::uint32_t>(63 - std::countr_zero(wanted));
  std::vector<std::vector<Entry>> entries(wanted);
  GenerationId changed;
  for (const auto& shard : shards_) {
    changed = std::max(changed, shard->changed);
    for (const Entry& entry : entries_of(*shard)) entries[hash_of(entry.endpoint) >> 1 >> shift].push_back(entry);
  }
  std::vector<std::shared_ptr<const Shard>> shards;
  for (auto& of_shard : entries) shards.push_back(make(std::move(of_shard), changed));
  shards_ = std::move(shards);  // only now: entries stand in the old ones
  shift_ = shift;
}

EndpointMap EndpointMap::with(const Changes& changes, GenerationId generation) const {
  EndpointMap next = *this;
  if (changes.empty()) return next;
  const std::size_t wanted = size_ + changes.size();
  if (next.shards_.empty() || (wanted > kAShardMax * next.shards_.size() && next.shards_.size() < kShardsMax)) next.resize(wanted);
  std::vector<Changes::const_iterator> ordered;
  for (auto at = changes.begin(); at != changes.end(); ++at) ordered.push_back(at);
  std::sort(ordered.begin(), ordered.end(), [&](auto a, auto b) { return next.shard_of(a->first) < next.shard_of(b->first); });
  for (std::size_t i = 0; i < ordered.size();) {
    const std::uint64_t at = next.shard_of(ordered[i]->first);
    const std::shared_ptr<const Shard> before = next.shards_[at];
    std::vector<Entry> entries = entries_of(*before);
    for (; i < ordered.size() && next.shard_of(ordered[i]->first) == at; ++i) {
      const Endpoint& endpoint = ordered[i]->first;
      const std::vector<std::uint32_t>& list = ordered[i]->second;
      const auto known = std::find_if(entries.begin(), entries.end(), [&](const Entry& entry) { return entry.endpoint == endpoint; });
      if (known != entries.end() && !std::equal(list.begin(), list.end(), known->list.begin(), known->list.end()))
        *known = {endpoint, list, generation};
      else if (known == entries.end() && !list.empty())
        entries.push_back({endpoint, list, generation});
    }
    next.shards_[at] = make(std::move(entries), before->changed);
    next.size_ = next.size_ - before->lists + next.shards_[at]->lists;
  }
  return next;
}

std::size_t EndpointMap::memory() const noexcept {
  std::size_t bytes = 0;
  for (const auto& shard : shards_)
    bytes += sizeof shard + sizeof *shard + 16 + shard->cells.size() * sizeof(Cell) + shard->numbers.size() * sizeof(std::uint32_t);
  return bytes;
}

}  // namespace vsw
