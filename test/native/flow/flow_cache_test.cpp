#include "flow/flow_cache.hpp"

#include <array>
#include <memory>
#include <set>
#include <thread>
#include <vector>

#include "native/tap.hpp"

using namespace vsw;

namespace {

using Cache = FlowCache<FlowKey4>;
constexpr std::uint32_t kNone = Cache::kNone;
constexpr HashSeed kSeed{0x1234'5678'9abc'def1, 0xfedc'ba98'7654'3211};

FlowKey4 key_of(std::uint32_t number) {
  return {{number, 0x0a4d'0002}, {80, 4'242}, 1, 6, static_cast<std::uint8_t>(FlowKind::kIpv4)};
}

// A cache of records that are told apart by one number; everything else in them follows from it.
struct Table {
  Epoch epoch;
  Cache cache;

  Table(std::uint32_t capacity, std::uint32_t workers) : cache(capacity, workers, epoch) {}

  void fill(std::uint32_t record, std::uint32_t number, std::uint32_t heard_ms = 1) {
    Flow4& flow = cache.record(record);
    flow.key = key_of(number);
    flow.rule.store(3 * number);
    flow.end[0].port = PortId{static_cast<std::uint16_t>(number)};
    for (auto& heard : flow.heard_ms) heard.store(heard_ms, std::memory_order_relaxed);
  }
  static auto is(std::uint32_t number) {
    return [key = key_of(number)](const Flow4& flow) { return flow.key == key; };
  }
  // The record that was kept, its own or an equal one; kNone when the worker has none left.
  std::uint32_t add(std::uint32_t worker, std::uint32_t number, std::uint64_t hash, std::uint32_t heard_ms = 1) {
    const std::uint32_t record = cache.take(worker);
    if (record == kNone) return kNone;
    fill(record, number, heard_ms);
    return cache.insert(worker, record, hash, is(number));
  }
  std::uint32_t add(std::uint32_t worker, std::uint32_t number) { return add(worker, number, hash_of(key_of(number), kSeed)); }
  std::uint32_t find(std::uint32_t number, std::uint64_t hash) const { return cache.find(hash, is(number)); }
  std::uint32_t find(std::uint32_t number) const { return find(number, hash_of(key_of(number), kSeed)); }
  void remove(std::uint32_t number) { cache.remove(find(number), hash_of(key_of(number), kSeed)); }
  // Removes those of the worker that `expired` names; the numbers of all that were released.
  template <class Expired>
  std::multiset<std::uint32_t> sweep(std::uint32_t worker, std::uint32_t count, Expired&& expired) {
    std::multiset<std::uint32_t> released;
    cache.sweep(worker, count, [](const FlowKey4& key) { return hash_of(key, kSeed); }, expired,
                [&](const Flow4& flow) { released.insert(flow.key.address[0]); });
    return released;
  }
  std::uint32_t visited() const {
    std::uint32_t count = 0;
    cache.visit([&](std::uint32_t, const Flow4&) { ++count; });
    return count;
  }
};

constexpr auto kNobody = [](const Flow4&) { return false; };
constexpr auto kEverybody = [](const Flow4&) { return true; };

// A hash by the parts that the cache reads: its first bucket, and an odd tag from which the second follows.
std::uint64_t hash_at(std::uint32_t bucket, std::uint16_t tag) { return std::uint64_t{bucket} << 32 | tag; }

}  // namespace

TEST("flow/flow_cache: a record can be found once it is inserted, and by its own key") {
  Table table(64, 1);
  CHECK_EQUAL(table.find(1), kNone);
  const std::uint32_t record = table.cache.take(0);
  REQUIRE(record != kNone);
  table.fill(record, 1);
  CHECK_EQUAL(table.find(1), kNone);
  CHECK_EQUAL(table.cache.insert(0, record, hash_of(key_of(1), kSeed), Table::is(1)), record);
  CHECK_EQUAL(table.find(1), record);
  CHECK_EQUAL(table.find(2), kNone);
  CHECK_EQUAL(table.cache.candidate(hash_of(key_of(1), kSeed)), record);
  CHECK_EQUAL(table.cache.candidate(hash_of(key_of(2), kSeed)), kNone);
  CHECK_EQUAL(table.cache.size(), 1u);
  table.remove(1);
  CHECK_EQUAL(table.find(1), kNone);
  CHECK_EQUAL(table.cache.candidate(hash_of(key_of(1), kSeed)), kNone);
  CHECK_EQUAL(table.cache.size(), 0u);
}

TEST("flow/flow_cache: an equal record that is there already is answered, and the new one goes back") {
  Table table(4, 1);
  const std::uint32_t first = table.add(0, 1);
  for (int i = 0; i < 10; ++i) CHECK_EQUAL(table.add(0, 1), first);  // ten in a cache of four: each went back
  CHECK_EQUAL(table.cache.size(), 1u);
  CHECK_EQUAL(table.visited(), 1u);
}

TEST("flow/flow_cache: keys with the very same hash live side by side") {
  Table table(64, 1);
  const std::uint64_t hash = hash_at(3, 0x55);
  std::set<std::uint32_t> records;
  for (std::uint32_t number = 1; number <= 16; ++number) records.insert(table.add(0, number, hash));
  CHECK_EQUAL(records.size(), std::size_t{16});
  for (std::uint32_t number = 1; number <= 16; ++number) CHECK(table.find(number, hash) != kNone);
  CHECK_EQUAL(table.find(17, hash), kNone);
}

TEST("flow/flow_cache: when both buckets are full of one hash, the stalest of the first gives way, and is told of") {
  Table table(64, 1);
  const std::uint64_t hash = hash_at(3, 0x55);
  for (std::uint32_t number = 1; number <= 16; ++number) table.add(0, number, hash, number == 5 ? 10 : 100 + number);
  const std::uint32_t stalest = table.find(5, hash);
  const std::uint32_t added = table.add(0, 17, hash, 200);
  CHECK(added != kNone && added != stalest);
  CHECK_EQUAL(table.find(5, hash), kNone);
  CHECK_EQUAL(table.find(17, hash), added);
  CHECK_EQUAL(table.cache.size(), 16u);
  std::uint32_t found = 0;
  for (std::uint32_t number = 1; number <= 17; ++number) found += table.find(number, hash) != kNone;
  CHECK_EQUAL(found, 16u);
  CHECK(table.sweep(0, 64, kNobody) == (std::multiset<std::uint32_t>{5}));
  CHECK(table.sweep(0, 64, kNobody).empty());
}

TEST("flow/flow_cache: the stalest is the stalest where the milliseconds begin anew") {
  Table table(64, 1);
  const std::uint64_t hash = hash_at(3, 0x55);
  for (std::uint32_t number = 1; number <= 16; ++number) table.add(0, number, hash, number == 5 ? 0xffff'ff00 : number);
  table.add(0, 17, hash, 200);
  CHECK_EQUAL(table.find(5, hash), kNone);
}

TEST("flow/flow_cache: before anybody gives way, one is moved to its other bucket, and nobody is lost") {
  Table table(256, 1);
  // Eight in bucket 3, each with another second bucket, then eight in the second bucket of the one to come.
  std::vector<std::uint64_t> hashes;
  for (std::uint16_t i = 0; i < 8; ++i) hashes.push_back(hash_at(3, static_cast<std::uint16_t>(2 * i + 101)));
  const std::uint64_t last = hash_at(3, 0x31);
  const std::uint32_t second = (3 ^ 0x31u * 0x9e37'79b1u) & 63;  // 64 buckets for 256 records
  for (std::uint16_t i = 0; i < 8; ++i) hashes.push_back(hash_at(second, static_cast<std::uint16_t>(2 * i + 301)));
  hashes.push_back(last);
  for (std::uint32_t number = 1; number <= hashes.size(); ++number)
    CHECK(table.add(0, number, hashes[number - 1]) != kNone);
  for (std::uint32_t number = 1; number <= hashes.size(); ++number) CHECK(table.find(number, hashes[number - 1]) != kNone);
  CHECK_EQUAL(table.cache.size(), 17u);
  CHECK(table.sweep(0, 256, kNobody).empty());
}

TEST("flow/flow_cache: each worker has its equal part, and using it up takes nothing from others") {
  Table table(10, 3);
  for (std::uint32_t worker = 0; worker < 3; ++worker) {
    std::set<std::uint32_t> taken;
    for (std::uint32_t record; (record = table.cache.take(worker)) != kNone;) taken.insert(record);
    CHECK_EQUAL(taken.size(), std::size_t{4});
    CHECK_EQUAL(taken.count(kNone), std::size_t{0});
    CHECK_EQUAL(*taken.begin(), 1 + worker * 4);
    CHECK_EQUAL(table.cache.used(worker), 4u);
  }
}

TEST("flow/flow_cache: takes as many as it was made for, and finds nearly all of them") {
  constexpr std::uint32_t kFlows = 20'000;
  Table table(kFlows, 1);
  for (std::uint32_t number = 1; number <= kFlows; ++number) CHECK(table.add(0, number) != kNone);
  CHECK_EQUAL(table.add(0, kFlows + 1), kNone);
  std::uint32_t found = 0;
  for (std::uint32_t number = 1; number <= kFlows; ++number) found += table.find(number) != kNone;
  CHECK_EQUAL(found, table.cache.size());
  CHECK_EQUAL(found, table.visited());
  CHECK(found >= kFlows / 1'000 * 999);
  CHECK_EQUAL(table.sweep(0, kFlows, kNobody).size(), std::size_t{kFlows - found});
}

TEST("flow/flow_cache: a record that was taken out is used again only when nobody can hold it any more") {
  Table table(2, 2);
  table.epoch.wake(1);
  const std::uint32_t record = table.add(0, 1);
  table.remove(1);
  CHECK_EQUAL(table.cache.take(0), kNone);  // its owner has not swept
  CHECK(table.sweep(0, 8, kNobody) == (std::multiset<std::uint32_t>{1}));
  CHECK_EQUAL(table.cache.take(0), kNone);  // a reader may still look at it
  table.epoch.quiet(1);
  CHECK_EQUAL(table.cache.take(0), record);
  CHECK_EQUAL(table.cache.take(0), kNone);
}

TEST("flow/flow_cache: what is left of a worker's part is what it may still take, once readers are gone") {
  Table table(8, 2);
  CHECK_EQUAL(table.cache.left(0), 4u);
  for (std::uint32_t number = 1; number <= 4; ++number) CHECK(table.add(0, number) != kNone);
  CHECK_EQUAL(table.cache.left(0), 0u);
  CHECK_EQUAL(table.cache.left(1), 4u);
  table.remove(2);
  CHECK_EQUAL(table.cache.left(0), 0u);
  (void)table.sweep(0, 4, kNobody);
  (void)table.sweep(0, 4, kNobody);  // nobody reads, so what was retired is there again
  CHECK_EQUAL(table.cache.left(0), 1u);
  CHECK(table.add(0, 3) != kNone);   // it is there: the new one goes back
  CHECK_EQUAL(table.cache.left(0), 1u);
  CHECK(table.add(0, 5) != kNone);
  CHECK_EQUAL(table.cache.left(0), 0u);
}

TEST("flow/flow_cache: any worker may take a record out; its owner is told, once") {
  Table table(16, 2);
  table.add(0, 1);
  table.add(1, 2);
  table.remove(1);
  table.cache.remove(1, hash_of(key_of(1), kSeed));  // twice does no harm
  CHECK_EQUAL(table.cache.size(), 1u);
  CHECK(table.sweep(1, 16, kNobody).empty());
  CHECK(table.sweep(0, 16, kNobody) == (std::multiset<std::uint32_t>{1}));
  CHECK(table.sweep(0, 16, kNobody).empty());
}

TEST("flow/flow_cache: a sweep goes round its worker's records by pieces and takes out whom it is told to") {
  Table table(200, 2);
  for (std::uint32_t number = 1; number <= 50; ++number) table.add(0, number);
  for (std::uint32_t number = 101; number <= 120; ++number) table.add(1, number);
  std::multiset<std::uint32_t> met, gone;
  for (int piece = 0; piece < 5; ++piece)
    gone.merge(table.sweep(0, 10, [&](const Flow4& flow) {
      met.insert(flow.key.address[0]);
      return flow.key.address[0] % 5 == 0;
    }));
  CHECK_EQUAL(met.size(), std::size_t{50});
  CHECK_EQUAL(std::set<std::uint32_t>(met.begin(), met.end()).size(), std::size_t{50});
  CHECK_EQUAL(gone.size(), std::size_t{10});
  for (std::uint32_t number = 1; number <= 50; ++number) CHECK_EQUAL(table.find(number) == kNone, number % 5 == 0);
  CHECK_EQUAL(table.sweep(0, 1'000'000, kEverybody).size(), std::size_t{40});
  CHECK_EQUAL(table.cache.size(), 20u);
}

TEST("flow/flow_cache: keys of IPv6 and others are kept the same way, records apart by whole lines") {
  Epoch epoch;
  FlowCache<FlowKey6> cache(100, 1, epoch);
  const auto key = [](std::uint64_t number) {
    FlowKey6 wide{};
    wide.address[1][1] = number;
    wide.kind = static_cast<std::uint8_t>(FlowKind::kIpv6);
    return wide;
  };
  const auto is = [&](std::uint64_t number) { return [wanted = key(number)](const Flow6& flow) { return flow.key == wanted; }; };
  for (std::uint64_t number = 1; number <= 100; ++number) {
    const std::uint32_t record = cache.take(0);
    REQUIRE(record != FlowCache<FlowKey6>::kNone);
    CHECK_EQUAL(reinterpret_cast<std::uintptr_t>(&cache.record(record)) % 64, std::uintptr_t{0});
    cache.record(record).key = key(number);
    CHECK_EQUAL(cache.insert(0, record, hash_of(key(number), kSeed), is(number)), record);
  }
  for (std::uint64_t number = 1; number <= 100; ++number)
    CHECK(cache.find(hash_of(key(number), kSeed), is(number)) != FlowCache<FlowKey6>::kNone);
}

TEST("flow/flow_cache: a record matches its key, its ports and its MACs alone") {
  auto flow = std::make_unique<Flow4>();
  const Mac near{{2, 0, 0, 0, 0, 1}}, far{{2, 0, 0, 0, 0, 2}};
  // As a frame would state them.
  const auto ends = [](std::uint16_t port, const Mac& source, const Mac& destination) {
    std::array<std::byte, 14> frame{};
    destination.write(frame.data());
    source.write(frame.data() + 6);
    return FrameEnds::read(frame.data(), PortId{port});
  };
  flow->key = key_of(1);
  flow->end[0].port = PortId{7};
  flow->end[1].port = PortId{8};
  flow->end[0].mac = near;
  flow->end[1].mac = far;
  CHECK(flow->matches(key_of(1), 0, ends(7, near, far)));
  CHECK(flow->matches(key_of(1), 1, ends(8, far, near)));
  CHECK(!flow->matches(key_of(2), 0, ends(7, near, far)));
  CHECK(!flow->matches(key_of(1), 0, ends(8, near, far)));
  CHECK(!flow->matches(key_of(1), 0, ends(7, far, far)));
  CHECK(!flow->matches(key_of(1), 0, ends(7, near, near)));
  flow->heard_ms[0].store(5);
  flow->heard_ms[1].store(0xffff'fff0);
  CHECK_EQUAL(flow->last_heard_ms(), 5u);
}

TEST("flow/flow_cache: grounds are equal when nothing changed, and tell what they were") {
  const Grounds one = Grounds::of(GenerationId{7}, 9);
  CHECK(one.word == Grounds::of(GenerationId{7}, 9).word);
  CHECK(one.word != Grounds::of(GenerationId{8}, 9).word);
  CHECK(one.word != Grounds::of(GenerationId{7}, 10).word);
  CHECK_EQUAL(one.generation(), 7u);
  CHECK_EQUAL(Grounds::of(GenerationId{7}, 0xffff'ffff).generation(), 7u);
}

TEST("flow/flow_cache: grounds speak for the ends that were judged, whatever the marks say") {
  const Grounds now = Grounds::of(GenerationId{7}, 9);
  for (unsigned marks = 0; marks < 64; ++marks) {
    const std::uint64_t first = now.word | Grounds::about(static_cast<std::uint8_t>(marks), Grounds::judged(0));
    CHECK(now.speak_for(first, 0) && !now.speak_for(first, 1) && now.same_as(first));
    CHECK(now.speak_for(first | Grounds::judged(1), 1));
    CHECK_EQUAL(Grounds{first}.marks(), marks);
    CHECK(!Grounds::of(GenerationId{7}, 10).speak_for(first, 0) && !Grounds::of(GenerationId{8}, 9).same_as(first));
  }
}

TEST("flow/flow_cache: what may not give way stays when its buckets are full, and the new one is refused") {
  Table table(4'096, 1);
  std::uint32_t kept = 0, refused = 0;
  for (std::uint32_t number = 1; number <= 4'096; ++number) {
    const std::uint32_t record = table.cache.take(0);
    REQUIRE(record != Cache::kNone);
    table.fill(record, number);
    Flow4& flow = table.cache.record(record);
    flow.key.protocol = 47;
    flow.confirmed.store(Grounds::about(Marks::kTracked, Grounds::judged(0)));
    flow.connection = TrackedConnection{};
    const FlowKey4 key = flow.key;
    (void)(table.cache.insert(0, record, hash_of(key, kSeed), [&](const Flow4& other) { return other.key == key; }) != Cache::kNone
               ? ++kept : ++refused);
    CHECK(flow.may_give_way());  // of a connection that one end alone began
  }
  CHECK_EQUAL(kept, 4'096u);
  CHECK_EQUAL(refused, 0u);
  std::uint32_t told = 0;
  CHECK(table.cache.evict(0, 64, [](const FlowKey4& key) { return hash_of(key, kSeed); }, [](const Flow4&) { return true; },
                          [&](const Flow4&) { ++told; }));
  CHECK(!table.cache.evict(0, 64, [](const FlowKey4& key) { return hash_of(key, kSeed); }, [](const Flow4&) { return false; },
                           [&](const Flow4&) { ++told; }));
  CHECK_EQUAL(told, 1u);
  CHECK_EQUAL(table.cache.size(), 4'095u);
}

// Workers that make, find and take out the same few flows in a cache that is too small for them, beside somebody
// who lists it: whoever holds a record between two quiet moments reads one flow and never half of another.
TEST("flow/flow_cache: workers at once: what is found is whole, what goes is told once, and no record is lost") {
  constexpr std::uint32_t kWorkers = 3, kPart = 24, kKeys = 96;
  constexpr int kRounds = 12'000;
  Table table(kWorkers * kPart, kWorkers);
  std::atomic<std::uint32_t> working{kWorkers};
  std::atomic<std::uint64_t> wrong{0}, hits{0}, made{0}, released{0};
  const auto check = [&](const Flow4& flow, std::uint32_t number) {
    if (flow.key.address[0] != number || flow.rule.load() != 3 * number || flow.end[0].port.value != number) wrong.fetch_add(1);
  };
  std::vector<std::thread> workers;
  for (std::uint32_t worker = 0; worker < kWorkers; ++worker)
    workers.emplace_back([&, worker] {
      table.epoch.wake(worker);
      std::uint64_t random = worker + 1;
      for (int round = 0; round < kRounds; ++round) {
        table.epoch.quiet(worker);
        random = random * 6'364'136'223'846'793'005u + 1'442'695'040'888'963'407u;
        const auto number = static_cast<std::uint32_t>(random >> 40) % kKeys + 1;
        const std::uint64_t hash = hash_of(key_of(number), kSeed);
        if (const std::uint32_t record = table.find(number); record != kNone) {
          hits.fetch_add(1, std::memory_order_relaxed);
          if (round % 16 == 0) std::this_thread::yield();  // where a record that is used again would change
          check(table.cache.record(record), number);
          if (random >> 33 & 1) table.cache.remove(record, hash);
        } else if (const std::uint32_t taken = table.cache.take(worker); taken != kNone) {
          table.fill(taken, number, static_cast<std::uint32_t>(round));
          const std::uint32_t kept = table.cache.insert(worker, taken, hash, Table::is(number));
          if (kept == taken) made.fetch_add(1, std::memory_order_relaxed);
          else if (kept != kNone) check(table.cache.record(kept), number);
        }
        if (round % 8 == 0)
          released.fetch_add(table.sweep(worker, kPart / 2, [&](const Flow4& flow) {
            return static_cast<std::uint32_t>(round) - flow.last_heard_ms() > 400;
          }).size());
      }
      table.epoch.sleep(worker);
      working.fetch_sub(1);
    });
  while (working.load() > 0) {
    table.epoch.wake(Epoch::kVisitor);
    table.cache.visit([&](std::uint32_t, const Flow4& flow) { check(flow, flow.key.address[0]); });
    table.epoch.sleep(Epoch::kVisitor);
    std::this_thread::yield();
  }
  for (std::thread& worker : workers) worker.join();
  CHECK_EQUAL(wrong.load(), std::uint64_t{0});
  CHECK(hits.load() > 0);
  CHECK_EQUAL(table.visited(), table.cache.size());
  for (std::uint32_t worker = 0; worker < kWorkers; ++worker) released += table.sweep(worker, kPart, kEverybody).size();
  CHECK_EQUAL(table.cache.size(), 0u);
  CHECK_EQUAL(released.load(), made.load());
  for (std::uint32_t worker = 0; worker < kWorkers; ++worker) {
    std::set<std::uint32_t> taken;
    for (std::uint32_t record; (record = table.cache.take(worker)) != kNone;) taken.insert(record);
    CHECK_EQUAL(taken.size(), std::size_t{kPart});
  }
}
