// IntervalTable: which sets a number is in, when sets are given by ranges.
// Home: control builds; shared: read-only after publish.
//
// The numbers are cut where any range begins or ends. Intervals stand in chunks, sorted: a search is two binary ones, whatever
// the ranges look like. A set that covers all of a chunk is in the chunk's list of wide sets and in no interval's; each interval
// has the list of the others that cover it, and says in which generation what it is in last changed. So a range, however wide,
// is written at its two ends and once for each chunk between them, and those share the list where they had the same.
//
// A change writes those chunks anew in which its ranges begin or end, in one sweep, and shares the others. With I intervals there
// are at most I / 64 + 2 chunks: what is written anew and is small takes its neighbour in. As long as chunks are few there are no wide
// sets; a chunk from that time is written anew when one of its sets goes that covers it.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
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
    List wide, list;  // a set is in one of them
    GenerationId changed;
  };
  struct Piece {  // of the numbers that a set gains or loses; pieces of one set do not overlap
    Number first, last;
    std::uint32_t set;
    bool added;
  };

  [[nodiscard]] Found find(Number number) const noexcept {
    if (chunks_.empty()) return {};
    const Held& held = chunks_[last_not_above(firsts_, number)];
    const Chunk& in = *held.chunk;
    const std::size_t at = last_not_above(in.firsts, number);
    if (held.wide == nullptr) return {{}, in.list(at), in.changed[at]};
    return {held.wide->sets, in.list(at), std::max(in.changed[at], held.wide->changed)};
  }

  // Makes the changes, in this generation; answers a number that would be in more than `sets_max` sets, if there is one.
  [[nodiscard]] std::optional<Number> apply(const std::vector<Piece>& pieces, GenerationId generation, std::size_t sets_max);

  // How much the last change wrote: intervals, and lists of wide sets.
  [[nodiscard]] std::size_t written() const noexcept { return written_; }
  [[nodiscard]] bool is_empty() const noexcept { return chunks_.empty(); }
  [[nodiscard]] std::size_t chunks() const noexcept { return chunks_.size(); }
  [[nodiscard]] std::size_t memory() const noexcept {
    std::size_t bytes = 0;
    const Wide* before = nullptr;
    for (const auto& [chunk, wide] : chunks_) {
      bytes += sizeof(Number) + sizeof(Held) + sizeof(Chunk) + 16 + chunk->firsts.size() * (sizeof(Number) + 4 + sizeof(GenerationId)) +
               chunk->sets.size() * 4;
      if (wide != nullptr && wide.get() != before) bytes += sizeof(Wide) + 16 + wide->sets.size() * 4;
      before = wide.get();
    }
    return bytes;
  }

 private:
  // Intervals side by side; the list of one ends where that of the next begins.
  struct Chunk {
    std::vector<Number> firsts;
    std::vector<std::uint32_t> ends;
    std::vector<GenerationId> changed;
    std::vector<std::uint32_t> sets;
    std::uint32_t longest = 0;  // of the lists

    [[nodiscard]] List list(std::size_t at) const noexcept {
      const std::uint32_t begin = at == 0 ? 0 : ends[at - 1];
      return {sets.data() + begin, ends[at] - begin};
    }
    void push(Number first, List list, GenerationId since) {
      firsts.push_back(first);
      sets.insert(sets.end(), list.begin(), list.end());
      ends.push_back(static_cast<std::uint32_t>(sets.size()));
      changed.push_back(since);
      longest = std::max(longest, static_cast<std::uint32_t>(list.size()));
    }
  };
  struct Wide {  // of a chunk, or of several in a row
    std::vector<std::uint32_t> sets;
    GenerationId changed;
  };
  struct Held {
    std::shared_ptr<const Chunk> chunk;
    std::shared_ptr<const Wide> wide;  // null: there are none
  };
  struct Event {
    Number at;
    std::uint32_t set;
    bool added, begins;
  };
  using Deltas = std::vector<std::pair<std::uint32_t, bool>>;  // sets, ascending, and whether each is added
  static constexpr std::size_t kChunk = 128;
  static constexpr std::size_t kFewChunks = 64;  // all of them are written anew soon enough, and a list less is sooner read
  class Sweep;

  static std::vector<Event> events_of(const std::vector<Piece>& pieces);
  static void change(List list, const Deltas& deltas, std::vector<std::uint32_t>& result);

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

  std::vector<Number> firsts_;  // of the chunks
  std::vector<Held> chunks_;
  std::size_t written_ = 0;
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

// What a change makes of a table, from the first chunk to the last.
template <class Number>
class IntervalTable<Number>::Sweep {
 public:
  Sweep(const std::vector<Event>& events, GenerationId generation, std::size_t sets_max, bool is_small)
      : events_(events), generation_(generation), sets_max_(sets_max), is_small_(is_small) {}

  // `end`: the first number behind the chunk; not there: it is the last one.
  void take(const Held& held, Number first, std::optional<Number> end) {
    const bool is_cut = event_ < events_.size() && (!end || events_[event_].at < *end);
    if (is_cut || (!run_.firsts.empty() && run_.firsts.size() < kChunk / 2) || !is_wide(held)) {
      cut(held, end);
      return;
    }
    finish_run();
    next_.firsts_.push_back(first);
    next_.chunks_.push_back(deltas_.empty() ? held : with_deltas(held));
  }
  IntervalTable finish() {
    finish_run();
    return std::move(next_);
  }
  [[nodiscard]] std::optional<Number> excess() const noexcept { return excess_; }

 private:
  // Whether all that changes can be said of the chunk as a whole.
  [[nodiscard]] bool is_wide(const Held& held) const {
    if (deltas_.empty()) return true;
    return !is_small_ && std::all_of(deltas_.begin(), deltas_.end(), [&](const auto& delta) {
      return delta.second || (held.wide != nullptr && std::binary_search(held.wide->sets.begin(), held.wide->sets.end(), delta.first));
    });
  }
  // A chunk that is written anew, interval by interval, with all that each is in.
  void cut(const Held& held, std::optional<Number> end) {
    const Chunk& chunk = *held.chunk;
    for (std::size_t at = 0; at < chunk.firsts.size(); ++at) {
      const bool is_last = at + 1 == chunk.firsts.size();
      const auto is_inside = [&](Number number) { return is_last ? !end || number < *end : number < chunk.firsts[at + 1]; };
      List list = chunk.list(at);
      GenerationId since = chunk.changed[at];
      if (held.wide != nullptr) {
        all_.clear();
        std::merge(list.begin(), list.end(), held.wide->sets.begin(), held.wide->sets.end(), std::back_inserter(all_));
        list = all_;
        since = std::max(since, held.wide->changed);
      }
      Number from = chunk.firsts[at];
      for (;;) {
        take_events(from);
        emit(from, list, since);
        if (event_ == events_.size() || !is_inside(events_[event_].at)) break;
        from = events_[event_].at;
      }
    }
  }
  void take_events(Number at) {
    for (; event_ < events_.size() && events_[event_].at == at; ++event_) {
      const std::pair delta{events_[event_].set, events_[event_].added};
      const auto place = std::lower_bound(deltas_.begin(), deltas_.end(), delta);
      if (events_[event_].begins)
        deltas_.insert(place, delta);
      else
        deltas_.erase(place);
    }
  }
  void emit(Number first, List list, GenerationId since) {
    ++next_.written_;
    if (!deltas_.empty()) {
      change(list, deltas_, changed_);
      list = changed_;
      since = generation_;
    }
    if (list.size() > sets_max_ && !excess_) excess_ = first;
    if (!run_.firsts.empty()) {
      const List before = run_.list(run_.firsts.size() - 1);
      if (std::equal(before.begin(), before.end(), list.begin(), list.end())) {
        run_.changed.back() = std::max(run_.changed.back(), since);
        return;
      }
    }
    run_.push(first, list, since);
  }
  // A chunk that what changes covers as a whole, or leaves alone.
  Held with_deltas(const Held& held) {
    if (held.wide != before_ || after_ == nullptr || deltas_ != deltas_then_) {
      ++next_.written_;
      auto wide = std::make_shared<Wide>();
      change(held.wide == nullptr ? List{} : List{held.wide->sets}, deltas_, wide->sets);
      wide->changed = generation_;
      before_ = held.wide;
      after_ = std::move(wide);
      deltas_then_ = deltas_;
    }
    const Chunk& chunk = *held.chunk;
    if (after_->sets.size() + chunk.longest > sets_max_ && !excess_)
      for (std::size_t at = 0; at < chunk.firsts.size() && !excess_; ++at)
        if (chunk.list(at).size() == chunk.longest) excess_ = chunk.firsts[at];
    return {held.chunk, after_};
  }
  // What was written anew becomes chunks; what all intervals of one are in is its list of wide sets.
  void finish_run() {
    const std::size_t all = run_.firsts.size(), count = (all + kChunk - 1) / kChunk;
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t begin = all * i / count, end = all * (i + 1) / count;
      std::vector<std::uint32_t> common, left;
      if (!is_small_) common.assign(run_.list(begin).begin(), run_.list(begin).end());
      for (std::size_t at = begin + 1; at < end && !common.empty(); ++at) {
        left.clear();
        std::set_intersection(common.begin(), common.end(), run_.list(at).begin(), run_.list(at).end(), std::back_inserter(left));
        common.swap(left);
      }
      auto chunk = std::make_shared<Chunk>();
      for (std::size_t at = begin; at < end; ++at) {
        left.clear();
        std::set_difference(run_.list(at).begin(), run_.list(at).end(), common.begin(), common.end(), std::back_inserter(left));
        chunk->push(run_.firsts[at], left, run_.changed[at]);
      }
      chunk->sets.shrink_to_fit();
      std::shared_ptr<const Wide> wide;
      if (!next_.chunks_.empty() && next_.chunks_.back().wide != nullptr && next_.chunks_.back().wide->sets == common &&
          next_.chunks_.back().wide->changed == GenerationId{})
        wide = next_.chunks_.back().wide;
      else if (!common.empty())
        wide = std::make_shared<Wide>(Wide{std::move(common), {}});
      next_.firsts_.push_back(chunk->firsts[0]);
      next_.chunks_.push_back({std::move(chunk), std::move(wide)});
    }
    run_ = {};
  }

  const std::vector<Event>& events_;
  const GenerationId generation_;
  const std::size_t sets_max_;
  const bool is_small_;
  std::size_t event_ = 0;
  Deltas deltas_, deltas_then_;             // that hold here; that made `after_` of `before_`
  std::shared_ptr<const Wide> before_, after_;
  Chunk run_;                               // intervals written anew that are no chunk yet, with all that they are in
  std::vector<std::uint32_t> all_, changed_;
  std::optional<Number> excess_;
  IntervalTable next_;
};

template <class Number>
std::optional<Number> IntervalTable<Number>::apply(const std::vector<Piece>& pieces, GenerationId generation, std::size_t sets_max) {
  if (pieces.empty()) return std::nullopt;
  if (chunks_.empty()) {
    auto all = std::make_shared<Chunk>();
    all->push(Number{0}, {}, {});
    firsts_.push_back(Number{0});
    chunks_.push_back({std::move(all), nullptr});
  }
  const std::vector<Event> events = events_of(pieces);
  Sweep sweep(events, generation, sets_max, chunks_.size() + events.size() / kChunk <= kFewChunks);
  for (std::size_t i = 0; i < chunks_.size(); ++i)
    sweep.take(chunks_[i], firsts_[i], i + 1 < chunks_.size() ? std::optional(firsts_[i + 1]) : std::nullopt);
  *this = sweep.finish();
  return sweep.excess();
}

}  // namespace vsw
