#include "base/spin_lock.hpp"

#include <thread>
#include <vector>

#include "native/tap.hpp"

using namespace vsw;

TEST("base/spin_lock: is taken by one, and free again behind him") {
  SpinLock lock;
  CHECK(lock.try_lock());
  CHECK(!lock.try_lock());
  lock.unlock();
  lock.lock();
  CHECK(!lock.try_lock());
  lock.unlock();
  CHECK(lock.try_lock());
  lock.unlock();
}

TEST("base/spin_lock: a guard holds it to the end of its block, however that is left") {
  SpinLock lock;
  const auto leave_early = [&](bool early) {
    const SpinGuard guard(lock);
    CHECK(!lock.try_lock());
    if (early) return;
    CHECK(!lock.try_lock());
  };
  for (const bool early : {true, false}) {
    leave_early(early);
    CHECK(lock.try_lock());
    lock.unlock();
  }
}

TEST("base/spin_lock: zeroed memory is a free lock, as the buckets of a table need") {
  alignas(SpinLock) unsigned char bytes[sizeof(SpinLock)] = {};
  SpinLock& lock = *reinterpret_cast<SpinLock*>(bytes);
  CHECK(lock.try_lock());
  CHECK(!lock.try_lock());
  lock.unlock();
}

TEST("base/spin_lock: writers of plain memory are kept apart, whether they wait or only try") {
  constexpr int kThreads = 4, kRounds = 2'000;
  SpinLock lock;
  std::uint64_t first = 0, second = 0;  // equal whenever the lock is free
  std::uint64_t tried = 0;
  std::atomic<int> apart{0};
  std::vector<std::thread> threads;
  for (int number = 0; number < kThreads; ++number)
    threads.emplace_back([&, number] {
      for (int i = 0; i < kRounds; ++i) {
        if (number == 0) {
          while (!lock.try_lock()) std::this_thread::yield();
          ++tried;
        } else {
          lock.lock();
        }
        if (first != second) apart.fetch_add(1);
        ++first;
        if (i % 64 == 0) std::this_thread::yield();  // where another would come in, were it not locked
        ++second;
        lock.unlock();
      }
    });
  for (std::thread& thread : threads) thread.join();
  CHECK_EQUAL(first, std::uint64_t{kThreads * kRounds});
  CHECK_EQUAL(second, first);
  CHECK_EQUAL(tried, std::uint64_t{kRounds});
  CHECK_EQUAL(apart.load(), 0);
}
