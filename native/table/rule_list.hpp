// RuleList: the rules that one direction of a port is judged by, in the order in which they decide.
// Home: control builds; shared: read-only after publish.
//
// Theory. Rules stand in slots, 64 slots a block, inside a block in order; which block comes first says BlockOrder. For every label that rules are found by (RuleLabels) there is
// a bitmap of their slots (SparseBits), and for every field one of the rules that do not care for it. A question has a
// bounded number of labels a field: the sets of an address, a prefix of each length of a value, the named services. Within
// a field bitmaps are united, across fields intersected, a block at a time from the lowest, and only where the summaries
// of all fields agree. The first bit in the order of blocks is the first rule that matches.
//
// Worst case. What is asked cannot worsen it. With N rules in B blocks, B <= N / 32 + 2, a query reads at most
//
//   labels   2 * 1,024 + 115, at most 16 cells each
//   parts    two for each label and each field, for each of at most B / 24 + 3 parts of 64 blocks
//   words    2 * (N + 8 * B) + 117 * B: a rule names one source and one destination, so all bitmaps of addresses together have
//            no more words than rules, and where they are at most 8 each is asked for every block; the other fields have at most
//            98 and 17 labels, and a bitmap each of the rules that do not care
//
// so less than 6.2 * N + 270 words. `decide` asks at most once a tier, from a later slot each time. Few labels are usual: a
// word costs about a nanosecond then, and a field in which no rule names anything costs nothing.
//
// A list that would be too large (rules, labels of all rules, labels of a rule) is refused with the reason.
//
// Change (rule_splice.cpp). Blocks are filled to three quarters where there are many rules, so that a rule finds a place beside its
// neighbours. Where a block is full, its rules and those of at most three neighbours are spread anew, over one block more if they
// must; when a list has become thin, four blocks become three. No change is put off: nothing is ever made anew as a whole because of
// what earlier changes left, so one rule that comes or goes gives at most kMovedMax others another slot, in whatever
// list. A list of at most 2,048 rules is made anew sooner. What a change does not touch is shared with the list before it.
#pragma once
#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <vector>
#include "base/result.hpp"
#include "table/block_order.hpp"
#include "table/label_table.hpp"
#include "table/question.hpp"
#include "table/rule_labels.hpp"

namespace vsw {

class RuleList {
 public:
  static constexpr std::uint8_t kTiers = 6;
  static constexpr std::uint32_t kRulesMax = 131'072;
  static constexpr std::uint32_t kRuleLabelsMax = 4'096;  // of one rule
  static constexpr std::uint32_t kLabelsMax = 2'097'152;   // of all rules together
  static constexpr std::uint32_t kMovedMax = 2'560;        // by one rule more or less

  // Tiers must not fall.
  static Result<std::shared_ptr<const RuleList>> make(std::vector<Rule> rules);
  // The list with rules [at, at + removed) replaced; it shares with this one what did not change.
  Result<std::shared_ptr<const RuleList>> splice(std::uint32_t at, std::uint32_t removed, std::vector<Rule> inserted) const;

  [[nodiscard]] std::uint32_t size() const noexcept { return size_; }
  [[nodiscard]] const Rule& rule(std::uint32_t index) const noexcept { return *at_place(place_of(index)); }
  // The first rule that matches, in a place not below `from` (0: of all).
  [[nodiscard]] const Rule* first_match(const Question& question, std::uint32_t from = 0) const noexcept;
  // Rules that passed a question on to a later tier, in their order.
  struct Passed {
    std::array<const Rule*, kTiers> rules;  // as many as `count`
    std::size_t count = 0;
  };
  // What the rules decide: the first rule that matches, after a pass the first of a later tier. Null: they decide nothing.
  [[nodiscard]] const Rule* decide(const Question& question) const noexcept {
    Passed passed;
    return decide(question, passed);
  }
  const Rule* decide(const Question& question, Passed& passed) const noexcept;

  // visit(rule, RuleMatch) for every rule in order; control only, as long as the list.
  template <class Visit>
  void for_each_rule(const Question& question, Visit&& visit) const {
    for (const std::uint16_t number : order_.numbers())
      for (const Rule& rule : blocks_[number]->rules) visit(rule, match(rule, question));
  }

  // What a question made it read.
  struct Work {
    std::uint64_t labels = 0, parts = 0, words = 0;
  };
  const Rule* first_match(const Question& question, Work& work) const noexcept;
  [[nodiscard]] Work worst_case() const noexcept;  // the published bound, for so many rules
  [[nodiscard]] std::size_t memory() const noexcept;
  // How many rules got another slot by the splice that this list is from; all, when it was made anew.
  [[nodiscard]] std::uint32_t moved() const noexcept { return moved_; }
  [[nodiscard]] const BlockOrder& order() const noexcept { return order_; }

 private:
  struct Block {
    std::vector<Rule> rules;  // those of its used slots, in order
  };
  class Splice;
  static constexpr std::uint32_t kDenseMax = 2'048;  // with so many rules a list is made anew, without gaps
  template <class Count>
  friend class RuleSearch;
  friend class RuleQuery;

  static std::shared_ptr<RuleList> build(std::vector<Rule> rules);
  static Outcome check(const std::vector<Rule>& rules, std::uint64_t& labels);
  static Error too_many_rules(std::uint64_t rules);
  static Error too_many_labels(std::uint64_t labels);
  // How many blocks so many rules may stand in.
  [[nodiscard]] static constexpr std::uint32_t blocks_allowed(std::uint32_t rules) noexcept { return std::min(rules / 32 + 2, rules / 42 + 4); }
  Result<std::shared_ptr<const RuleList>> made_anew(std::uint32_t at, std::uint32_t removed, std::vector<Rule> inserted) const;
  void note(const Rule& rule, const RuleLabels& labels, bool in);
  // visit(which, value, length) for each prefix among a rule's labels.
  template <class Visit>
  void for_each_prefix(const RuleLabels& labels, Visit&& visit) {
    for (const std::uint64_t label : labels.labels) {
      const Labels::Kind kind = Labels::kind_of(label);
      if (kind == Labels::Kind::kService)
        visit(services_[RuleLabels::class_of(Labels::protocol_of(label))], Labels::value_of(label), Labels::length_of(label));
      if (kind == Labels::Kind::kSourcePort) visit(source_ports_, Labels::value_of(label), Labels::length_of(label));
    }
  }
  void find_tiers();
  [[nodiscard]] bool cares(RuleField field) const noexcept { return caring_[static_cast<std::size_t>(field)] != 0; }
  [[nodiscard]] std::uint32_t place_of(std::uint32_t index) const noexcept;  // the end: one behind the last place
  [[nodiscard]] const Rule* at_place(std::uint32_t place) const noexcept {
    const std::uint32_t number = order_.number_at(place / 64);
    const std::uint64_t below = (std::uint64_t{1} << place % 64) - 1;
    return &blocks_[number]->rules[static_cast<std::size_t>(std::popcount(used_[number] & below))];
  }
  [[nodiscard]] std::uint32_t blocks_count() const noexcept { return static_cast<std::uint32_t>(used_.size()); }  // by number

  LabelTable labels_;
  std::array<SparseBits, kRuleFields> careless_;      // the rules that do not care for a field
  std::array<std::uint32_t, kRuleFields> caring_{};   // how many do
  std::array<PrefixesUsed, RuleLabels::kClasses> services_;  // by class of protocol
  PrefixesUsed source_ports_;
  std::uint32_t names_services_ = 0;                  // rules that do
  std::array<std::uint32_t, kTiers + 1> tier_place_{};  // where rules of this tier or a later one begin
  std::array<std::uint32_t, kTiers> tier_size_{};
  std::uint32_t size_ = 0;
  std::uint64_t labels_count_ = 0;                    // of all rules together
  std::uint32_t moved_ = 0;
  BlockOrder order_;
  std::vector<std::uint64_t> used_;                   // by number of the block
  std::vector<std::shared_ptr<const Block>> blocks_;  // null: nobody has the number
};

}  // namespace vsw
