// The asking side of RuleList: its theory says what a query costs.
//
// A field with few bitmaps in a part is united a word at a time, as far as needed; one with many is united for the whole
// part at once, so that no bitmap is asked for words that it lacks.
#include <algorithm>

#include "base/assert.hpp"
#include "table/rule_list.hpp"

namespace vsw {

namespace {

constexpr std::uint32_t kNone = ~std::uint32_t{0};
constexpr std::uint32_t kFew = 8;
constexpr std::size_t kServiceLabels = 2 * RuleLabels::kPrefixLengths + kNamedServicesMax;
constexpr std::size_t kLabels = 2 * kSetsMax + kServiceLabels + RuleLabels::kPrefixLengths;

// Bits are counted all the time, in one instruction where the processor has it and we may use it.
#if defined(__x86_64__) && !defined(__POPCNT__)
#define VSW_COUNTS_BITS __attribute__((target("popcnt")))
const bool counts_bits = __builtin_cpu_supports("popcnt") != 0;
#else
#define VSW_COUNTS_BITS
constexpr bool counts_bits = false;
#endif

struct Uncounted {
  void label() noexcept {}
  void part() noexcept {}
  void word() noexcept {}
};
struct Counted {
  RuleList::Work& work;
  void label() noexcept { ++work.labels; }
  void part() noexcept { ++work.parts; }
  void word() noexcept { ++work.words; }
};

}  // namespace

template <class Count>
class RuleSearch {
 public:
  RuleSearch(const RuleList& list, Count count) noexcept : list_(list), count_(count) {}

  // Finds the bitmaps of the question's labels. False: no rule matches.
  [[gnu::always_inline]] inline bool gather(const Question& question) noexcept {
    if (VSW_BUG(question.source.size() > kSetsMax || question.destination.size() > kSetsMax ||
                question.services.size() > kNamedServicesMax))
      return false;
    const Tuple& tuple = question.tuple;
    if (list_.cares(RuleField::kDestination)) {
      for (const Memberships::List& sets : question.destination.lists())
        for (const std::uint32_t set : sets) look_up(Labels::destination(set));
      close(RuleField::kDestination);
    }
    if (list_.cares(RuleField::kSource)) {
      for (const Memberships::List& sets : question.source.lists())
        for (const std::uint32_t set : sets) look_up(Labels::source(set));
      close(RuleField::kSource);
    }
    if (list_.cares(RuleField::kService)) {
      for (const std::uint16_t protocol : {tuple.protocol, kAnyProtocol})
        for (PrefixLengths left = list_.services_[RuleLabels::class_of(protocol)].of(tuple.destination_port); left != 0; left &= left - 1)
          look_up(Labels::service(protocol, tuple.destination_port, static_cast<std::uint32_t>(std::countr_zero(left))));
      if (list_.names_services_ != 0)
        for (const Memberships::List& services : question.services.lists())
          for (const std::uint32_t named : services) look_up(Labels::named(named));
      close(RuleField::kService);
    }
    if (list_.cares(RuleField::kSourcePort)) {
      for (PrefixLengths left = list_.source_ports_.of(tuple.source_port); left != 0; left &= left - 1)
        look_up(Labels::source_port(tuple.source_port, static_cast<std::uint32_t>(std::countr_zero(left))));
      close(RuleField::kSourcePort);
    }
    return find();
  }

  // The first place from this one on whose rule matches; kNone: there is none.
  [[gnu::always_inline]] inline std::uint32_t next(std::uint32_t from) noexcept {
    if (from >= list_.order_.end() * 64) return kNone;
    if (fields_ == 0) return next_used(from);
    if (list_.blocks_count() <= 64) return list_.order_.is_plain() ? next_in<true>(0, from) : next_in<false>(0, from);
    std::uint64_t top = ~std::uint64_t{0};
    for (std::uint32_t field = 0; field < fields_; ++field) {
      std::uint64_t any = 0;
      for (std::uint32_t i = begin_[field]; i < begin_[field + 1]; ++i) any |= bitmaps_[i]->top();
      top &= any;
    }
    for (top = list_.order_.ranked(top) & ~std::uint64_t{0} << from / 4096; top != 0; top &= top - 1) {
      const auto rank = static_cast<std::uint32_t>(std::countr_zero(top));
      const std::uint32_t in_part = std::max(from, rank * 4096) - rank * 4096;
      const std::uint32_t place = list_.order_.is_plain() ? next_in<true>(rank, in_part) : next_in<false>(rank, in_part);
      if (place != kNone) return rank * 4096 + place;
    }
    return kNone;
  }

 private:
  // All keys first, so that what is far away is fetched while others are made.
  [[gnu::always_inline]] inline void look_up(std::uint64_t label) noexcept {
    count_.label();
    const std::uint64_t key = LabelTable::spread(label);
    list_.labels_.prefetch(key);
    keys_[keys_count_++] = key;
  }
  [[gnu::always_inline]] inline void close(RuleField field) noexcept {
    careless_[fields_] = &list_.careless_[static_cast<std::size_t>(field)];
    keys_end_[fields_++] = keys_count_;
  }
  // False: in some field nothing was found, and no rule does without it.
  [[gnu::always_inline]] inline bool find() noexcept {
    std::uint32_t end = 0, key = 0;
    for (std::uint32_t field = 0; field < fields_; ++field) {
      for (; key < keys_end_[field]; ++key)
        if (const SparseBits* found = list_.labels_.find(keys_[key]); found != nullptr) {
          found->prefetch();
          bitmaps_[end++] = found;
        }
      if (!careless_[field]->empty()) bitmaps_[end++] = careless_[field];
      if (end == begin_[field]) return false;
      begin_[field + 1] = end;
    }
    return true;
  }

  // No field is asked about: every rule matches.
  [[nodiscard]] std::uint32_t next_used(std::uint32_t from) const noexcept {
    const BlockOrder& order = list_.order_;
    for (std::uint32_t index = 0; index < order.size(); ++index) {
      const std::uint32_t place = order.place(index);
      if (place < from / 64) continue;
      const std::uint64_t mask = place == from / 64 ? ~std::uint64_t{0} << from % 64 : ~std::uint64_t{0};
      if (const std::uint64_t word = list_.used_[order.numbers()[index]] & mask; word != 0)
        return place * 64 + static_cast<std::uint32_t>(std::countr_zero(word));
    }
    return kNone;
  }

  // Plain: numbers are the order.
  template <bool kIsPlain>
  [[gnu::always_inline]] inline std::uint32_t next_in(std::uint32_t rank, std::uint32_t from) noexcept {
    const BlockOrder& order = list_.order_;
    SparseBits::Part few[kRuleFields][kFew];
    std::uint32_t active[kRuleFields];
    const bool is_small = list_.blocks_count() <= 64;  // all bitmaps have this part and no other
    const std::uint32_t part = kIsPlain ? rank : order.part(rank);
    std::uint64_t blocks = kIsPlain ? ~std::uint64_t{0} << from / 64 : order.from(rank, from / 64);
    for (std::uint32_t field = 0; field < fields_; ++field) {
      std::uint64_t any = 0;
      std::uint32_t count = 0;
      for (std::uint32_t i = begin_[field]; i < begin_[field + 1]; ++i) {
        const SparseBits& bits = *bitmaps_[i];
        if (!is_small && (bits.top() >> part & 1) == 0) continue;
        count_.part();
        const SparseBits::Part at = bits.part(part);
        any |= at.summary;
        if (count < kFew) few[field][count] = at;
        ++count;
      }
      active[field] = count;
      blocks &= any;
      if (blocks == 0) return kNone;
    }
    std::uint64_t united[kRuleFields][64];
    for (std::uint32_t field = 0; field < fields_; ++field)
      if (active[field] > kFew) unite(field, part, blocks, united[field]);

    for (std::uint64_t left = kIsPlain ? blocks : order.positioned(rank, blocks); left != 0; left &= left - 1) {
      const auto position = static_cast<std::uint32_t>(std::countr_zero(left));
      const std::uint32_t block = kIsPlain ? position : order.block(rank, position);
      std::uint64_t rules = position == from / 64 ? ~std::uint64_t{0} << from % 64 : ~std::uint64_t{0};
      for (std::uint32_t field = 0; field < fields_ && rules != 0; ++field) {
        if (active[field] > kFew) {
          rules &= united[field][block];
          continue;
        }
        std::uint64_t any = 0;
        for (std::uint32_t i = 0; i < active[field]; ++i) {
          count_.word();
          any |= few[field][i].word(block);
        }
        rules &= any;
      }
      if (rules != 0) return position * 64 + static_cast<std::uint32_t>(std::countr_zero(rules));
    }
    return kNone;
  }

  [[gnu::always_inline]] inline void unite(std::uint32_t field, std::uint32_t part, std::uint64_t blocks, std::uint64_t* into) noexcept {
    std::fill_n(into, 64, std::uint64_t{0});
    for (std::uint32_t i = begin_[field]; i < begin_[field + 1]; ++i) {
      const SparseBits& bits = *bitmaps_[i];
      if ((bits.top() >> part & 1) == 0) continue;
      count_.part();
      const SparseBits::Part at = bits.part(part);
      for (std::uint64_t left = at.summary & blocks; left != 0; left &= left - 1) {
        count_.word();
        const auto block = static_cast<std::uint32_t>(std::countr_zero(left));
        into[block] |= at.word(block);
      }
    }
  }

  const RuleList& list_;
  [[no_unique_address]] Count count_;
  std::uint32_t fields_ = 0;                    // in which something is asked
  std::uint32_t keys_count_ = 0;
  std::uint32_t begin_[kRuleFields + 1] = {};   // of each field's bitmaps
  // Not initialised: what is beyond the counts is never read.
  std::uint32_t keys_end_[kRuleFields];         // of each field's keys
  const SparseBits* careless_[kRuleFields];
  std::uint64_t keys_[kLabels];
  const SparseBits* bitmaps_[kLabels + kRuleFields];
};

// What RuleList lets its queries see of it.
class RuleQuery {
 public:
  template <class Count>
  [[gnu::always_inline]] static inline const Rule* first(const RuleList& list, const Question& question, std::uint32_t from, Count count) noexcept {
    RuleSearch<Count> search(list, count);
    if (!search.gather(question)) return nullptr;
    const std::uint32_t place = search.next(from);
    return place == kNone ? nullptr : list.at_place(place);
  }
  [[gnu::always_inline]] static inline const Rule* decide(const RuleList& list, const Question& question,
                                                          RuleList::Passed& passed) noexcept {
    RuleSearch<Uncounted> search(list, {});
    if (!search.gather(question)) return nullptr;
    for (std::uint32_t from = 0;;) {
      const std::uint32_t place = search.next(from);
      if (place == kNone) return nullptr;
      const Rule* rule = list.at_place(place);
      if (rule->action != RuleAction::kPass) return rule;
      passed.rules[passed.count++] = rule;
      from = list.tier_place_[rule->tier + 1u];
    }
  }
  VSW_COUNTS_BITS static const Rule* fast_first(const RuleList& list, const Question& question, std::uint32_t from) noexcept {
    return first(list, question, from, Uncounted{});
  }
  VSW_COUNTS_BITS static const Rule* fast_decide(const RuleList& list, const Question& question, RuleList::Passed& passed) noexcept {
    return decide(list, question, passed);
  }
};

const Rule* RuleList::first_match(const Question& question, std::uint32_t from) const noexcept {
  return counts_bits ? RuleQuery::fast_first(*this, question, from) : RuleQuery::first(*this, question, from, Uncounted{});
}

const Rule* RuleList::first_match(const Question& question, Work& work) const noexcept {
  return RuleQuery::first(*this, question, 0, Counted{work});
}

const Rule* RuleList::decide(const Question& question, Passed& passed) const noexcept {
  return counts_bits ? RuleQuery::fast_decide(*this, question, passed) : RuleQuery::decide(*this, question, passed);
}

RuleList::Work RuleList::worst_case() const noexcept {
  const std::uint64_t blocks = size_ / 32 + 2, parts = std::min<std::uint64_t>(BlockOrder::kPartsMax, blocks / 24 + 3);
  return {kLabels, 2 * (kLabels + kRuleFields) * parts,
          2 * (std::uint64_t{size_} + kFew * blocks) + (kServiceLabels + 1 + RuleLabels::kPrefixLengths + 1) * blocks};
}

}  // namespace vsw
