// Nearest: the rules that almost decided, and by which of their fields they did not.
// Home: control.
//
// The one that failed on the fewest fields stands first. Among equals those come first that would have given the other
// verdict, then those whose turn came at all, then those that decide earlier.
#pragma once
#include <cstddef>
#include <vector>
#include "table/rule_list.hpp"

namespace vsw {

inline constexpr std::size_t kNearestMax = 8;

struct NearRule {
  RuleId rule;
  RuleMatch match;
  bool protocol = false;  // one of its services is of the packet's protocol
};

// Rules of the list that do not match, at most kNearestMax. `allowed` is the verdict that was given. Control only: it
// takes as long as the list.
[[nodiscard]] std::vector<NearRule> nearest_rules(const RuleList& rules, const Question& question, bool allowed);

}  // namespace vsw
