#include "base/frozen_map.hpp"

#include <set>
#include <string>
#include <thread>

#include "base/hash.hpp"
#include "native/tap.hpp"

using namespace vsw;

namespace {

struct Spread {
  std::size_t operator()(std::uint64_t key) const noexcept { return hash_words(HashSeed{}, key, 0); }
};
struct Same {
  std::size_t operator()(std::uint64_t) const noexcept { return 7; }
};
struct Last {  // the last slot, so that every search goes over the end
  std::size_t operator()(std::uint64_t) const noexcept { return ~std::size_t{0}; }
};

template <class Hash>
using Map = FrozenMap<std::uint64_t, std::uint64_t, Hash>;

template <class Hash>
Map<Hash> squares(std::uint64_t count) {
  std::vector<typename Map<Hash>::Item> items;
  for (std::uint64_t key = 1; key <= count; ++key) items.push_back({key, key * key});
  return Map<Hash>(items);
}

// How many of 0 … 2 * count + 1 the map answers wrongly for.
template <class Hash>
std::uint64_t wrong_answers(const Map<Hash>& map, std::uint64_t count) {
  std::uint64_t wrong = 0;
  for (std::uint64_t key = 0; key <= 2 * count + 1; ++key) {
    const std::uint64_t* value = map.find(key);
    wrong += key >= 1 && key <= count ? value == nullptr || *value != key * key : value != nullptr;
  }
  return wrong;
}

}  // namespace

TEST("base/frozen_map: an empty one finds nothing") {
  const Map<Spread> made_of_nothing(std::vector<Map<Spread>::Item>{});
  CHECK(Map<Spread>().find(0) == nullptr);
  CHECK(made_of_nothing.find(0) == nullptr);
  CHECK_EQUAL(made_of_nothing.items().size(), std::size_t{0});
}

TEST("base/frozen_map: finds what it was built of and nothing else, at every size") {
  for (std::uint64_t count = 1; count <= 70; ++count) CHECK_EQUAL(wrong_answers(squares<Spread>(count), count), std::uint64_t{0});
  CHECK_EQUAL(wrong_answers(squares<Spread>(50'000), 50'000), std::uint64_t{0});
}

TEST("base/frozen_map: keys that all hash alike are still told apart, and absent ones end the search") {
  for (const std::uint64_t count : {1, 2, 3, 64, 500}) {
    CHECK_EQUAL(wrong_answers(squares<Same>(count), count), std::uint64_t{0});
    CHECK_EQUAL(wrong_answers(squares<Last>(count), count), std::uint64_t{0});
  }
}

TEST("base/frozen_map: the first of equal keys wins, and all items can be listed in their order") {
  const std::vector<Map<Spread>::Item> items{{5, 50}, {6, 60}, {5, 51}, {6, 61}, {5, 52}};
  const Map<Spread> map(items);
  REQUIRE(map.find(5) != nullptr && map.find(6) != nullptr);
  CHECK_EQUAL(*map.find(5), std::uint64_t{50});
  CHECK_EQUAL(*map.find(6), std::uint64_t{60});
  REQUIRE(map.items().size() == items.size());
  for (std::size_t i = 0; i < items.size(); ++i) CHECK_EQUAL(map.items()[i].value, items[i].value);
}

TEST("base/frozen_map: a copy stands on its own, as the next generation's does") {
  Map<Spread> copy;
  {
    const Map<Spread> original = squares<Spread>(100);
    copy = original;
    CHECK(copy.find(9) != original.find(9));
  }
  CHECK_EQUAL(wrong_answers(copy, 100), std::uint64_t{0});
}

TEST("base/frozen_map: values that own memory live as long as the map") {
  using Names = FrozenMap<std::uint64_t, std::string, Spread>;
  const std::string longer_than_a_small_string(100, 'x');
  const Names names(std::vector<Names::Item>{{1, "one"}, {2, longer_than_a_small_string}});
  REQUIRE(names.find(2) != nullptr);
  CHECK_EQUAL(*names.find(2), longer_than_a_small_string);
}

TEST("base/frozen_map: many readers at once") {
  const Map<Spread> map = squares<Spread>(2'000);
  std::uint64_t wrong[4] = {};
  std::vector<std::thread> readers;
  for (std::uint64_t& count : wrong) readers.emplace_back([&] { count = wrong_answers(map, 2'000); });
  for (std::thread& reader : readers) reader.join();
  for (const std::uint64_t count : wrong) CHECK_EQUAL(count, std::uint64_t{0});
}
