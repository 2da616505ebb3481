#include "action/program.hpp"

#include <set>
#include <string>

#include "native/tap.hpp"

using namespace vsw;

TEST("action/program: a new one has decided nothing, and names nobody") {
  const Program program;
  CHECK(program.action == Program::Action::kNone);
  CHECK(program.reason == DropReason::kNone);
  CHECK(program.stage == StageId::kParse);
  CHECK(!program.output);
  CHECK(!program.rule);
  CHECK(program.answer.is_zero());
  CHECK(program.cacheable);
  CHECK(!program.learn);
}

TEST("action/program: what nothing else decided has a rule like every other") {
  CHECK(static_cast<bool>(kDefaultRule));
}

TEST("action/program: every stage has a name of its own, as explain prints it") {
  std::set<std::string> names;
  for (const StageId stage : {StageId::kParse, StageId::kAdmit, StageId::kAntiSpoof, StageId::kAclEgress,
                              StageId::kRespond, StageId::kBridge, StageId::kAclIngress, StageId::kDeliver})
    names.insert(name_of(stage));
  CHECK_EQUAL(names.size(), std::size_t{8});
  CHECK_EQUAL(names.count(""), std::size_t{0});
  CHECK_EQUAL(std::string(name_of(StageId::kAntiSpoof)), std::string("anti_spoof"));
  CHECK_EQUAL(std::string(name_of(StageId::kAclIngress)), std::string("acl_ingress"));
  CHECK_EQUAL(std::string(name_of(static_cast<StageId>(200))), std::string());
}
