#include "action/passed_rules.hpp"

#include "native/tap.hpp"

using namespace vsw;

TEST("action/passed_rules: they are there in their order, and so they are in a copy") {
  PassedRules passed;
  CHECK_EQUAL(passed.size(), 0u);
  for (std::uint32_t number = 1; number <= PassedRules::kMax; ++number) passed.add(RuleId{number}, static_cast<std::uint8_t>(2 * number));
  PassedRules copy = passed, assigned;
  assigned = copy;
  copy = PassedRules{};
  CHECK_EQUAL(copy.size(), 0u);
  REQUIRE(assigned.size() == PassedRules::kMax);
  for (std::size_t index = 0; index < PassedRules::kMax; ++index) {
    CHECK_EQUAL(assigned[index].rule.value, index + 1);
    CHECK_EQUAL(assigned[index].flags, 2 * (index + 1));
  }
}
