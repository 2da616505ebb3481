#include "table/service_index.hpp"

#include "native/rules.hpp"
#include "native/tap.hpp"

using namespace vsw;
using namespace vsw::test;

TEST("table/service_index: what a port of an address stands for, since when, until it no longer does") {
  const Endpoint web{NetworkId{1}, ip4(1), 6, 80};
  ServiceIndex::Edit first(nullptr, GenerationId{4});
  CHECK(first.put(web, {3, 8}).ok());
  const auto one = first.finish();
  REQUIRE(one.ok());
  CHECK(one.value()->find(web).contains(8));
  CHECK(!one.value()->find(web).contains(4));
  CHECK_EQUAL(one.value()->changed(web).value, std::uint64_t{4});
  ServiceIndex::Edit second(one.value(), GenerationId{5});
  second.remove(web);
  const auto two = second.finish();
  REQUIRE(two.ok());
  CHECK(two.value()->find(web).lists().empty());
  CHECK_EQUAL(two.value()->changed(web).value, std::uint64_t{5});
  CHECK(one.value()->find(web).contains(3));
  CHECK_EQUAL(two.value()->size(), std::size_t{0});
}

TEST("table/service_index: lists that are no lists, and too many names, are refused") {
  const Endpoint web{NetworkId{1}, ip4(1), 6, 80};
  ServiceIndex::Edit edit(nullptr, GenerationId{1});
  CHECK(!edit.put(web, {3, 3}).ok());
  CHECK(!edit.put(web, {0}).ok());
  std::vector<std::uint32_t> names;
  for (std::uint32_t name = 1; name <= kNamedServicesMax; ++name) names.push_back(name);
  CHECK(edit.put(web, names).ok());
  names.push_back(1'000);
  const auto refused = edit.put(web, names);
  CHECK(!refused && refused.error().code == ErrorCode::kLimit && refused.error().message.find("fewer names") != std::string::npos);
}
