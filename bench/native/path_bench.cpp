// A frame's whole life: copied in by a port, parsed, found or judged, handed to the other port.
//
// The ports are captures, as in the scenario memory-forward: one played over and over, each frame copied in as a NIC
// would, and one that is only a place to go to. What the source and the sink cost by themselves stands in their own case.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <memory>

#include "commit/dataplane.hpp"
#include "native/bench.hpp"
#include "native/edits.hpp"
#include "native/stations.hpp"
#include "packet/pool.hpp"
#include "port/pcap_port.hpp"

namespace vsw::bench {

namespace {

struct Capture {
  Capture() {
    if (const int fd = mkstemp(name); fd >= 0) close(fd);
    file = std::fopen(name, "wb");
    if (file == nullptr) std::abort();
    put(0xa1b2'c3d4u, 4), put(2, 2), put(4, 2), put(0, 8), put(65'535, 4), put(1, 4);
  }
  ~Capture() {
    finish();
    unlink(name);
  }
  void put(std::uint64_t value, std::size_t size) { std::fwrite(&value, size, 1, file); }
  void add(const test::Bytes& frame) {
    put(0, 8), put(frame.size(), 4), put(frame.size(), 4);
    std::fwrite(frame.data(), frame.size(), 1, file);
  }
  void finish() {
    if (file != nullptr) std::fclose(file);
    file = nullptr;
  }
  char name[32] = "/tmp/vsw-bench-XXXXXX";
  std::FILE* file = nullptr;
};

// Flows in an order by chance, so that no two neighbours lie side by side in the tables.
void fill(Capture& capture, std::uint32_t flows) {
  std::vector<std::uint32_t> order(std::max(flows, 64u));
  for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i % flows;
  std::uint64_t random = 1;
  for (std::size_t i = order.size(); i-- > 1;) {
    random = random * 6'364'136'223'846'793'005u + 1'442'695'040'888'963'407u;
    std::swap(order[i], order[(random >> 33) % (i + 1)]);
  }
  for (const std::uint32_t flow : order)
    capture.add(test::udp4_frame(1, 2, static_cast<std::uint16_t>(1024 + flow % 32'768),
                                 static_cast<std::uint16_t>(1024 + flow / 32'768)));
  capture.finish();
}

struct Path {
  Path(std::uint32_t flows, bool anti_spoof, std::uint32_t flows_max, std::uint32_t rules) : plane({0, true, GenerationId{1}, {1, 32, 262'144, 256}}) {
    fill(capture, flows);
    silence.finish();
    test::Edits edits;
    edits.put_network();
    edits.put_port({.id = 2, .type = 3, .anti_spoof = anti_spoof, .pcap_read = silence.name});
    edits.put_port({.id = 1, .type = 3, .anti_spoof = anti_spoof, .flows_max = flows_max, .pcap_read = capture.name, .pcap_repeat = true,
                    .connections_max = flows_max});
    if (rules > 0) {
      // Each of another protocol's port but the last, which allows everything.
      std::vector<test::PlannedRule> list(rules);
      for (std::uint32_t i = 0; i < rules; ++i) list[i].id = 2 + i;
      for (std::uint32_t i = 0; i + 1 < rules; ++i)
        list[i].services = {{132, static_cast<std::uint16_t>(1 + i), static_cast<std::uint16_t>(1 + i), 0}};
      edits.put_rules(1, list).put_port_policy(1, 1, 1).put_port_policy(2, 1, 1);
    }
    if (!plane.commit(edits)) std::abort();
    plane.workers().drive(std::max(flows, 64u) + 64);  // every flow's first packet
  }
  void move(std::uint32_t packets) {
    const std::uint32_t moved = plane.workers().drive(packets);
    keep(moved);
  }
  Capture capture, silence;
  Dataplane plane;
};

void add_way(Cases& cases, const char* name, std::uint32_t flows, bool anti_spoof, std::uint32_t flows_max = 262'144,
             std::uint32_t rules = 0) {
  cases.push_back({std::string("path: ") + name, [=]() -> Work {
                     auto path = std::make_shared<Path>(flows, anti_spoof, flows_max, rules);
                     return [path](std::uint32_t packets) { path->move(packets); };
                   }});
}

// The source alone: frames copied into packets of the pool and given back.
struct Source {
  Source() : pool(256) {
    fill(capture, 1'000);
    PortSettings settings;
    settings.type = PortType::kPcap;
    settings.pcap_read = capture.name;
    settings.pcap_repeat = true;
    Result<std::shared_ptr<PcapPort>> opened = PcapPort::open(settings, clock);
    if (!opened) std::abort();
    port = opened.value();
  }
  void receive(std::uint32_t packets) {
    for (std::uint32_t done = 0; done < packets;) {
      Batch batch;
      port->receive(pool, batch);
      done += batch.size();
      for (Packet* packet : batch.packets()) pool.give(*packet);
      batch.release();
    }
  }
  Clock clock{Clock::Kind::kVirtual};
  Capture capture;
  Pool pool;
  std::shared_ptr<PcapPort> port;
};

}  // namespace

void add_path(Cases& cases) {
  cases.push_back({"port: copied in from a capture, 60 B", []() -> Work {
                     auto source = std::make_shared<Source>();
                     return [source](std::uint32_t packets) { source->receive(packets); };
                   }});
  add_way(cases, "hit, 1 flow, anti-spoof", 1, true);
  add_way(cases, "hit, 1k flows, anti-spoof", 1'000, true);
  add_way(cases, "hit, 1k flows, L2", 1'000, false);
  add_way(cases, "hit, 100k flows, anti-spoof", 100'000, true);
  add_way(cases, "hit, 1k connections, 1,000 rules", 1'000, true, 262'144, 1'000);
  add_way(cases, "hit, 100k connections, 1,000 rules", 100'000, true, 262'144, 1'000);
  add_way(cases, "miss, anti-spoof", 1'000, true, 1);
  add_way(cases, "miss, 1,000 rules", 1'000, true, 1, 1'000);
}

}  // namespace vsw::bench
