#include "commit/nearest.hpp"

#include <algorithm>

namespace vsw {

namespace {

struct Candidate {
  int distance = 0;
  NearRule near;
};

bool is_of_protocol(const Rule& rule, std::uint16_t protocol) noexcept {
  return rule.services.empty() || std::any_of(rule.services.begin(), rule.services.end(), [&](const Service& service) {
           return service.protocol == kAnyProtocol || service.protocol == protocol;
         });
}

bool gives(const Rule& rule, bool allowed) noexcept {
  return allowed ? rule.action == RuleAction::kAllow
                 : rule.action == RuleAction::kDrop || rule.action == RuleAction::kReject;
}

}  // namespace

std::vector<NearRule> nearest_rules(const RuleList& rules, const Question& question, bool allowed) {
  std::vector<Candidate> best;
  bool decided = false;
  int passed_tier = -1;
  rules.for_each_rule(question, [&](const Rule& rule, const RuleMatch& match) {
    const bool reached = !decided && rule.tier != passed_tier;
    if (match.all()) {
      if (reached && rule.action == RuleAction::kPass) passed_tier = rule.tier;
      else if (reached) decided = true;
      return;
    }
    const bool protocol = is_of_protocol(rule, question.tuple.protocol);
    const int distance = match.failed() * 8 + (protocol ? 0 : 4) + (gives(rule, !allowed) ? 0 : 2) + (reached ? 0 : 1);
    if (best.size() == kNearestMax && best.back().distance <= distance) return;
    const auto place = std::upper_bound(best.begin(), best.end(), distance,
                                        [](int wanted, const Candidate& one) { return wanted < one.distance; });
    best.insert(place, {distance, {rule.id, match, protocol}});
    if (best.size() > kNearestMax) best.pop_back();
  });
  std::vector<NearRule> result;
  result.reserve(best.size());
  for (const Candidate& one : best) result.push_back(one.near);
  return result;
}

}  // namespace vsw
