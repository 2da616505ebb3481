// IntervalTable: which sets a number is in, when sets are given by ranges.
// Home: control builds; shared: read-only after publish.
//
// The numbers are cut where any range begins or ends; each interval has the list of all sets that cover it, and says in which
// generation that list last changed. Intervals stand in chunks, sorted: a search is two binary ones, whatever the ranges
// look like. A change writes those chunks anew that its ranges touch, in one sweep, and shares the others.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>
#include "base/ids.hpp"

namespace vsw {

template <class Number>
class IntervalTable {
 public:
  using List = std::span<const std::uint32_t>;
  struct Found {
    List list;
    GenerationId changed;
  };
  struct Piece {  // of the numbers that a set gains or loses; pieces of one set do not overlap
    Number first, last;
    std::uint32_t set;
    bool added;
  };

  [[nodiscard]] Found find(Number number) const noexcept {
    if (chunks_.empty()) return {};
    const auto chunk = std::upper_bound(firsts_.begin(), firsts_.end(), number) - firsts_.begin() - 1;
    const Chunk& in = *chunks_[static_cast<std::size_t>(chunk)];
    const auto at = static_cast<std::size_t>(std::upper_bound(in.firsts.begin(), in.firsts.end(), number) - in.firsts.begin() - 1);
    return {in.lists[at] == nullptr ? List{} : List{*in.lists[at]}, in.changed[at]};
  }

  // Makes the changes, in this generation; answers a number that would be in more than `sets_max` sets, if there is one.
  [[nodiscard]] std::optional<Number> apply(const std::vector<Piece>& pieces, GenerationId generation, std::size_t sets_max);

  [[nodiscard]] bool is_empty() const noexcept { return chunks_.empty(); }
  [[nodiscard]] std::size_t memory() const noexcept {
    std::size_t bytes = 0;
    const std::vector<std::uint32_t>* before = nullptr;
    for (const auto& chunk : chunks_)
      for (const Shared& list : chunk->lists) {
        bytes += sizeof(Number) + sizeof(Shared) + sizeof(GenerationId);
        if (list != nullptr && list.get() != before) bytes += 40 + list->size() * sizeof(std::uint32_t);
        before = list.get();
      }
    return bytes;
  }

 private:
  using Shared = std::shared_ptr<const std::vector<std::uint32_t>>;  // null: of no set
  struct Interval {
    Number first;
    Shared list;
    GenerationId changed;
  };
  struct Chunk {
    std::vector<Number> firsts;
    std::vector<Shared> lists;
    std::vector<GenerationId> changed;
  };
  struct Event {
    Number at;
    std::uint32_t set;
    bool added, begins;
  };
  using Deltas = std::vector<std::pair<std::uint32_t, bool>>;  // sets, ascending, and whether each is added
  static constexpr std::size_t kChunk = 128;

  static std::vector<Event> events_of(const std::vector<Piece>& pieces);
  static Shared changed(const Shared& list, const Deltas& deltas);
  void append(const std::vector<Interval>& intervals);
  void pack();

  std::vector<Number> firsts_;  // of the chunks
  std::vector<std::shared_ptr<const Chunk>> chunks_;
};

template <class Number>
std::vector<typename IntervalTable<Number>::Event> IntervalTable<Number>::events_of(const std::vector<Piece>& pieces) {
  std::vector<Event> events;
  for (const Piece& piece : pieces) {
    events.push_back({piece.first, piece.set, piece.added, true});
    if (piece.last != static_cast<Number>(~Number{0})) events.push_back({static_cast<Number>(piece.last + 1), piece.set, piece.added, false});
  }
  // What ends at a number ends before another begins there.
  std::sort(events.begin(), events.end(), [](const Event& a, const Event& b) { return a.at != b.at ? a.at < b.at : a.begins < b.begins; });
  return events;
}

template <class Number>
typename IntervalTable<Number>::Shared IntervalTable<Number>::changed(const Shared& list, const Deltas& deltas) {
  std::vector<std::uint32_t> result;
  const List before = list == nullptr ? List{} : List{*list};
  std::size_t i = 0;
  for (const auto& [set, added] : deltas) {
    while (i < before.size() && before[i] < set) result.push_back(before[i++]);
    if (i < before.size() && before[i] == set) ++i;
    if (added) result.push_back(set);
  }
  result.insert(result.end(), before.begin() + static_cast<std::ptrdiff_t>(i), before.end());
  if (result.empty()) return nullptr;
  return std::make_shared<const std::vector<std::uint32_t>>(std::move(result));
}

template <class Number>
void IntervalTable<Number>::append(const std::vector<Interval>& intervals) {
  const std::size_t count = (intervals.size() + kChunk - 1) / kChunk;
  for (std::size_t i = 0; i < count; ++i) {
    auto chunk = std::make_shared<Chunk>();
    for (std::size_t at = intervals.size() * i / count; at < intervals.size() * (i + 1) / count; ++at) {
      chunk->firsts.push_back(intervals[at].first);
      chunk->lists.push_back(intervals[at].list);
      chunk->changed.push_back(intervals[at].changed);
    }
    firsts_.push_back(chunk->firsts[0]);
    chunks_.push_back(std::move(chunk));
  }
}

template <class Number>
std::optional<Number> IntervalTable<Number>::apply(const std::vector<Piece>& pieces, GenerationId generation, std::size_t sets_max) {
  if (pieces.empty()) return std::nullopt;
  IntervalTable next;
  if (chunks_.empty()) append({{Number{0}, nullptr, {}}});
  const std::vector<Event> events = events_of(pieces);
  std::size_t event = 0;
  Deltas deltas;
  std::vector<std::pair<Shared, Shared>> known;  // lists that these deltas changed already
  std::vector<Interval> rewritten;
  std::optional<Number> excess;
  const auto take_events = [&](Number at) {
    for (; event < events.size() && events[event].at == at; ++event, known.clear()) {
      const std::pair delta{events[event].set, events[event].added};
      const auto place = std::lower_bound(deltas.begin(), deltas.end(), delta);
      if (events[event].begins)
        deltas.insert(place, delta);
      else
        deltas.erase(place);
    }
  };
  const auto emit = [&](Number first, const Shared& list, GenerationId since) {
    Interval interval{first, list, since};
    if (!deltas.empty()) {
      auto at = std::find_if(known.begin(), known.end(), [&](const auto& pair) { return pair.first == list; });
      if (at == known.end()) at = known.insert(known.end(), {list, changed(list, deltas)});
      interval = {first, at->second, generation};
      if (known.size() > 16) known.erase(known.begin());
    }
    if (interval.list != nullptr && interval.list->size() > sets_max && !excess) excess = first;
    if (!rewritten.empty()) {
      Interval& before = rewritten.back();
      if (before.list == interval.list || (before.list != nullptr && interval.list != nullptr && *before.list == *interval.list)) {
        before.changed = std::max(before.changed, interval.changed);
        return;
      }
    }
    rewritten.push_back(std::move(interval));
  };
  for (std::size_t i = 0; i < chunks_.size(); ++i) {
    const bool is_last = i + 1 == chunks_.size();
    const bool is_touched = !deltas.empty() || (event < events.size() && (is_last || events[event].at < firsts_[i + 1]));
    if (!is_touched) {
      next.append(rewritten);
      rewritten.clear();
      next.firsts_.push_back(firsts_[i]);
      next.chunks_.push_back(chunks_[i]);
      continue;
    }
    const Chunk& chunk = *chunks_[i];
    for (std::size_t at = 0; at < chunk.firsts.size(); ++at) {
      const bool is_end = at + 1 == chunk.firsts.size();
      const auto is_inside = [&](Number number) {
        return is_end ? is_last || number < firsts_[i + 1] : number < chunk.firsts[at + 1];
      };
      Number from = chunk.firsts[at];
      for (;;) {
        take_events(from);
        emit(from, chunk.lists[at], chunk.changed[at]);
        if (event == events.size() || !is_inside(events[event].at)) break;
        from = events[event].at;
      }
    }
  }
  next.append(rewritten);
  *this = std::move(next);
  pack();
  return excess;
}

// Chunks that have become small are made full again, all at once and therefore seldom.
template <class Number>
void IntervalTable<Number>::pack() {
  std::size_t count = 0;
  for (const auto& chunk : chunks_) count += chunk->firsts.size();
  if (chunks_.size() <= 8 + 4 * count / kChunk) return;
  std::vector<Interval> intervals;
  for (const auto& chunk : chunks_)
    for (std::size_t at = 0; at < chunk->firsts.size(); ++at) intervals.push_back({chunk->firsts[at], chunk->lists[at], chunk->changed[at]});
  firsts_.clear();
  chunks_.clear();
  append(intervals);
}

}  // namespace vsw
