// Fuzz target `classify`: any rules, spliced in any order, asked anything, against a search from the front; and any members
// and prefixes of sets, against a plain list of them.
//
// The input is a story. Its first byte chooses a list to begin with (none, 130 rules, 2,100 rules: where blocks have gaps).
// Then a byte a step, `step % 4`: 0 a splice, 1 a question, 2 a change of who is in which set, 3 a look at all addresses.
#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "base/assert.hpp"
#include "native/rules.hpp"

namespace {

using namespace vsw;
using namespace vsw::test;

constexpr std::uint32_t kSets = 40;
constexpr int kStepsMax = 64;

class Bytes {
 public:
  Bytes(const std::uint8_t* at, const std::uint8_t* end) : at_(at), end_(end) {}
  [[nodiscard]] bool is_empty() const { return at_ == end_; }
  std::uint32_t byte() { return at_ < end_ ? *at_++ : 0; }
  std::uint16_t port() {
    const std::uint32_t high = byte();
    return static_cast<std::uint16_t>(high << 8 | byte());
  }

 private:
  const std::uint8_t *at_, *end_;
};

std::pair<std::uint16_t, std::uint16_t> range_of(Bytes& bytes) {
  const std::uint16_t first = bytes.port(), last = bytes.port();
  return {std::min(first, last), std::max(first, last)};
}
std::uint16_t protocol_of(Bytes& bytes) {
  static constexpr std::uint16_t kProtocols[] = {6, 17, 1, 58, 47, kAnyProtocol};
  return kProtocols[bytes.byte() % std::size(kProtocols)];
}

Rule rule_of(Bytes& bytes, std::uint8_t tier) {
  Rule rule;
  const std::uint32_t shape = bytes.byte();
  rule.id = RuleId{shape};
  rule.action = static_cast<RuleAction>(shape & 3);
  rule.tier = tier;
  if ((shape & 4) != 0) rule.source = 1 + bytes.byte() % kSets;
  if ((shape & 8) != 0) rule.destination = 1 + bytes.byte() % kSets;
  for (std::uint32_t left = shape >> 4 & 3; left > 0; --left) {
    const auto [first, last] = range_of(bytes);
    Service service{protocol_of(bytes), first, last, 0};
    if ((shape & 64) != 0) service.named = 1 + bytes.byte() % 3;
    rule.services.push_back(service);
  }
  if ((shape & 128) != 0) {
    const auto [first, last] = range_of(bytes);
    rule.source_ports.push_back({first, last});
  }
  return rule;
}

struct Begun {
  std::vector<Rule> rules;
  std::shared_ptr<const RuleList> list;
};
const Begun& begun(std::uint32_t which) {
  static const std::vector<Begun> all = [] {
    std::vector<Begun> made;
    Chance chance(1);
    for (const std::uint32_t count : {0u, 130u, 2'100u}) {
      std::vector<Rule> rules = any_rules(chance, count, kSets);
      made.push_back({rules, RuleList::make(rules).value()});
    }
    return made;
  }();
  return all[which % all.size()];
}

class Story {
 public:
  explicit Story(const Begun& from) : rules_(from.rules), list_(from.list) {}

  void splice(Bytes& bytes) {
    const auto size = static_cast<std::uint32_t>(rules_.size());
    const std::uint32_t at = size * bytes.byte() / 255, removed = std::min(size - at, bytes.byte() % 32);
    const std::uint32_t wish = bytes.byte();
    const auto tier = static_cast<std::uint8_t>((wish & 128) != 0 ? wish % 7 : at > 0 ? rules_[at - 1].tier : at + removed < size ? rules_[at + removed].tier : 0);
    std::vector<Rule> inserted;
    for (std::uint32_t left = wish % 16; left > 0; --left) inserted.push_back(rule_of(bytes, tier));
    std::vector<Rule> wanted(rules_.begin(), rules_.begin() + at);
    wanted.insert(wanted.end(), inserted.begin(), inserted.end());
    wanted.insert(wanted.end(), rules_.begin() + at + removed, rules_.end());
    const auto next = list_->splice(at, removed, inserted);
    const bool is_in_order = std::is_sorted(wanted.begin(), wanted.end(), [](const Rule& a, const Rule& b) { return a.tier < b.tier; });
    const bool has_tier = inserted.empty() || tier < RuleList::kTiers;
    VSW_ASSERT(next.ok() == (is_in_order && has_tier));
    if (!next) return;
    list_ = next.value();
    rules_ = std::move(wanted);
    VSW_ASSERT(list_->size() == rules_.size());
    std::size_t index = 0;
    const Asked nothing;
    list_->for_each_rule(nothing.question(), [&](const Rule& rule, const RuleMatch&) { VSW_ASSERT(rule == rules_[index++]); });
    for (std::uint32_t i = 0; i < list_->size(); i += 97) VSW_ASSERT(list_->rule(i) == rules_[i]);
  }

  void ask(Bytes& bytes) {
    Asked asked;
    asked.tuple.protocol = protocol_of(bytes) & 0xff;
    asked.tuple.source_port = bytes.port();
    asked.tuple.destination_port = bytes.port();
    const std::uint32_t sources = bytes.byte(), destinations = bytes.byte(), services = bytes.byte();
    for (std::uint32_t set = 1; set <= kSets; ++set) {
      if ((sources >> set % 8 & 1) != 0) asked.source.push_back(set);
      if ((destinations >> set % 8 & 1) != 0) asked.destination.push_back(set);
    }
    for (std::uint32_t named = 1; named <= 3; ++named)
      if ((services >> named & 1) != 0) asked.services.push_back(named);
    const Question question = asked.question();
    VSW_ASSERT(is_rule(list_->first_match(question), rules_, first_of(rules_, question)));
    VSW_ASSERT(is_rule(list_->decide(question), rules_, decided_of(rules_, question)));
    RuleList::Work work;
    VSW_ASSERT(list_->first_match(question, work) == list_->first_match(question));
    const RuleList::Work worst = list_->worst_case();
    VSW_ASSERT(work.labels <= worst.labels && work.parts <= worst.parts && work.words <= worst.words);
  }

  void change(Bytes& bytes) {
    AddressIndex::Edit edit(index_, GenerationId{++generation_});
    for (std::uint32_t left = 1 + bytes.byte() % 4; left > 0; --left) {
      const std::uint32_t what = bytes.byte();
      if ((what & 1) != 0) {
        const std::pair where{NetworkId{static_cast<std::uint16_t>(1 + (what >> 1 & 1))}, ip_of(bytes.byte())};
        std::set<std::uint32_t> sets;
        for (std::uint32_t more = what >> 2 & 7; more > 0; --more) sets.insert(1 + bytes.byte() % kSets);
        VSW_ASSERT(edit.put(where.first, where.second, {sets.begin(), sets.end()}).ok());
        exact_[where] = sets;
      } else {
        const std::uint32_t set = 1 + what / 2 % kSets;
        std::vector<NetworkPrefix> prefixes;
        for (std::uint32_t more = bytes.byte() % 4; more > 0; --more) {
          const Ip ip = ip_of(bytes.byte());
          const auto network = static_cast<std::uint16_t>(bytes.byte() % 3);
          prefixes.push_back({NetworkId{network}, {ip, static_cast<std::uint8_t>(bytes.byte() % (ip.is_v4() ? 33 : 129))}});
        }
        VSW_ASSERT(edit.put_prefixes(set, prefixes).ok());
        prefixes_[set] = prefixes;
      }
    }
    index_ = edit.finish().value();
  }

  void look() const {
    if (index_ == nullptr) return;
    for (std::uint16_t network = 1; network <= 2; ++network)
      for (std::uint32_t number = 0; number < 16; ++number) {
        const Ip ip = ip_of(number);
        std::set<std::uint32_t> wanted, found;
        if (const auto at = exact_.find({NetworkId{network}, ip}); at != exact_.end()) wanted = at->second;
        for (const auto& [set, prefixes] : prefixes_)
          for (const NetworkPrefix& one : prefixes)
            if ((!one.network || one.network.value == network) && is_covered(one.prefix, ip)) wanted.insert(set);
        const Memberships memberships = index_->find(NetworkId{network}, ip);
        for (const Memberships::List& list : memberships.lists()) found.insert(list.begin(), list.end());
        VSW_ASSERT(found == wanted);
        VSW_ASSERT(index_->changed(NetworkId{network}, ip).value <= generation_);
      }
  }

 private:
  static Ip ip_of(std::uint32_t number) {
    if ((number & 8) != 0) return ip6((number & 1) != 0 ? ~0ull : 0xfd00ull << 48, (number & 2) != 0 ? ~0ull : number & 4);
    return ip4((number & 1) != 0 ? ~0u : 0x0a00'0000u | (number & 2) << 14 | (number & 4));
  }
  static bool is_covered(const Prefix& prefix, const Ip& ip) {
    if (prefix.address.is_v4() != ip.is_v4()) return false;
    const std::size_t bits = prefix.length + (ip.is_v4() ? 96u : 0u);
    for (std::size_t i = 0; i < bits; ++i)
      if (((prefix.address.bytes[i / 8] ^ ip.bytes[i / 8]) >> (7 - i % 8) & 1) != 0) return false;
    return true;
  }

  std::vector<Rule> rules_;
  std::shared_ptr<const RuleList> list_;
  std::shared_ptr<const AddressIndex> index_;
  std::uint64_t generation_ = 0;
  std::map<std::pair<NetworkId, Ip>, std::set<std::uint32_t>> exact_;
  std::map<std::uint32_t, std::vector<NetworkPrefix>> prefixes_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Bytes bytes(data, data + size);
  Story story(begun(bytes.byte()));
  for (int step = 0; step < kStepsMax && !bytes.is_empty(); ++step) {
    switch (bytes.byte() % 4) {
      case 0: story.splice(bytes); break;
      case 1: story.ask(bytes); break;
      case 2: story.change(bytes); break;
      default: story.look();
    }
  }
  return 0;
}
