// The changing side of RuleList: its theory says what a change costs.
//
// What comes goes into a gap between its neighbours, if there is one in one block. Otherwise the rules around are laid out anew in
// one block more at most. A block that is new needs a number of the part that it stands in, or of the next one where it stands at the
// end; where all are taken, blocks at the ends of parts change into the next part, one each, up to the nearest that has room,
// or into a part of their own. With half the numbers free there is always one near.
#include <algorithm>
#include <array>

#include "base/assert.hpp"
#include "table/rule_list.hpp"

namespace vsw {

namespace {

constexpr std::uint32_t kPart = BlockOrder::kPart;
constexpr std::uint32_t kFull = 60, kAfter = 56, kWanted = 48;  // rules of a block: too many to be spread, then, and when blocks get fewer
constexpr std::uint32_t kMoreMax = 3;    // blocks that are laid out beside those that must be
constexpr std::uint32_t kHopsMax = 3;    // a part farther away than that is not asked for room as long as there is a free one
constexpr std::uint32_t kThin = 4;       // so many blocks become one less

// By slot, each once: what is added where something else went stays.
std::vector<SparseBits::Change>& in_order(std::vector<SparseBits::Change>& changes) {
  std::sort(changes.begin(), changes.end(),
            [](const auto& a, const auto& b) { return a.slot != b.slot ? a.slot < b.slot : a.added < b.added; });
  std::size_t kept = 0;
  for (const SparseBits::Change& change : changes) {
    if (kept > 0 && changes[kept - 1].slot == change.slot) --kept;
    changes[kept++] = change;
  }
  changes.resize(kept);
  return changes;
}

}  // namespace

// What is done to a list that is a copy of another. Blocks are meant by their index in the order, unless a number is said.
class RuleList::Splice {
 public:
  Splice(RuleList& list, std::uint32_t at, std::uint32_t removed, const std::vector<Rule>& inserted)
      : list_(list), numbers_(list.order_.numbers()), at_(at), removed_(removed), inserted_(inserted) {
    for (const std::uint16_t number : numbers_) taken_[number / kPart] |= std::uint64_t{1} << number % kPart;
    list.moved_ = 0;
  }
  bool put_into_gap();
  void lay_out_around();
  void thin_out(std::uint32_t rules);
  void gather_parts(std::uint32_t moves);
  void finish() {
    list_.order_.assign(std::move(numbers_));
    list_.find_tiers();
  }
  [[nodiscard]] std::uint32_t blocks() const noexcept { return static_cast<std::uint32_t>(numbers_.size()); }

 private:
  struct Gap {
    std::uint32_t block = 0, offset = 0;  // of the first rule behind it
    std::uint32_t low = 0, high = 0;      // slots of the block
  };
  struct Item {
    const Rule* rule;
    std::uint32_t slot;  // where it was; kNew: nowhere
  };
  struct Run {  // the blocks of one part
    std::uint32_t part, first, last;
  };
  static constexpr std::uint32_t kNew = ~std::uint32_t{0};

  [[nodiscard]] std::uint32_t rules_in(std::uint32_t block) const noexcept {
    return static_cast<std::uint32_t>(std::popcount(list_.used_[numbers_[block]]));
  }
  [[nodiscard]] Gap gap(std::uint32_t block, std::uint32_t offset, std::uint32_t removed) const;
  void mark(std::uint32_t slot, bool added);
  void flush();
  void lay_out(std::uint32_t first, std::uint32_t last, std::uint32_t into, bool edits, std::uint32_t offset);
  [[nodiscard]] std::vector<Run> runs() const;
  [[nodiscard]] bool has_room(std::uint32_t part) const noexcept { return taken_[part] != ~std::uint64_t{0}; }
  [[nodiscard]] std::uint32_t free_number(std::uint32_t part, std::uint32_t above, std::uint32_t below) const;
  std::uint32_t room_behind(std::uint32_t block);
  void take(std::uint32_t number);
  void move(std::uint32_t block, std::uint32_t number);

  RuleList& list_;
  std::vector<std::uint16_t> numbers_;
  std::array<std::uint64_t, BlockOrder::kPartsMax> taken_{};  // numbers, by part
  const std::uint32_t at_, removed_;
  const std::vector<Rule>& inserted_;
  RuleLabels labels_;
  std::vector<LabelTable::Change> changes_;
  std::array<std::vector<SparseBits::Change>, kRuleFields> careless_;
};

void RuleList::Splice::mark(std::uint32_t slot, bool added) {
  for (const std::uint64_t label : labels_.labels) changes_.push_back({LabelTable::spread(label), slot, added});
  for (std::size_t field = 0; field < kRuleFields; ++field)
    if (!labels_.cares[field]) careless_[field].push_back({slot, added});
}

void RuleList::Splice::flush() {
  list_.labels_.apply(std::move(changes_));
  changes_.clear();
  for (std::size_t field = 0; field < kRuleFields; ++field) {
    if (!careless_[field].empty()) list_.careless_[field] = list_.careless_[field].with(in_order(careless_[field]));
    careless_[field].clear();
  }
}

RuleList::Splice::Gap RuleList::Splice::gap(std::uint32_t block, std::uint32_t offset, std::uint32_t removed) const {
  Gap gap{block, offset, 0, 64};
  std::uint32_t rank = 0;
  for (std::uint64_t left = list_.used_[numbers_[block]]; left != 0; left &= left - 1, ++rank) {
    const auto slot = static_cast<std::uint32_t>(std::countr_zero(left));
    if (rank < offset) gap.low = slot + 1;
    if (rank == offset + removed) gap.high = slot;
  }
  return gap;
}

// False: there is no room for it, or a block would be empty.
bool RuleList::Splice::put_into_gap() {
  std::uint32_t block = 0, offset = at_;
  while (block < blocks() && offset >= rules_in(block)) offset -= rules_in(block++);
  Gap best;
  if (block < blocks() && offset + removed_ <= rules_in(block)) {
    if (inserted_.empty() && removed_ == rules_in(block)) return false;
    best = gap(block, offset, removed_);
  }
  if (removed_ == 0 && offset == 0 && block > 0)
    if (const Gap other = gap(block - 1, rules_in(block - 1), 0); other.high - other.low > best.high - best.low) best = other;
  const auto count = static_cast<std::uint32_t>(inserted_.size()), room = best.high - best.low;
  if (room < count || room == 0) return false;

  const std::uint32_t number = numbers_[best.block];
  const std::vector<Rule>& before = list_.blocks_[number]->rules;
  const auto begin = before.begin() + best.offset, end = begin + removed_;
  std::uint64_t used = list_.used_[number];
  std::uint32_t rank = 0;
  for (std::uint64_t left = used; left != 0; left &= left - 1, ++rank) {
    if (rank < best.offset || rank >= best.offset + removed_) continue;
    const auto slot = static_cast<std::uint32_t>(std::countr_zero(left));
    labels_.assign(before[rank]);
    list_.note(before[rank], labels_, false);
    mark(number * 64 + slot, false);
    used &= ~(std::uint64_t{1} << slot);
  }
  const bool is_end = best.block + 1 == blocks() && best.high == 64;
  for (std::uint32_t i = 0; i < count; ++i) {
    // Beside their neighbours evenly; at the end of the list one after the other.
    const std::uint32_t slot = best.low + (is_end ? i : (i * room + room / 2) / count);
    labels_.assign(inserted_[i]);
    list_.note(inserted_[i], labels_, true);
    list_.for_each_prefix(labels_, [](PrefixesUsed& used_prefixes, std::uint16_t value, std::uint32_t length) { used_prefixes.add(value, length); });
    mark(number * 64 + slot, true);
    used |= std::uint64_t{1} << slot;
  }
  auto after = std::make_shared<Block>();
  after->rules.reserve(before.size() - removed_ + count);
  after->rules.insert(after->rules.end(), before.begin(), begin);
  after->rules.insert(after->rules.end(), inserted_.begin(), inserted_.end());
  after->rules.insert(after->rules.end(), end, before.end());
  list_.used_[number] = used;
  list_.blocks_[number] = std::move(after);
  flush();
  return true;
}

void RuleList::Splice::lay_out_around() {
  std::uint32_t first = 0, offset = at_;
  while (first + 1 < blocks() && offset >= rules_in(first)) offset -= rules_in(first++);
  std::uint32_t last = first + 1, rules = rules_in(first);
  while (rules < offset + removed_) rules += rules_in(last++);
  rules = rules - removed_ + static_cast<std::uint32_t>(inserted_.size());
  for (std::uint32_t more = 0; more < kMoreMax && rules > kFull * (last - first); ++more) {
    const std::uint32_t left = first > 0 ? rules_in(first - 1) : kNew, right = last < blocks() ? rules_in(last) : kNew;
    if (left == kNew && right == kNew) break;
    if (left < right) {
      --first;
      offset += left;
      rules += left;
    } else {
      ++last;
      rules += right;
    }
  }
  const std::uint32_t have = last - first;
  const std::uint32_t into = rules <= kFull * have ? std::min(have, (rules + kWanted - 1) / kWanted) : std::max(have + 1, (rules + kAfter - 1) / kAfter);
  lay_out(first, last, into, true, offset);
}

// The rules of blocks [first, last), with the edit at that offset among them or without it, stand in so many blocks.
void RuleList::Splice::lay_out(std::uint32_t first, std::uint32_t last, std::uint32_t into, bool edits, std::uint32_t offset) {
  for (; last - first < into; ++last) {
    const std::uint32_t number = room_behind(last - 1);
    take(number);
    numbers_.insert(numbers_.begin() + last, static_cast<std::uint16_t>(number));
  }
  flush();  // what room_behind moved: it may move again now
  std::vector<Item> items;
  std::vector<std::shared_ptr<const Block>> before;  // whose rules the items are
  std::uint32_t index = 0;
  const auto insert = [&] {
    for (const Rule& rule : inserted_) {
      labels_.assign(rule);
      list_.note(rule, labels_, true);
      list_.for_each_prefix(labels_, [](PrefixesUsed& used, std::uint16_t value, std::uint32_t length) { used.add(value, length); });
      items.push_back({&rule, kNew});
    }
  };
  for (std::uint32_t block = first; block < last; ++block) {
    const std::uint32_t number = numbers_[block];
    before.push_back(std::move(list_.blocks_[number]));
    std::size_t rank = 0;
    for (std::uint64_t left = list_.used_[number]; left != 0; left &= left - 1, ++rank, ++index) {
      const std::uint32_t slot = number * 64 + static_cast<std::uint32_t>(std::countr_zero(left));
      const Rule& rule = before.back()->rules[rank];
      if (edits && index == offset) insert();
      if (edits && index >= offset && index < offset + removed_) {
        labels_.assign(rule);
        list_.note(rule, labels_, false);
        mark(slot, false);
        continue;
      }
      items.push_back({&rule, slot});
    }
    list_.used_[number] = 0;
  }
  if (edits && index == offset) insert();

  const std::size_t count = items.size();
  for (std::uint32_t block = 0; block < into; ++block) {
    const std::size_t begin = count * block / into, end = count * (block + 1) / into;
    const std::uint32_t number = numbers_[first + block];
    auto made = std::make_shared<Block>();
    made->rules.reserve(end - begin);
    for (std::size_t i = begin; i < end; ++i) {
      const auto in_block = static_cast<std::uint32_t>((2 * (i - begin) + 1) * 32 / (end - begin));
      const std::uint32_t slot = number * 64 + in_block;
      if (items[i].slot != slot) {
        labels_.assign(*items[i].rule);
        if (items[i].slot != kNew) {
          mark(items[i].slot, false);
          ++list_.moved_;
        }
        mark(slot, true);
      }
      list_.used_[number] |= std::uint64_t{1} << in_block;
      made->rules.push_back(*items[i].rule);
    }
    list_.blocks_[number] = std::move(made);
  }
  for (std::uint32_t block = first + into; block < last; ++block) taken_[numbers_[block] / kPart] &= ~(std::uint64_t{1} << numbers_[block] % kPart);
  numbers_.erase(numbers_.begin() + std::min(first + into, last), numbers_.begin() + last);
  flush();
}

std::vector<RuleList::Splice::Run> RuleList::Splice::runs() const {
  std::vector<Run> runs;
  for (std::uint32_t block = 0; block < blocks(); ++block) {
    const std::uint32_t part = numbers_[block] / kPart;
    if (runs.empty() || runs.back().part != part) runs.push_back({part, block, block});
    ++runs.back().last;
  }
  return runs;
}

// A number of the part that nobody has: one between the other two, if there is one, so that numbers stay in order.
std::uint32_t RuleList::Splice::free_number(std::uint32_t part, std::uint32_t above, std::uint32_t below) const {
  std::uint32_t any = kNew;
  for (std::uint64_t left = ~taken_[part]; left != 0; left &= left - 1) {
    const std::uint32_t number = part * kPart + static_cast<std::uint32_t>(std::countr_zero(left));
    if ((above == kNew || number > above) && (below == kNew || number < below)) return number;
    any = number;
  }
  return any;
}

void RuleList::Splice::take(std::uint32_t number) {
  taken_[number / kPart] |= std::uint64_t{1} << number % kPart;
  if (list_.used_.size() <= number) {
    list_.used_.resize(number + 1);
    list_.blocks_.resize(number + 1);
  }
  list_.blocks_[number] = std::make_shared<Block>();
}

// The block has that number from now on, and its rules other slots.
void RuleList::Splice::move(std::uint32_t block, std::uint32_t number) {
  const std::uint32_t old = numbers_[block];
  take(number);
  std::size_t rank = 0;
  for (std::uint64_t left = list_.used_[old]; left != 0; left &= left - 1, ++rank) {
    const auto slot = static_cast<std::uint32_t>(std::countr_zero(left));
    labels_.assign(list_.blocks_[old]->rules[rank]);
    mark(old * 64 + slot, false);
    mark(number * 64 + slot, true);
    ++list_.moved_;
  }
  list_.used_[number] = std::exchange(list_.used_[old], 0);
  list_.blocks_[number] = std::exchange(list_.blocks_[old], nullptr);
  taken_[old / kPart] &= ~(std::uint64_t{1} << old % kPart);
  numbers_[block] = static_cast<std::uint16_t>(number);
}

// A number for a new block behind that one.
std::uint32_t RuleList::Splice::room_behind(std::uint32_t block) {
  const std::vector<Run> runs = this->runs();
  const auto count = static_cast<std::uint32_t>(runs.size());
  std::uint32_t own = 0;
  while (runs[own].last <= block) ++own;
  const bool is_end = block + 1 == runs[own].last, has_next = is_end && own + 1 < count;
  const auto room_of = [&](std::uint32_t run) {
    const bool is_own = run == own;
    return free_number(runs[run].part, is_own ? numbers_[block] : kNew, is_own && is_end ? kNew : numbers_[block + 1]);
  };
  if (has_room(runs[own].part)) return room_of(own);
  if (has_next && has_room(runs[own + 1].part)) return room_of(own + 1);

  // Each of the parts up to one with room gives a block to the next.
  const std::uint32_t giver = has_next ? own + 1 : own;
  std::uint32_t right = 1, left = 1;
  while (giver + right < count && !has_room(runs[giver + right].part)) ++right;
  while (left <= own && !has_room(runs[own - left].part)) ++left;
  if (giver + right >= count) right = kNew;
  if (left > own) left = kNew;
  if (std::min(left, right) > kHopsMax && count < BlockOrder::kPartsMax) {
    std::uint32_t part = 0;
    while (taken_[part] != 0) ++part;
    const std::uint32_t number = part * kPart + kPart / 2;
    if (is_end) return number;
    move(runs[own].last - 1, number);
    return room_of(own);
  }
  VSW_ASSERT(left != kNew || right != kNew);  // there are more numbers than blocks
  if (right <= left) {
    for (std::uint32_t hop = right; hop > 0; --hop) {
      const Run &from = runs[giver + hop - 1], &to = runs[giver + hop];
      move(from.last - 1, free_number(to.part, kNew, numbers_[to.first]));
    }
    return room_of(giver);
  }
  for (std::uint32_t hop = left; hop > 0; --hop) {
    const Run &from = runs[own - hop + 1], &to = runs[own - hop];
    move(from.first, free_number(to.part, numbers_[to.last - 1], kNew));
  }
  return room_of(own);
}

// As long as there are more blocks than so many rules may have, the emptiest neighbours become fewer.
void RuleList::Splice::thin_out(std::uint32_t rules) {
  while (blocks() > blocks_allowed(rules)) {
    const std::uint32_t width = std::min(kThin, blocks());
    std::uint32_t sum = 0, least = kNew, first = 0;
    for (std::uint32_t block = 0; block < blocks(); ++block) {
      sum += rules_in(block);
      if (block >= width) sum -= rules_in(block - width);
      if (block + 1 >= width && sum < least) {
        least = sum;
        first = block + 1 - width;
      }
    }
    lay_out(first, first + width, width - 1, false, 0);
  }
}

// As long as parts have few blocks each, the emptiest neighbours become one, a block at a time.
void RuleList::Splice::gather_parts(std::uint32_t moves) {
  for (; moves > 0; --moves) {
    const std::vector<Run> runs = this->runs();
    if (runs.size() <= blocks() / 32 + 2) return;
    std::uint32_t least = kPart + 1, best = 0;
    for (std::uint32_t run = 0; run + 1 < runs.size(); ++run)
      if (const std::uint32_t both = runs[run + 1].last - runs[run].first; both < least) {
        least = both;
        best = run;
      }
    if (least > kPart) return;
    const Run &one = runs[best], &other = runs[best + 1];
    if (one.last - one.first >= other.last - other.first)
      move(other.first, free_number(one.part, numbers_[one.last - 1], kNew));
    else
      move(one.last - 1, free_number(other.part, kNew, numbers_[other.first]));
    flush();
  }
}

Result<std::shared_ptr<const RuleList>> RuleList::made_anew(std::uint32_t at, std::uint32_t removed, std::vector<Rule> inserted) const {
  std::vector<Rule> rules;
  rules.reserve(size_ - removed + inserted.size());
  std::uint32_t index = 0;
  for (const std::uint16_t number : order_.numbers())
    for (const Rule& each : blocks_[number]->rules) {
      if (index == at) std::move(inserted.begin(), inserted.end(), std::back_inserter(rules));
      if (index < at || index >= at + removed) rules.push_back(each);
      ++index;
    }
  if (at == size_) std::move(inserted.begin(), inserted.end(), std::back_inserter(rules));
  return make(std::move(rules));
}

Result<std::shared_ptr<const RuleList>> RuleList::splice(std::uint32_t at, std::uint32_t removed, std::vector<Rule> inserted) const {
  if (at > size_ || removed > size_ - at)
    return Error{ErrorCode::kInvalid, "rules " + std::to_string(at) + " to " + std::to_string(at + std::uint64_t{removed}) + " of a list of " + std::to_string(size_)};
  const std::uint64_t size = size_ - removed + inserted.size();
  if (size > kRulesMax) return too_many_rules(size);
  std::uint64_t labels = 0;
  if (Outcome outcome = check(inserted, labels); !outcome) return outcome.error();
  if (!inserted.empty() && ((at > 0 && rule(at - 1).tier > inserted.front().tier) ||
                            (at + removed < size_ && rule(at + removed).tier < inserted.back().tier)))
    return Error{ErrorCode::kInvalid, "rule " + std::to_string(inserted.front().id.value) + " does not stand among the rules of its tier"};

  const auto rules = static_cast<std::uint32_t>(size);
  const bool is_small = std::min(rules, size_) <= kDenseMax;
  auto next = std::make_shared<RuleList>(*this);
  Splice splice(*next, at, removed, inserted);
  const bool is_in = size_ > 0 && splice.put_into_gap();
  if ((!is_in && (is_small || removed + inserted.size() > size / 4)) || (is_small && splice.blocks() > blocks_allowed(rules)))
    return made_anew(at, removed, std::move(inserted));
  if (!is_in) splice.lay_out_around();
  if (!is_small) {
    splice.thin_out(rules);
    splice.gather_parts(1 + removed / 16);
  }
  splice.finish();
  next->size_ = rules;
  if (next->labels_count_ > kLabelsMax) return too_many_labels(next->labels_count_);
  return std::shared_ptr<const RuleList>(std::move(next));
}

}  // namespace vsw
