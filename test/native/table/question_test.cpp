#include "table/question.hpp"

#include "native/rules.hpp"
#include "native/tap.hpp"

using namespace vsw;
using namespace vsw::test;

namespace {

Asked web() {
  Asked asked;
  asked.tuple.protocol = 6;
  asked.tuple.source_port = 40'000;
  asked.tuple.destination_port = 80;
  asked.source = {1, 5};
  asked.destination = {2, 6};
  asked.services = {3};
  return asked;
}

}  // namespace

TEST("table/question: memberships are the lists that were added, and none that is empty") {
  const std::vector<std::uint32_t> one = {1, 5}, none, other = {5, 7};
  Memberships memberships;
  memberships.add(one);
  memberships.add(none);
  memberships.add(other);
  CHECK_EQUAL(memberships.lists().size(), std::size_t{2});
  CHECK_EQUAL(memberships.size(), std::size_t{4});
  CHECK(memberships.contains(1) && memberships.contains(7) && !memberships.contains(2));
}

TEST("table/question: a rule that says nothing matches all, one that says all of it matches that") {
  const Asked asked = web();
  Rule rule;
  CHECK(match(rule, asked.question()).all());
  rule.source = 5;
  rule.destination = 2;
  rule.services = {{17, 80, 80, 0}, {6, 79, 81, 0}};
  rule.source_ports = {{1, 2}, {40'000, 40'000}};
  CHECK(match(rule, asked.question()).all());
  CHECK_EQUAL(match(rule, asked.question()).failed(), 0);
}

TEST("table/question: each field fails by itself, and is named") {
  const Asked asked = web();
  Rule rule;
  rule.source = 2;
  rule.destination = 1;
  rule.services = {{6, 81, 90, 0}};
  rule.source_ports = {{39'999, 39'999}};
  const RuleMatch none = match(rule, asked.question());
  CHECK(!none.source && !none.destination && !none.service && !none.source_port);
  CHECK_EQUAL(none.failed(), 4);
  rule.destination = 6;
  const RuleMatch one = match(rule, asked.question());
  CHECK(one.destination && !one.all());
  CHECK_EQUAL(one.failed(), 3);
}

TEST("table/question: a service is of its protocol or of any, and a name says nothing of numbers") {
  const Asked asked = web();
  Rule rule;
  rule.services = {{17, 0, 65'535, 0}};
  CHECK(!match(rule, asked.question()).service);
  rule.services = {{kAnyProtocol, 80, 80, 0}};
  CHECK(match(rule, asked.question()).service);
  rule.services = {{kAnyProtocol, 81, 81, 0}};
  CHECK(!match(rule, asked.question()).service);
  rule.services = {{17, 9, 9, 3}};
  CHECK(match(rule, asked.question()).service);
  rule.services = {{6, 80, 80, 4}};
  CHECK(!match(rule, asked.question()).service);
}
