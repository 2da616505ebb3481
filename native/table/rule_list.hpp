// RuleList: the rules that one direction of a port is judged by, in the order in which they decide.
// Home: control builds; shared: read-only after publish.
//
// Theory. Rules stand in slots, in order, 64 slots a block. For every label that rules are found by (RuleLabels) there is
// a bitmap of their slots (SparseBits), and for every field one of the rules that do not care for it. A question has a
// bounded number of labels a field: the sets of an address, a prefix of each length of a value, the named services. Within
// a field bitmaps are united, across fields intersected, a block at a time from the lowest, and only where the summaries
// of all fields agree. The lowest bit is the first rule that matches.
//
// Worst case. What is asked cannot worsen it. With N rules in B blocks, B <= N / 32 + 2, a query reads at most
//
//   labels   2 * 1,024 + 115, at most 16 cells each
//   parts    two for each label and each field, for each 64 blocks
//   words    2 * (N + 8 * B) + 117 * B: a rule names one source and one destination, so all bitmaps of addresses together have
//            no more words than rules, and where they are at most 8 each is asked for every block; the other fields have at most
//            98 and 17 labels, and a bitmap each of the rules that do not care
//
// so less than 6.2 * N + 270 words. `decide` asks at most once a tier, from a later slot each time. Few labels are usual: a
// word costs about a nanosecond then, and a field in which no rule names anything costs nothing.
//
// A list that would be too large (rules, labels of all rules, labels of a rule) is refused with the reason.
//
// Change. Blocks are filled to three quarters where there are many rules, so that a rule finds a place beside its neighbours;
// where a block is full, the rules of the smallest aligned run of blocks that has room are spread anew, and only when there is
// none, all of them. What a change does not touch is shared with the list before it.
#pragma once
#include <array>
#include <memory>
#include <string>
#include <vector>
#include "base/result.hpp"
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

  // Tiers must not fall.
  static Result<std::shared_ptr<const RuleList>> make(std::vector<Rule> rules);
  // The list with rules [at, at + removed) replaced; it shares with this one what did not change.
  Result<std::shared_ptr<const RuleList>> splice(std::uint32_t at, std::uint32_t removed, std::vector<Rule> inserted) const;

  [[nodiscard]] std::uint32_t size() const noexcept { return size_; }
  [[nodiscard]] const Rule& rule(std::uint32_t index) const noexcept { return *at_slot(slot_of(index)); }
  // The first rule that matches, in a slot not below `from` (0: of all).
  [[nodiscard]] const Rule* first_match(const Question& question, std::uint32_t from = 0) const noexcept;
  // Rules that passed a question on to a later tier, in their order.
  struct Passed {
    std::array<const Rule*, kTiers> rules{};
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
    for (const auto& block : blocks_)
      for (const Rule& rule : block->rules) visit(rule, match(rule, question));
  }

  // What a question made it read.
  struct Work {
    std::uint64_t labels = 0, parts = 0, words = 0;
  };
  const Rule* first_match(const Question& question, Work& work) const noexcept;
  [[nodiscard]] Work worst_case() const noexcept;  // the published bound, for so many rules
  [[nodiscard]] std::size_t memory() const noexcept;

 private:
  struct Block {
    std::vector<Rule> rules;  // those of its used slots, in order
  };
  struct Plan;
  template <class Count>
  friend class RuleSearch;
  friend class RuleQuery;

  static std::shared_ptr<RuleList> build(std::vector<Rule> rules);
  static Outcome check(const std::vector<Rule>& rules, std::uint64_t& labels);
  bool find_room(std::uint32_t at, std::uint32_t removed, const std::vector<Rule>& inserted, Plan& plan) const;
  void carry_out(const Plan& plan);
  void note(const Rule& rule, const RuleLabels& labels, bool in);
  template <class Visit>
  void for_each_prefix(const RuleLabels& labels, Visit&& visit);
  void find_tiers();
  [[nodiscard]] std::uint32_t rules_between(std::uint32_t first, std::uint32_t last) const noexcept;  // slots
  [[nodiscard]] bool cares(RuleField field) const noexcept { return caring_[static_cast<std::size_t>(field)] != 0; }
  [[nodiscard]] std::uint32_t slot_of(std::uint32_t index) const noexcept;  // the end: one behind the last slot
  [[nodiscard]] const Rule* at_slot(std::uint32_t slot) const noexcept {
    const std::uint64_t below = (std::uint64_t{1} << slot % 64) - 1;
    return &blocks_[slot / 64]->rules[static_cast<std::size_t>(std::popcount(used_[slot / 64] & below))];
  }
  [[nodiscard]] std::uint32_t blocks_count() const noexcept { return static_cast<std::uint32_t>(used_.size()); }

  LabelTable labels_;
  std::array<SparseBits, kRuleFields> careless_;      // the rules that do not care for a field
  std::array<std::uint32_t, kRuleFields> caring_{};   // how many do
  std::array<PrefixesUsed, RuleLabels::kClasses> services_;  // by class of protocol
  PrefixesUsed source_ports_;
  bool names_services_ = false;
  std::array<std::uint32_t, kTiers + 1> tier_slot_{};  // where rules of this tier or a later one begin
  std::array<std::uint32_t, kTiers> tier_size_{};
  std::uint32_t size_ = 0;
  std::uint64_t labels_count_ = 0;                    // of all rules together
  std::vector<std::uint64_t> used_;                   // by block
  std::vector<std::shared_ptr<const Block>> blocks_;
};

}  // namespace vsw
