// A parsed packet finds its flow: the key with its hash, and the lookup that hits.
#include <cstring>
#include <memory>

#include "flow/flow_cache.hpp"
#include "native/bench.hpp"
#include "native/stations.hpp"
#include "packet/pool.hpp"
#include "pipeline/prepare.hpp"

namespace vsw::bench {

namespace {

constexpr HashSeed kSeed{0x1234'5678'9abc'def0, 0x0fed'cba9'8765'4321};

Packet& prepared(Pool& pool, const test::Bytes& frame) {
  Packet& packet = *pool.take();
  std::memcpy(packet.data, frame.data(), frame.size());
  packet.length = static_cast<std::uint32_t>(frame.size());
  const DropReason reason = prepare(packet, false);
  keep(reason);
  return packet;
}

void add_key(Cases& cases, const char* name, const test::Bytes& frame) {
  cases.push_back({std::string("flow key: ") + name, [frame]() -> Work {
                     auto pool = std::make_shared<Pool>(64);
                     return [pool, frame](std::uint32_t packets) {
                       Packet& packet = prepared(*pool, frame);
                       FlowKey key;
                       for (std::uint32_t i = 0; i < packets; ++i) {
                         make_flow_key(packet, NetworkId{1}, kSeed, key);
                         keep(key);
                       }
                       pool->give(packet);
                     };
                   }});
}

// So many flows, looked up in an order that no prefetcher guesses, in the three passes that a worker makes of a batch.
struct Flows {
  explicit Flows(std::uint32_t count) : cache(2 * count + 64, 1, epoch), keys(count), hashes(count), order(count) {
    std::uint64_t random = 1;
    for (std::uint32_t i = 0; i < count; ++i) {
      FlowKey4& key = keys[i];
      key = {{0x0100'000a, 0x0200'000a}, {static_cast<std::uint16_t>(i), static_cast<std::uint16_t>(i >> 16)}, 1, 17, 4};
      hashes[i] = hash_of(key, kSeed);
      const std::uint32_t number = cache.take(0);
      Flow4& flow = cache.record(number);
      flow.key = key;
      flow.end[0].port = PortId{1};
      flow.end[1].port = PortId{2};
      flow.end[0].mac = Mac::read(frame.data() + 6);
      flow.end[1].mac = Mac::read(frame.data());
      const std::uint32_t kept = cache.insert(0, number, hashes[i], [&](const Flow4& other) { return other.key == key; });
      keep(kept);
      order[i] = i;
    }
    for (std::uint32_t i = count; i-- > 1;) {
      random = random * 6'364'136'223'846'793'005u + 1'442'695'040'888'963'407u;
      std::swap(order[i], order[(random >> 33) % (i + 1)]);
    }
  }
  void look_up(std::uint32_t packets) {
    constexpr std::uint32_t kBatch = 64;
    std::uint32_t at[kBatch], candidate[kBatch];
    for (std::uint32_t done = 0; done < packets; done += kBatch) {
      for (std::uint32_t& lane : at) {
        lane = order[next];
        next = next + 1 == order.size() ? 0 : next + 1;
        cache.prefetch_bucket(hashes[lane]);
      }
      for (std::uint32_t i = 0; i < kBatch; ++i) candidate[i] = cache.candidate(hashes[at[i]]);
      for (std::uint32_t i = 0; i < kBatch; ++i) {
        const bool hit = candidate[i] != FlowCache<FlowKey4>::kNone &&
                         cache.record(candidate[i]).matches(keys[at[i]], 0, FrameEnds::read(frame.data(), PortId{1}));
        keep(hit);
      }
    }
  }

  const test::Bytes frame = test::udp4_frame(1, 2);  // where the ends are read from
  Epoch epoch;
  FlowCache<FlowKey4> cache;
  std::vector<FlowKey4> keys;
  std::vector<std::uint64_t> hashes;
  std::vector<std::uint32_t> order;
  std::uint32_t next = 0;
};

}  // namespace

void add_flow(Cases& cases) {
  add_key(cases, "IPv4", test::udp4_frame(1, 2));
  add_key(cases, "IPv6", test::udp6_frame(1, 2));
  for (const auto& [name, count] : {std::pair{"1 flow", 1u}, {"1k flows", 1'000u}, {"100k flows", 100'000u}})
    cases.push_back({std::string("lookup hit: ") + name, [count = count]() -> Work {
                       auto flows = std::make_shared<Flows>(count);
                       return [flows](std::uint32_t packets) { flows->look_up(packets); };
                     }});
}

}  // namespace vsw::bench
