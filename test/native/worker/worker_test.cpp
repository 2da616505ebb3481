#include "worker/worker.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <initializer_list>
#include <thread>

#include "native/policies.hpp"

using namespace vsw;
using namespace vsw::test;

namespace {

constexpr std::uint16_t kHalf = 1000;      // to here each generation denies at one end, another at the other
constexpr std::uint16_t kAlways = 2000;    // to here every one allows, each by a rule of its own
constexpr int kCommits = 300;
constexpr int kCommitsMax = 10 * kCommits;

PlannedRule to_port(std::uint32_t id, std::uint8_t action, std::uint16_t port, std::uint32_t source = 0, std::uint32_t destination = 0) {
  return {.id = id, .action = action, .source = source, .destination = destination, .services = {{17, port, port, 0}}};
}

// What reaches station 2, by its destination port, until nothing more does.
struct Heard {
  std::uint64_t half = 0, always = 0;
  void take(SmallSwitch& small) {
    for (const Bytes& frame : small.receive(2)) ++(read(frame, 36, 2) == kHalf ? half : always);
  }
};

// Whether there is another commit to make: there are some hundreds, and more while no frame died of these reasons, since
// nobody says for how long a busy machine lets a generation stand.
bool goes_on(SmallSwitch& small, int round, std::initializer_list<DropReason> wanted) {
  if (round < kCommits) return true;
  const auto died = [&](DropReason reason) { return small.drops(1, reason) > 0; };
  if (round >= kCommitsMax || std::ranges::all_of(wanted, died)) return false;
  std::this_thread::sleep_for(std::chrono::milliseconds(1));
  return true;
}

}  // namespace

TEST("worker/worker: no frame is judged by rules of two generations, and none is lost that all of them allow") {
  SmallSwitch small(2, {2, 32, 4096, 256});
  // Ingress is list 1, egress list 2.
  small.commit(judged_network(2, {to_port(10, 1, kHalf), to_port(11, 0, kAlways)}, {to_port(20, 0, kHalf), to_port(21, 0, kAlways)}));
  std::atomic<bool> ends = false;
  std::thread control([&] {
    for (int round = 0; goes_on(small, round, {DropReason::k_ingress_denied, DropReason::k_egress_denied}); ++round) {
      const bool at_egress = round % 2 == 0;
      Edits edits;
      edits.put_rules(1, {to_port(10, at_egress ? 0 : 1, kHalf), to_port(at_egress ? 12 : 11, 0, kAlways), to_port(13, 1, 3000)});
      if (round % 3 == 0) edits.put_rules(2, {to_port(20, at_egress ? 1 : 0, kHalf), to_port(at_egress ? 22 : 21, 0, kAlways)});
      else edits.splice_rules(2, 0, 2, {to_port(20, at_egress ? 1 : 0, kHalf), to_port(at_egress ? 22 : 21, 0, kAlways)});
      small.commit(edits);
    }
    ends = true;
  });
  Heard heard;
  std::uint64_t sent = 0;
  for (std::uint16_t from_port = 1; !ends; from_port = static_cast<std::uint16_t>(from_port % 500 + 1)) {
    // Connections that are new, and some that are known already.
    if (small.send(1, udp4_frame(1, 2, from_port, kHalf))) (void)small.send(1, udp4_frame(1, 2, 7, kHalf));
    if (sent - heard.always < 1'000) sent += small.send(1, udp4_frame(1, 2, from_port, kAlways)) ? 1 : 0;
    heard.take(small);
  }
  control.join();
  for (int i = 0; i < 2'000 && heard.always < sent; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    heard.take(small);
  }
  CHECK_EQUAL(heard.half, 0u);
  CHECK_EQUAL(heard.always, sent);
  CHECK(sent > 0);
  CHECK(small.drops(1, DropReason::k_ingress_denied) > 0);
  CHECK(small.drops(1, DropReason::k_egress_denied) > 0);
  small.plane.stop();
  CHECK_EQUAL(small.broken_law(), "");
}

TEST("worker/worker: no frame sees the one address in a set of one generation and the other in a set of another") {
  SmallSwitch small(2, {2, 32, 4096, 256});
  const Bytes one = mapped(ip4_of(1)), two = mapped(ip4_of(2));
  Edits first = judged_network(2, {to_port(10, 0, kHalf, 7, 8), to_port(11, 0, kAlways), {.id = 12, .action = 1}});
  small.commit(first.put_address_sets(1, one, {7}).put_address_sets(1, two, {9}));
  std::atomic<bool> ends = false;
  std::thread control([&] {
    for (int round = 0; goes_on(small, round, {DropReason::k_ingress_denied}); ++round) {
      Edits edits;
      if (round % 2 == 0) edits.delete_address_sets(1, one).put_address_sets(1, two, {8, 9});
      else edits.put_address_sets(1, one, {7}).put_address_sets(1, two, {9});
      small.commit(edits);
    }
    ends = true;
  });
  Heard heard;
  std::uint64_t sent = 0;
  for (std::uint16_t from_port = 1; !ends; from_port = static_cast<std::uint16_t>(from_port % 500 + 1)) {
    (void)small.send(1, udp4_frame(1, 2, from_port, kHalf));
    if (sent - heard.always < 1'000) sent += small.send(1, udp4_frame(1, 2, from_port, kAlways)) ? 1 : 0;
    heard.take(small);
  }
  control.join();
  for (int i = 0; i < 2'000 && heard.always < sent; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    heard.take(small);
  }
  CHECK_EQUAL(heard.half, 0u);
  CHECK_EQUAL(heard.always, sent);
  CHECK(small.drops(1, DropReason::k_ingress_denied) > 0);
  small.plane.stop();
  CHECK_EQUAL(small.broken_law(), "");
}

TEST("worker/worker: a port that floods while it is attached gets nothing through before its policy is active") {
  SmallSwitch small(2, {2, 32, 4096, 256});
  small.commit(judged_network(2, {{.id = 10, .action = 0}}));
  for (std::uint32_t round = 0; round < 60; ++round) {
    // Port and policy come in one commit; the outside sends from the moment at which there is a device.
    std::atomic<bool> ends = false;
    std::thread flood([&] {
      while (!ends) {
        MemoryPort* port = small.port(3);
        if (port == nullptr) continue;
        for (int i = 0; i < 64; ++i) (void)port->send(udp4_frame(3, 2), {});
      }
    });
    small.commit(Edits().put_port({.id = 3}).put_rules(3, {{.id = 30, .action = 1}}).put_port_policy(3, 1, 3));
    const std::uint64_t before = small.drops(3, DropReason::k_egress_denied);
    for (int i = 0; i < 1'000 && small.drops(3, DropReason::k_egress_denied) == before; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    ends = true;
    flood.join();
    CHECK(small.drops(3, DropReason::k_egress_denied) > before);
    small.commit(Edits().delete_port(3).delete_rules(3));
    CHECK_EQUAL(small.receive(2).size(), 0u);
  }
}
