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
    const Chunk& in = *chunks_[last_not_above(firsts_, number)];
    const std::size_t at = last_not_above(in.firsts, number);
    return {in.list(at), in.changed[at]};
  }

  // Makes the changes, in this generation; answers a number that would be in more than `sets_max` sets, if there is one.
  [[nodiscard]] std::optional<Number> apply(const std::vector<Piece>& pieces, GenerationId generation, std::size_t sets_max);

  [[nodiscard]] bool is_empty() const noexcept { return chunks_.empty(); }
  [[nodiscard]] std::size_t memory() const noexcept {
    std::size_t bytes = 0;
    for (const auto& chunk : chunks_)
      bytes += sizeof(Number) + sizeof chunk + sizeof *chunk + 16 + chunk->firsts.size() * (sizeof(Number) + 4 + sizeof(GenerationId)) +
               chunk->sets.size() * 4;
    return bytes;
  }

 private:
  // Intervals side by side; the list of one ends where that of the next begins.
  struct Chunk {
    std::vector<Number> firsts;
    std::vector<std::uint32_t> ends;
    std::vector<GenerationId> changed;
    std::vector<std::uint32_t> sets;

    [[nodiscard]] List list(std::size_t at) const noexcept {
      const std::uint32_t begin = at == 0 ? 0 : ends[at - 1];
      return {sets.data() + begin, ends[at] - begin};
    }
    void push(Number first, List list, GenerationId since) {
      firsts.push_back(first);
      sets.insert(sets.end(), list.begin(), list.end());
      ends.push_back(static_cast<std::uint32_t>(sets.size()));
      changed.push_back(since);
    }
  };
  struct Event {
    Number at;
    std::uint32_t set;
    bool added, begins;
  };
  using Deltas = std::vector<std::pair<std::uint32_t, bool>>;  // sets, ascending, and whether each is added
  static constexpr std::size_t kChunk = 128;

  static std::vector<Event> events_of(const std::vector<Piece>& pieces);
  static void change(List list, const Deltas& deltas, std::vector<std::uint32_t>& result);
  void append(const Chunk& intervals);

  // Where the last of ascending numbers is that is not above this one; the first never is. No branch to be guessed.
  static std::size_t last_not_above(const std::vector<Number>& numbers, Number number) noexcept {
    const Number* at = numbers.data();
    for (std::size_t left = numbers.size(); left > 1;) {
      const std::size_t half = left / 2;
      at = at[half] <= number ? at + half : at;
      left -= half;
    }
    return static_cast<std::size_t>(at - numbers.data());
  }
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
void IntervalTable<Number>::change(List list, const Deltas& deltas, std::vector<std::uint32_t>& result) {
  result.clear();
  std::size_t i = 0;
  for (const auto& [set, added] : deltas) {
    while (i < list.size() && list[i] < set) result.push_back(list[i++]);
    if (i < list.size() && list[i] == set) ++i;
    if (added) result.push_back(set);
  }
  result.insert(result.end(), list.begin() + static_cast<std::ptrdiff_t>(i), list.end());
}

template <class Number>
void IntervalTable<Number>::append(const Chunk& intervals) {
  const std::size_t all = intervals.firsts.size(), count = (all + kChunk - 1) / kChunk;
  for (std::size_t i = 0; i < count; ++i) {
    auto chunk = std::make_shared<Chunk>();
    for (std::size_t at = all * i / count; at < all * (i + 1) / count; ++at) chunk->push(intervals.firsts[at], intervals.list(at), intervals.changed[at]);
    chunk->sets.shrink_to_fit();
    firsts_.push_back(chunk->firsts[0]);
    chunks_.push_back(std::move(chunk));
  }
}

template <class Number>
std::optional<Number> IntervalTable<Number>::apply(const std::vector<Piece>& pieces, GenerationId generation, std::size_t sets_max) {
  if (pieces.empty()) return std::nullopt;
  IntervalTable next;
  if (chunks_.empty()) {
    Chunk all;
    all.push(Number{0}, {}, {});
    append(all);
  }
  const std::vector<Event> events = events_of(pieces);
  std::size_t event = 0;
  Deltas deltas;
  Chunk rewritten;
  std::vector<std::uint32_t> sets;
  std::optional<Number> excess;
  const auto take_events = [&](Number at) {
    for (; event < events.size() && events[event].at == at; ++event) {
      const std::pair delta{events[event].set, events[event].added};
      const auto place = std::lower_bound(deltas.begin(), deltas.end(), delta);
      if (events[event].begins)
        deltas.insert(place, delta);
      else
        deltas.erase(place);
    }
  };
  const auto emit = [&](Number first, List list, GenerationId since) {
    if (!deltas.empty()) {
      change(list, deltas, sets);
      list = sets;
      since = generation;
    }
    if (list.size() > sets_max && !excess) excess = first;
    if (!rewritten.firsts.empty()) {
      const List before = rewritten.list(rewritten.firsts.size() - 1);
      if (std::equal(before.begin(), before.end(), list.begin(), list.end())) {
        rewritten.changed.back() = std::max(rewritten.changed.back(), since);
        return;
      }
    }
    rewritten.push(first, list, since);
  };
  for (std::size_t i = 0; i < chunks_.size(); ++i) {
    const bool is_last = i + 1 == chunks_.size();
    const bool is_touched = !deltas.empty() || (event < events.size() && (is_last || events[event].at < firsts_[i + 1]));
    if (!is_touched) {
      next.append(rewritten);
      rewritten = {};
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
        emit(from, chunk.list(at), chunk.changed[at]);
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
  Chunk intervals;
  for (const auto& chunk : chunks_)
    for (std::size_t at = 0; at < chunk->firsts.size(); ++at) intervals.push(chunk->firsts[at], chunk->list(at), chunk->changed[at]);
  firsts_.clear();
  chunks_.clear();
  append(intervals);
}

}  // namespace vsw
