#include "table/rule_list.hpp"

#include <algorithm>

namespace vsw {

namespace {

constexpr std::uint32_t kABlock = 48, kInUse = 15, kOf = 16;  // at first, where there are many: rules of a block, numbers of blocks in use

Error too_many(const std::string& what, std::uint64_t have, std::uint64_t limit, const std::string& remedy) {
  return {ErrorCode::kLimit, what + ": " + std::to_string(have) + ", at most " + std::to_string(limit) + "; " + remedy};
}

}  // namespace

Error RuleList::too_many_rules(std::uint64_t rules) {
  return too_many("too many rules for one direction of a port", rules, kRulesMax, "let rules name larger groups, or let fewer policies select the port");
}

Error RuleList::too_many_labels(std::uint64_t labels) {
  return too_many("the rules for one direction of a port name too much", labels, kLabelsMax, "give rules fewer ranges of ports, or larger groups");
}

// What is wrong with rules by themselves; adds up their labels.
Outcome RuleList::check(const std::vector<Rule>& rules, std::uint64_t& labels) {
  RuleLabels of_rule;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const Rule& rule = rules[i];
    const std::string which = "rule " + std::to_string(rule.id.value);
    if (rule.tier >= RuleList::kTiers) return Error{ErrorCode::kInvalid, which + ": there is no tier " + std::to_string(rule.tier)};
    if (i > 0 && rule.tier < rules[i - 1].tier) return Error{ErrorCode::kInvalid, which + " is of an earlier tier than the rule before it"};
    for (const Service& service : rule.services) {
      if (service.protocol > kAnyProtocol) return Error{ErrorCode::kInvalid, which + ": there is no protocol " + std::to_string(service.protocol)};
      if (service.first > service.last) return Error{ErrorCode::kInvalid, which + ": a range of ports ends before it begins"};
    }
    for (const PortRange& range : rule.source_ports)
      if (range.first > range.last) return Error{ErrorCode::kInvalid, which + ": a range of source ports ends before it begins"};
    of_rule.assign(rule);
    if (of_rule.labels.size() > kRuleLabelsMax)
      return too_many(which + " has too many ranges of ports", of_rule.labels.size(), kRuleLabelsMax, "make it several rules, or its ranges fewer");
    labels += of_rule.labels.size();
  }
  return Done{};
}

Result<std::shared_ptr<const RuleList>> RuleList::make(std::vector<Rule> rules) {
  if (rules.size() > kRulesMax) return too_many_rules(rules.size());
  std::uint64_t labels = 0;
  if (Outcome outcome = check(rules, labels); !outcome) return outcome.error();
  if (labels > kLabelsMax) return too_many_labels(labels);
  return std::shared_ptr<const RuleList>(build(std::move(rules)));
}

std::shared_ptr<RuleList> RuleList::build(std::vector<Rule> rules) {
  auto list = std::make_shared<RuleList>();
  const auto count = static_cast<std::uint32_t>(rules.size());
  const auto slot_for = [&](std::uint32_t i) {
    if (count <= kDenseMax) return i;
    const std::uint32_t block = i / kABlock, in_block = i % kABlock;
    return (block / kInUse * kOf + block % kInUse) * 64 + in_block + in_block / 3;
  };
  list->size_ = count;
  list->moved_ = count;
  if (count > 0) list->used_.resize(slot_for(count - 1) / 64 + 1);
  std::vector<LabelTable::Change> changes;
  std::array<std::vector<SparseBits::Change>, kRuleFields> careless;
  std::vector<std::shared_ptr<Block>> blocks(list->used_.size());
  std::vector<std::uint16_t> numbers;
  RuleLabels labels;
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t slot = slot_for(i);
    if (blocks[slot / 64] == nullptr) {
      blocks[slot / 64] = std::make_shared<Block>();
      numbers.push_back(static_cast<std::uint16_t>(slot / 64));
    }
    labels.assign(rules[i]);
    list->note(rules[i], labels, true);
    for (const std::uint64_t label : labels.labels) changes.push_back({LabelTable::spread(label), slot, true});
    list->for_each_prefix(labels, [](PrefixesUsed& used, std::uint16_t, std::uint32_t length) { used.add_length(length); });
    for (std::size_t field = 0; field < kRuleFields; ++field)
      if (!labels.cares[field]) careless[field].push_back({slot, true});
    list->used_[slot / 64] |= std::uint64_t{1} << slot % 64;
    blocks[slot / 64]->rules.push_back(std::move(rules[i]));
  }
  list->labels_.apply(std::move(changes));
  for (PrefixesUsed& used : list->services_) used.prepare();
  list->source_ports_.prepare();
  for (const std::uint16_t number : numbers)
    for (const Rule& rule : blocks[number]->rules) {
      labels.assign(rule);
      list->for_each_prefix(labels, [](PrefixesUsed& used, std::uint16_t value, std::uint32_t length) { used.add(value, length); });
    }
  for (std::size_t field = 0; field < kRuleFields; ++field) list->careless_[field] = SparseBits{}.with(careless[field]);
  for (auto& block : blocks) {
    if (block != nullptr) block->rules.shrink_to_fit();
    list->blocks_.push_back(std::move(block));
  }
  list->order_.assign(std::move(numbers));
  list->find_tiers();
  return list;
}

// Counts a rule in, or out again.
void RuleList::note(const Rule& rule, const RuleLabels& labels, bool in) {
  const auto count = [&](auto& number, std::uint32_t by) { number = in ? number + by : number - by; };
  for (std::size_t field = 0; field < kRuleFields; ++field) count(caring_[field], labels.cares[field] ? 1 : 0);
  count(tier_size_[rule.tier], 1);
  count(labels_count_, static_cast<std::uint32_t>(labels.labels.size()));
  count(names_services_, labels.names_services ? 1 : 0);
  for_each_prefix(labels, [in](PrefixesUsed& used, std::uint16_t, std::uint32_t length) { used.count(length, in); });
}

void RuleList::find_tiers() {
  std::uint32_t index = 0;
  for (std::size_t tier = 0; tier < RuleList::kTiers; ++tier) {
    tier_place_[tier] = place_of(index);
    index += tier_size_[tier];
  }
  tier_place_[RuleList::kTiers] = order_.end() * 64;
}

std::uint32_t RuleList::place_of(std::uint32_t index) const noexcept {
  for (std::uint32_t block = 0; block < order_.size(); ++block) {
    std::uint64_t left = used_[order_.numbers()[block]];
    const auto here = static_cast<std::uint32_t>(std::popcount(left));
    if (index >= here) {
      index -= here;
      continue;
    }
    for (; index > 0; --index) left &= left - 1;
    return order_.place(block) * 64 + static_cast<std::uint32_t>(std::countr_zero(left));
  }
  return order_.end() * 64;
}

std::size_t RuleList::memory() const noexcept {
  std::size_t bytes = sizeof *this + labels_.memory() + used_.size() * (sizeof(std::uint64_t) + sizeof(blocks_[0]) + sizeof(Block) + 16);
  for (const SparseBits& bits : careless_) bytes += bits.memory();
  for (const PrefixesUsed& used : services_) bytes += used.memory();
  bytes += source_ports_.memory() + order_.memory();
  for (const std::uint16_t number : order_.numbers())
    for (const Rule& rule : blocks_[number]->rules)
      bytes += sizeof rule + rule.services.size() * sizeof(Service) + rule.source_ports.size() * sizeof(PortRange);
  return bytes;
}

}  // namespace vsw
