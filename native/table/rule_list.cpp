#include "table/rule_list.hpp"

#include <algorithm>

namespace vsw {

namespace {

constexpr std::uint32_t kDenseMax = 2'048;  // with so many rules a list is made anew sooner than spread
constexpr std::uint32_t kBlocksMax = SparseBits::kSlotsMax / 64;

Error too_many(const std::string& what, std::uint64_t have, std::uint64_t limit, const std::string& remedy) {
  return {ErrorCode::kLimit, what + ": " + std::to_string(have) + ", at most " + std::to_string(limit) + "; " + remedy};
}

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
  if (rules.size() > kRulesMax)
    return too_many("too many rules for one direction of a port", rules.size(), kRulesMax, "let rules name larger groups, or let fewer policies select the port");
  std::uint64_t labels = 0;
  if (Outcome outcome = check(rules, labels); !outcome) return outcome.error();
  if (labels > kLabelsMax)
    return too_many("the rules for one direction of a port name too much", labels, kLabelsMax, "give rules fewer ranges of ports, or larger groups");
  return std::shared_ptr<const RuleList>(build(std::move(rules)));
}

std::shared_ptr<RuleList> RuleList::build(std::vector<Rule> rules) {
  auto list = std::make_shared<RuleList>();
  const auto count = static_cast<std::uint32_t>(rules.size());
  const auto slot_for = [&](std::uint32_t i) { return count <= kDenseMax ? i : i + i / 3; };
  list->size_ = count;
  if (count > 0) list->used_.resize(slot_for(count - 1) / 64 + 1);
  std::vector<LabelTable::Change> changes;
  std::array<std::vector<SparseBits::Change>, kRuleFields> careless;
  std::vector<std::shared_ptr<Block>> blocks(list->used_.size());
  for (auto& block : blocks) block = std::make_shared<Block>();
  RuleLabels labels;
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t slot = slot_for(i);
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
  for (const auto& block : blocks)
    for (const Rule& rule : block->rules) {
      labels.assign(rule);
      list->for_each_prefix(labels, [](PrefixesUsed& used, std::uint16_t value, std::uint32_t length) { used.add(value, length); });
    }
  for (std::size_t field = 0; field < kRuleFields; ++field) list->careless_[field] = SparseBits{}.with(careless[field]);
  for (auto& block : blocks) {
    block->rules.shrink_to_fit();
    list->blocks_.push_back(std::move(block));
  }
  list->find_tiers();
  return list;
}

// visit(which, value, length) for each prefix among a rule's labels.
template <class Visit>
void RuleList::for_each_prefix(const RuleLabels& labels, Visit&& visit) {
  for (const std::uint64_t label : labels.labels) {
    const Labels::Kind kind = Labels::kind_of(label);
    if (kind == Labels::Kind::kService)
      visit(services_[RuleLabels::class_of(Labels::protocol_of(label))], Labels::value_of(label), Labels::length_of(label));
    if (kind == Labels::Kind::kSourcePort) visit(source_ports_, Labels::value_of(label), Labels::length_of(label));
  }
}

// Counts a rule in, or out again.
void RuleList::note(const Rule& rule, const RuleLabels& labels, bool in) {
  const auto count = [&](auto& number, std::uint32_t by) { number = in ? number + by : number - by; };
  for (std::size_t field = 0; field < kRuleFields; ++field) count(caring_[field], labels.cares[field] ? 1 : 0);
  count(tier_size_[rule.tier], 1);
  count(labels_count_, static_cast<std::uint32_t>(labels.labels.size()));
  names_services_ = names_services_ || labels.names_services;
}

void RuleList::find_tiers() {
  std::uint32_t index = 0;
  for (std::size_t tier = 0; tier < RuleList::kTiers; ++tier) {
    tier_slot_[tier] = slot_of(index);
    index += tier_size_[tier];
  }
  tier_slot_[RuleList::kTiers] = blocks_count() * 64;
}

std::uint32_t RuleList::slot_of(std::uint32_t index) const noexcept {
  for (std::uint32_t block = 0; block < blocks_count(); ++block) {
    const auto here = static_cast<std::uint32_t>(std::popcount(used_[block]));
    if (index >= here) {
      index -= here;
      continue;
    }
    std::uint64_t left = used_[block];
    for (; index > 0; --index) left &= left - 1;
    return block * 64 + static_cast<std::uint32_t>(std::countr_zero(left));
  }
  return blocks_count() * 64;
}

std::size_t RuleList::memory() const noexcept {
  std::size_t bytes = sizeof *this + labels_.memory() + used_.size() * (sizeof(std::uint64_t) + sizeof(blocks_[0]) + sizeof(Block) + 16);
  for (const SparseBits& bits : careless_) bytes += bits.memory();
  for (const PrefixesUsed& used : services_) bytes += used.memory();
  bytes += source_ports_.memory();
  for (const auto& block : blocks_)
    for (const Rule& rule : block->rules)
      bytes += sizeof rule + rule.services.size() * sizeof(Service) + rule.source_ports.size() * sizeof(PortRange);
  return bytes;
}

// Where rules go: the slots of blocks [first, last) are written anew, in this order.
struct RuleList::Plan {
  struct Item {
    std::uint32_t slot;      // where it goes
    std::uint32_t old_slot;  // where it was; kNew: nowhere
    const Rule* rule;
  };
  static constexpr std::uint32_t kNew = ~std::uint32_t{0};
  std::uint32_t first = 0, last = 0;
  std::vector<Item> items;
  std::vector<Item> gone;
};

Result<std::shared_ptr<const RuleList>> RuleList::splice(std::uint32_t at, std::uint32_t removed, std::vector<Rule> inserted) const {
  if (at > size_ || removed > size_ - at)
    return Error{ErrorCode::kInvalid, "rules " + std::to_string(at) + " to " + std::to_string(at + std::uint64_t{removed}) + " of a list of " + std::to_string(size_)};
  const std::uint64_t size = size_ - removed + inserted.size();
  if (size > kRulesMax)
    return too_many("too many rules for one direction of a port", size, kRulesMax, "let rules name larger groups, or let fewer policies select the port");
  std::uint64_t labels = 0;
  if (Outcome outcome = check(inserted, labels); !outcome) return outcome.error();
  if (!inserted.empty() && ((at > 0 && rule(at - 1).tier > inserted.front().tier) ||
                            (at + removed < size_ && rule(at + removed).tier < inserted.back().tier)))
    return Error{ErrorCode::kInvalid, "rule " + std::to_string(inserted.front().id.value) + " does not stand among the rules of its tier"};

  Plan plan;
  const bool mostly_new = removed + inserted.size() > size / 2;
  if (mostly_new || !find_room(at, removed, inserted, plan)) {
    std::vector<Rule> rules;
    rules.reserve(size);
    std::uint32_t index = 0;
    for (const auto& block : blocks_)
      for (const Rule& each : block->rules) {
        if (index == at) std::move(inserted.begin(), inserted.end(), std::back_inserter(rules));
        if (index < at || index >= at + removed) rules.push_back(each);
        ++index;
      }
    if (at == size_) std::move(inserted.begin(), inserted.end(), std::back_inserter(rules));
    return make(std::move(rules));
  }
  auto next = std::make_shared<RuleList>(*this);
  next->carry_out(plan);
  next->size_ = static_cast<std::uint32_t>(size);
  if (next->labels_count_ > kLabelsMax)
    return too_many("the rules for one direction of a port name too much", next->labels_count_, kLabelsMax, "give rules fewer ranges of ports, or larger groups");
  return std::shared_ptr<const RuleList>(std::move(next));
}

// Finds slots for the inserted rules. False: all is better made anew.
bool RuleList::find_room(std::uint32_t at, std::uint32_t removed, const std::vector<Rule>& inserted, Plan& plan) const {
  const std::uint32_t count = static_cast<std::uint32_t>(inserted.size()), size = size_ - removed + count;
  std::uint32_t blocks = blocks_count();
  if (blocks > size / 32 + 2) return false;
  const std::uint32_t end = blocks * 64;
  const std::uint32_t low = at == 0 ? 0 : slot_of(at - 1) + 1;            // the inserted go into [low, high)
  const std::uint32_t high = at + removed == size_ ? end : slot_of(at + removed);
  const std::uint32_t removed_first = removed > 0 ? slot_of(at) : low, removed_last = removed > 0 ? slot_of(at + removed - 1) : low;
  std::uint32_t room = high - low;
  std::uint32_t spread_first = 0, spread_last = 0;  // blocks whose rules are spread; none
  if (count > room && high == end && blocks + (count - room + 63) / 64 <= std::min(kBlocksMax, size / 32 + 2)) {
    blocks += (count - room + 63) / 64;  // at the end there may be more blocks
    room = blocks * 64 - low;
  }
  if (count > room) {
    const std::uint32_t about = std::min(high, end - 1) / 64;
    for (std::uint32_t level = 1;; ++level) {
      const std::uint32_t width = 1u << level;
      spread_first = about / width * width;
      spread_last = std::min(spread_first + width, blocks);
      const std::uint32_t slots = (spread_last - spread_first) * 64;
      std::uint32_t have = count;
      for (std::uint32_t block = spread_first; block < spread_last; ++block) have += static_cast<std::uint32_t>(std::popcount(used_[block]));
      const std::uint32_t going_first = std::max(removed_first, spread_first * 64), going_last = std::min(removed_last + 1, spread_last * 64);
      if (removed > 0 && going_first < going_last) have -= rules_between(going_first, going_last);
      if (have <= slots - slots / 64 * level) break;
      if (spread_first == 0 && spread_last == blocks) return false;
    }
  }
  const bool spreads = spread_first < spread_last;
  plan.first = spreads ? spread_first : low / 64;
  plan.last = spreads ? spread_last : plan.first;
  if (removed > 0) {
    plan.first = std::min(plan.first, removed_first / 64);
    plan.last = std::max(plan.last, removed_last / 64 + 1);
  }
  if (!spreads && count > 0) plan.last = std::max(plan.last, (high == end ? low + count - 1 : high - 1) / 64 + 1);

  std::vector<Plan::Item>& items = plan.items;
  bool is_placed = count == 0;
  std::size_t spread_begin = 0, spread_end = 0;
  const auto place = [&] {
    for (std::uint32_t i = 0; i < count; ++i) {
      // Beside their neighbours evenly; at the end of the list one after the other.
      const auto slot = high == end ? low + i : low + static_cast<std::uint32_t>((std::uint64_t{i} * room + room / 2) / count);
      items.push_back({slot, Plan::kNew, &inserted[i]});
    }
    is_placed = true;
  };
  for (std::uint32_t block = plan.first; block < std::min(plan.last, blocks_count()); ++block) {
    if (spreads && block == spread_first) spread_begin = items.size();
    std::size_t rank = 0;
    for (std::uint64_t left = used_[block]; left != 0; left &= left - 1, ++rank) {
      const std::uint32_t slot = block * 64 + static_cast<std::uint32_t>(std::countr_zero(left));
      if (removed > 0 && slot >= removed_first && slot <= removed_last) {
        plan.gone.push_back({slot, slot, &blocks_[block]->rules[rank]});
        continue;
      }
      if (!is_placed && slot >= high) place();
      items.push_back({slot, slot, &blocks_[block]->rules[rank]});
    }
    if (spreads && block + 1 == spread_last) {
      if (!is_placed) place();
      spread_end = items.size();
    }
  }
  if (!is_placed) place();
  const std::size_t spread_count = spread_end - spread_begin;
  for (std::size_t i = 0; i < spread_count; ++i)
    items[spread_begin + i].slot = spread_first * 64 + static_cast<std::uint32_t>(i * (spread_last - spread_first) * 64 / spread_count);
  return true;
}

// How many rules are in slots [first, last).
std::uint32_t RuleList::rules_between(std::uint32_t first, std::uint32_t last) const noexcept {
  std::uint32_t count = 0;
  for (std::uint32_t block = first / 64; block * 64 < last; ++block) {
    std::uint64_t word = used_[block];
    if (block == first / 64) word &= ~std::uint64_t{0} << first % 64;
    if (block == last / 64) word &= ~(~std::uint64_t{0} << last % 64);
    count += static_cast<std::uint32_t>(std::popcount(word));
  }
  return count;
}

// Of a list that is a copy of the one that the plan was made for.
void RuleList::carry_out(const Plan& plan) {
  std::vector<LabelTable::Change> changes;
  std::array<std::vector<SparseBits::Change>, kRuleFields> careless;
  RuleLabels labels;
  const auto mark = [&](std::uint32_t slot, bool added) {
    for (const std::uint64_t label : labels.labels) changes.push_back({LabelTable::spread(label), slot, added});
    for (std::size_t field = 0; field < kRuleFields; ++field)
      if (!labels.cares[field]) careless[field].push_back({slot, added});
  };
  for (const Plan::Item& item : plan.gone) {
    labels.assign(*item.rule);
    note(*item.rule, labels, false);
    mark(item.slot, false);
  }
  if (plan.last > blocks_count()) {
    used_.resize(plan.last);
    blocks_.resize(plan.last);
  }
  std::vector<std::shared_ptr<Block>> blocks(plan.last - plan.first);
  for (auto& block : blocks) block = std::make_shared<Block>();
  std::fill(used_.begin() + plan.first, used_.begin() + plan.last, std::uint64_t{0});
  for (const Plan::Item& item : plan.items) {
    if (item.slot != item.old_slot) {
      labels.assign(*item.rule);
      if (item.old_slot == Plan::kNew) {
        note(*item.rule, labels, true);
        // Prefixes that are no longer used stay until all is made anew: they cost a search that finds nothing.
        for_each_prefix(labels, [](PrefixesUsed& used, std::uint16_t value, std::uint32_t length) { used.add(value, length); });
      } else {
        mark(item.old_slot, false);
      }
      mark(item.slot, true);
    }
    used_[item.slot / 64] |= std::uint64_t{1} << item.slot % 64;
    blocks[item.slot / 64 - plan.first]->rules.push_back(*item.rule);
  }
  for (std::uint32_t i = 0; i < blocks.size(); ++i) {
    blocks[i]->rules.shrink_to_fit();
    blocks_[plan.first + i] = std::move(blocks[i]);
  }
  labels_.apply(std::move(changes));
  for (std::size_t field = 0; field < kRuleFields; ++field) careless_[field] = careless_[field].with(in_order(careless[field]));
  find_tiers();
}

}  // namespace vsw
