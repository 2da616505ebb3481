#include "base/spsc_ring.hpp"

#include <thread>

#include "native/tap.hpp"

using namespace vsw;

TEST("base/spsc_ring: gives back in order what was put in, and then nothing") {
  SpscRing<int, 8> ring;
  int item = -1;
  CHECK(ring.empty());
  CHECK(!ring.pop(item));
  CHECK_EQUAL(item, -1);
  for (int i = 0; i < 5; ++i) CHECK(ring.push(i));
  CHECK(!ring.empty());
  for (int i = 0; i < 5; ++i) {
    CHECK(ring.pop(item));
    CHECK_EQUAL(item, i);
  }
  CHECK(ring.empty());
  CHECK(!ring.pop(item));
}

TEST("base/spsc_ring: holds its whole capacity, refuses one more, and loses nothing by it") {
  SpscRing<int, 4> ring;
  for (int i = 0; i < 4; ++i) CHECK(ring.push(i));
  CHECK(!ring.push(99));
  int item = -1;
  CHECK(ring.pop(item));
  CHECK_EQUAL(item, 0);
  CHECK(ring.push(4));
  CHECK(!ring.push(99));
  for (int i = 1; i <= 4; ++i) {
    CHECK(ring.pop(item));
    CHECK_EQUAL(item, i);
  }
  CHECK(ring.empty());
}

TEST("base/spsc_ring: a ring of one is a ring") {
  SpscRing<int, 1> ring;
  for (int i = 0; i < 10; ++i) {
    CHECK(ring.push(i));
    CHECK(!ring.push(i));
    int item = -1;
    CHECK(ring.pop(item));
    CHECK_EQUAL(item, i);
  }
}

TEST("base/spsc_ring: goes round and round at every fill") {
  SpscRing<unsigned, 8> ring;
  unsigned put = 0, got = 0, item = 0;
  for (unsigned fill = 1; fill <= 8; ++fill)
    for (int round = 0; round < 20; ++round) {
      for (unsigned i = 0; i < fill; ++i) CHECK(ring.push(put++));
      for (unsigned i = 0; i < fill; ++i) {
        CHECK(ring.pop(item));
        CHECK_EQUAL(item, got++);
      }
    }
}

TEST("base/spsc_ring: one thread puts in, another takes out: all of it, whole and in order") {
  struct Item {
    std::uint64_t number = 0, twice = 0, thrice = 0;
  };
  constexpr std::uint64_t kItems = 200'000;
  SpscRing<Item, 16> ring;
  std::uint64_t wrong = 0;
  const auto consume = [&] {
    Item item;
    for (std::uint64_t wanted = 0; wanted < kItems;) {
      if (!ring.pop(item)) {
        std::this_thread::yield();
        continue;
      }
      wrong += item.number != wanted || item.twice != 2 * wanted || item.thrice != 3 * wanted;
      ++wanted;
    }
  };
  std::thread consumer;  // starts behind a full ring, so that this is met, too
  for (std::uint64_t i = 0; i < kItems;) {
    if (ring.push({i, 2 * i, 3 * i})) {
      ++i;
    } else {
      if (!consumer.joinable()) consumer = std::thread(consume);
      std::this_thread::yield();
    }
  }
  consumer.join();
  CHECK_EQUAL(wrong, std::uint64_t{0});
  CHECK(ring.empty());
}
