#include "table/endpoint_map.hpp"

#include <algorithm>

#include "native/rules.hpp"
#include "native/tap.hpp"

using namespace vsw;
using namespace vsw::test;

namespace {

struct Known {
  std::vector<std::uint32_t> list;
  std::uint64_t changed = 0;
};
Endpoint endpoint(std::uint32_t number) { return {NetworkId{static_cast<std::uint16_t>(1 + number % 3)}, ip4(number / 3), 6, 80}; }
bool is(const EndpointMap::Found& found, const Known& known) {
  return std::equal(found.list.begin(), found.list.end(), known.list.begin(), known.list.end()) && found.changed.value == known.changed;
}

}  // namespace

TEST("table/endpoint_map: an empty one knows nobody, since ever") {
  const EndpointMap map;
  CHECK(map.find(endpoint(1)).list.empty());
  CHECK_EQUAL(map.find(endpoint(1)).changed.value, std::uint64_t{0});
}

TEST("table/endpoint_map: network, address, protocol and port all tell endpoints apart") {
  const Endpoint one{NetworkId{1}, ip4(1), 6, 80};
  const EndpointMap map = EndpointMap{}.with({{one, {7}}}, GenerationId{1});
  CHECK_EQUAL(map.find(one).list.size(), std::size_t{1});
  for (const Endpoint& other : {Endpoint{NetworkId{2}, ip4(1), 6, 80}, Endpoint{NetworkId{1}, ip4(2), 6, 80}, Endpoint{NetworkId{1}, ip6(0, 1), 6, 80},
                                Endpoint{NetworkId{1}, ip4(1), 17, 80}, Endpoint{NetworkId{1}, ip4(1), 6, 81}})
    CHECK(map.find(other).list.empty());
}

TEST("table/endpoint_map: changed by chance it stays what a map would be, and tells of each when it changed") {
  Chance chance(1);
  for (const std::uint32_t width : {5u, 200u, 9'000u}) {
    EndpointMap map;
    std::map<std::uint32_t, Known> model;
    for (std::uint64_t generation = 1; generation <= 40; ++generation) {
      EndpointMap::Changes changes;
      for (std::uint32_t left = 1 + chance.below(generation == 3 ? width : 1 + width / 10); left > 0; --left) {
        const std::uint32_t number = chance.below(width);
        std::vector<std::uint32_t> list;
        if (!chance.one_in(3))
          for (std::uint32_t set = 1; set < 9; ++set)
            if (chance.one_in(2)) list.push_back(set);
        if (changes.contains(endpoint(number))) continue;
        changes[endpoint(number)] = list;
        Known& known = model[number];
        if (known.list != list) known = {list, generation};
      }
      const EndpointMap before = map;
      map = map.with(changes, GenerationId{generation});
      std::size_t listed = 0;
      int wrong = 0, wrong_before = 0;
      for (std::uint32_t number = 0; number < width; ++number) {
        const Known& known = model[number];
        listed += !known.list.empty();
        const auto found = map.find(endpoint(number));
        // Who has a list is known to the generation; of the others some may be said to have changed later.
        wrong += !std::equal(found.list.begin(), found.list.end(), known.list.begin(), known.list.end());
        wrong += known.list.empty() ? found.changed.value < known.changed : found.changed.value != known.changed;
        if (!changes.contains(endpoint(number))) wrong_before += !std::equal(found.list.begin(), found.list.end(), before.find(endpoint(number)).list.begin(),
                                                                          before.find(endpoint(number)).list.end());
      }
      CHECK_EQUAL(wrong, 0);
      CHECK_EQUAL(wrong_before, 0);
      CHECK_EQUAL(map.size(), listed);
    }
  }
}

TEST("table/endpoint_map: a list that is put as it was did not change, and a neighbour's change does not show") {
  EndpointMap::Changes all;
  for (std::uint32_t number = 0; number < 2'000; ++number) all[endpoint(number)] = {number + 1, number + 2};
  EndpointMap map = EndpointMap{}.with(all, GenerationId{1});
  map = map.with(all, GenerationId{2});
  map = map.with({{endpoint(5), {9}}}, GenerationId{3});
  for (std::uint32_t number = 0; number < 2'000; ++number)
    if (!is(map.find(endpoint(number)), number == 5 ? Known{{9}, 3} : Known{{number + 1, number + 2}, 1})) CHECK_EQUAL(number, 2'000u);
}

TEST("table/endpoint_map: who came and went leaves nothing behind for long") {
  EndpointMap map;
  std::size_t largest = 0;
  for (std::uint64_t generation = 1; generation <= 300; ++generation) {
    EndpointMap::Changes changes;
    for (std::uint32_t i = 0; i < 50; ++i) {
      changes[endpoint(static_cast<std::uint32_t>(generation) * 50 + i)] = {1, 2, 3};
      if (generation > 1) changes[endpoint((static_cast<std::uint32_t>(generation) - 1) * 50 + i)] = {};
    }
    map = map.with(changes, GenerationId{generation});
    if (generation == 20) largest = map.memory();
  }
  CHECK_EQUAL(map.size(), std::size_t{50});
  CHECK(map.memory() <= 2 * largest);
  CHECK(map.find(endpoint(60)).changed.value >= 2);  // it went in generation 2
}

TEST("table/endpoint_map: one endpoint more never divides more than one table, and all are found, since when they are there") {
  EndpointMap map;
  std::size_t most = 0;
  for (std::uint32_t number = 0; number < 20'000; ++number) {
    const std::size_t shards = map.shards();
    map = map.with({{endpoint(number), {number + 1}}}, GenerationId{number + 1});
    if (number > 0) most = std::max(most, map.shards() - shards);
  }
  CHECK_EQUAL(most, std::size_t{1});
  CHECK(map.shards() >= 20'000 / 48);
  int wrong = map.size() != 20'000;
  for (std::uint32_t number = 0; number < 20'000; ++number) wrong += !is(map.find(endpoint(number)), Known{{number + 1}, number + 1});
  CHECK_EQUAL(wrong, 0);
}
