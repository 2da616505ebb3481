#include "telemetry/counters.hpp"

#include <set>
#include <string>
#include <thread>
#include <vector>

#include "native/tap.hpp"

using namespace vsw;

namespace {

constexpr auto kReceived = Counter::k_received_packets;

std::uint64_t sum(Counters& counters) {
  std::uint64_t all = 0;
  for (const std::uint64_t cell : counters.cells()) all += cell;
  return all;
}

}  // namespace

TEST("telemetry/counters: begin at zero, and each counter of each port and worker is a cell of its own") {
  constexpr std::uint32_t kWorkers = 2, kPorts = 3;
  Counters counters(kWorkers, kPorts);
  CHECK_EQUAL(counters.worker_count(), kWorkers);
  CHECK_EQUAL(counters.port_count(), kPorts);
  CHECK_EQUAL(counters.cells().size(), std::size_t{kWorkers} * kPorts * kRowLength);
  CHECK_EQUAL(sum(counters), std::uint64_t{0});
  std::uint64_t amount = 0, all = 0;
  for (std::uint32_t worker = 0; worker < kWorkers; ++worker)
    for (std::uint16_t port = 0; port < kPorts; ++port)
      for (std::size_t counter = 0; counter < kCounterCount; ++counter) {
        counters.page(worker).add(PortId{port}, static_cast<Counter>(counter), ++amount);
        all += amount;
      }
  for (std::uint16_t port = 0; port < kPorts; ++port)
    for (std::size_t counter = 0; counter < kCounterCount; ++counter) {
      const std::uint64_t first = port * kCounterCount + counter + 1;
      CHECK_EQUAL(counters.read(PortId{port}, static_cast<Counter>(counter)), 2 * first + kPorts * kCounterCount);
    }
  CHECK_EQUAL(sum(counters), all);
}

// What JavaScript relies on: it reads the cells by this formula, with no call.
TEST("telemetry/counters: a cell is found by worker, port, and its place in the row") {
  Counters counters(3, 5);
  const auto cell = [&](std::size_t worker, std::size_t port, std::size_t place) {
    return counters.cells()[(worker * 5 + port) * kRowLength + place];
  };
  counters.page(2).add(PortId{4}, Counter::k_macs_refused, 11);
  CHECK_EQUAL(cell(2, 4, static_cast<std::size_t>(Counter::k_macs_refused)), std::uint64_t{11});
  counters.page(1).drop_received(PortId{3}, DropReason::k_bug, 2, 128);
  constexpr auto kBug = static_cast<std::size_t>(DropReason::k_bug);
  CHECK_EQUAL(cell(1, 3, kCounterCount + 2 * kBug), std::uint64_t{2});
  CHECK_EQUAL(cell(1, 3, kCounterCount + 2 * kBug + 1), std::uint64_t{128});
  counters.page(0).drop_transmitted(PortId{1}, DropReason::k_frame_too_short, 3, 180);
  CHECK_EQUAL(cell(0, 1, kCounterCount + 2 * (kDropReasonCount + 1)), std::uint64_t{3});
  CHECK_EQUAL(cell(0, 1, kCounterCount + 2 * (kDropReasonCount + 1) + 1), std::uint64_t{180});
  CHECK_EQUAL(sum(counters), std::uint64_t{11 + 2 + 2 + 128 + 3 + 3 + 180});
}

TEST("telemetry/counters: a drop counts as dropped and by its reason, on its side alone") {
  Counters counters(1, 2);
  const PortId port{1};
  for (std::size_t i = 1; i < kDropReasonCount; ++i) {
    counters.page(0).drop_received(port, static_cast<DropReason>(i), i, 100 * i);
    counters.page(0).drop_transmitted(port, static_cast<DropReason>(i), 1'000 * i, 7);
  }
  std::uint64_t received = 0, transmitted = 0;
  for (std::size_t i = 1; i < kDropReasonCount; ++i) {
    CHECK_EQUAL(counters.read_drops(port, static_cast<DropReason>(i), false), std::uint64_t{i});
    CHECK_EQUAL(counters.read_drops(port, static_cast<DropReason>(i), true), std::uint64_t{1'000 * i});
    received += i;
    transmitted += 1'000 * i;
  }
  CHECK_EQUAL(counters.read(port, Counter::k_dropped_packets), received);
  CHECK_EQUAL(counters.read(port, Counter::k_transmit_dropped_packets), transmitted);
  CHECK_EQUAL(counters.read_drops(port, DropReason::kNone, false), std::uint64_t{0});
}

TEST("telemetry/counters: the last port of the last worker lies inside") {
  Counters counters(4, 8);
  counters.page(3).drop_transmitted(PortId{7}, static_cast<DropReason>(kDropReasonCount - 1), 1, 60);
  CHECK_EQUAL(counters.cells().back(), std::uint64_t{60});
}

TEST("telemetry/counters: numbers beyond 32 bits are counted") {
  Counters counters(2, 2);
  const std::uint64_t much = std::uint64_t{1} << 40;
  for (const std::uint32_t worker : {0u, 1u}) counters.page(worker).add(PortId{1}, Counter::k_received_bytes, much);
  CHECK_EQUAL(counters.read(PortId{1}, Counter::k_received_bytes), 2 * much);
}

TEST("telemetry/counters: a port that goes leaves its counts in row 0, worker by worker, and an empty row") {
  Counters counters(2, 4);
  const auto count = [&](std::uint16_t port, std::uint64_t times) {
    for (const std::uint32_t worker : {0u, 1u}) {
      counters.page(worker).add(PortId{port}, kReceived, times * (worker + 1));
      counters.page(worker).drop_received(PortId{port}, DropReason::k_hairpin, times, 60 * times);
    }
  };
  count(1, 10);
  count(2, 100);
  const std::uint64_t before = sum(counters);
  counters.retire(PortId{1});
  CHECK_EQUAL(counters.read(PortId{1}, kReceived), std::uint64_t{0});
  CHECK_EQUAL(counters.read_drops(PortId{1}, DropReason::k_hairpin, false), std::uint64_t{0});
  CHECK_EQUAL(counters.read(PortId{0}, kReceived), std::uint64_t{30});
  CHECK_EQUAL(counters.read(PortId{2}, kReceived), std::uint64_t{300});
  CHECK_EQUAL(sum(counters), before);
  CHECK_EQUAL(counters.cells()[0], std::uint64_t{10});

  count(1, 1);  // the slot's next owner
  counters.retire(PortId{1});
  counters.retire(PortId{1});
  CHECK_EQUAL(counters.read(PortId{0}, kReceived), std::uint64_t{33});
  CHECK_EQUAL(counters.read_drops(PortId{0}, DropReason::k_hairpin, false), std::uint64_t{22});
}

TEST("telemetry/counters: workers count at once, and whoever reads meanwhile sees numbers grow only") {
  constexpr std::uint32_t kWorkers = 3;
  constexpr std::uint64_t kRounds = 20'000;
  Counters counters(kWorkers, 2);
  const PortId port{1};
  std::atomic<std::uint32_t> counting{kWorkers};
  std::vector<std::thread> workers;
  for (std::uint32_t worker = 0; worker < kWorkers; ++worker)
    workers.emplace_back([&, worker] {
      CounterPage page = counters.page(worker);
      for (std::uint64_t i = 0; i < kRounds; ++i) {
        page.add(port, kReceived, 1);
        page.drop_received(port, DropReason::k_mac_spoofed, 2, 120);
      }
      counting.fetch_sub(1);
    });
  bool grew = true;
  for (std::uint64_t before = 0; counting.load() > 0;) {
    const std::uint64_t now = counters.read(port, kReceived);
    grew = grew && now >= before;
    before = now;
    std::this_thread::yield();
  }
  for (std::thread& worker : workers) worker.join();
  CHECK(grew);
  CHECK_EQUAL(counters.read(port, kReceived), kWorkers * kRounds);
  CHECK_EQUAL(counters.read(port, Counter::k_dropped_packets), 2 * kWorkers * kRounds);
  CHECK_EQUAL(counters.read_drops(port, DropReason::k_mac_spoofed, false), 2 * kWorkers * kRounds);
}

TEST("telemetry/counters: every drop reason has a name of its own and a sentence") {
  std::set<std::string> names, sentences;
  for (std::size_t i = 0; i < kDropReasonCount; ++i) {
    names.insert(name_of(static_cast<DropReason>(i)));
    sentences.insert(sentence_of(static_cast<DropReason>(i)));
  }
  CHECK_EQUAL(names.size(), kDropReasonCount);
  CHECK_EQUAL(sentences.size(), kDropReasonCount);
  CHECK_EQUAL(names.count(""), std::size_t{0});
  CHECK_EQUAL(sentences.count(""), std::size_t{0});
  CHECK_EQUAL(std::string(name_of(DropReason::kNone)), std::string("none"));
  CHECK_EQUAL(std::string(name_of(DropReason::k_mac_spoofed)), std::string("mac_spoofed"));
  CHECK_EQUAL(std::string(sentence_of(DropReason::k_mac_spoofed)), std::string("the port may not send from this MAC"));
}
