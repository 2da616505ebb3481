#include "port/tap_queue.hpp"

#include <arpa/inet.h>
#include <net/if.h>
#include <poll.h>
#include <sys/socket.h>

#include <cstring>
#include <map>
#include <set>

#include "native/scratch_netns.hpp"
#include "native/small_switch.hpp"
#include "port/netlink.hpp"

using namespace vsw;
using namespace vsw::test;

namespace {

constexpr std::uint16_t kService = 7'777;

PlannedPort tap(std::uint16_t id, const ScratchNetns& netns, std::uint8_t queues) {
  return {.id = id, .type = 1, .queues = queues, .netns = netns.path(), .device = "eth0"};
}
Edits pair_of_taps(const ScratchNetns& one, const ScratchNetns& other, std::uint8_t queues) {
  Edits edits;
  return edits.put_network().put_port(tap(1, one, queues)).put_port(tap(2, other, queues));
}

sockaddr_in address_of(std::uint16_t station, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  const std::uint32_t word = htonl(0x0a4d'0000u | station);
  std::memcpy(&address.sin_addr, &word, sizeof word);
  return address;
}
UniqueFd udp_socket(const ScratchNetns& netns, std::uint16_t station, std::uint16_t port) {
  UniqueFd fd;
  netns.run([&] {
    fd = UniqueFd(::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    const sockaddr_in own = address_of(station, port);
    if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&own), sizeof own) != 0) fail(__FILE__, __LINE__, "bind");
  });
  return fd;
}
bool is_readable(int fd, int timeout_ms) {
  pollfd asked{fd, POLLIN, 0};
  return ::poll(&asked, 1, timeout_ms) == 1;
}

std::uint32_t queues_of(const ScratchNetns& netns) {
  std::uint32_t count = 0;
  netns.run([&] {
    Result<Netlink> netlink = Netlink::open();
    if (netlink)
      if (Result<Link> link = netlink.value().find_link("eth0"); link) count = link.value().tap_queues;
  });
  return count;
}

std::uint64_t received_by(SmallSwitch& small, std::uint32_t worker, std::uint16_t port) {
  const Counters& counters = small.plane.fabric().counters;
  const std::size_t row = std::size_t{worker} * counters.port_count() + port;
  std::uint64_t& cell = small.plane.fabric().counters.cells()[row * kRowLength + static_cast<std::size_t>(Counter::k_received_packets)];
  return std::atomic_ref<std::uint64_t>(cell).load(std::memory_order_relaxed);
}

}  // namespace

TEST("port/tap_queue: two workers share the flows of a TAP, and each flow stays in order, there and back") {
  if (!ScratchNetns::possible()) return;
  const ScratchNetns one, other;
  SmallSwitch small(2);
  small.commit(pair_of_taps(one, other, 2));
  CHECK_EQUAL(queues_of(one), 2u);

  constexpr std::uint32_t kFlows = 32, kAtOnce = 4, kRounds = 60;
  const UniqueFd server = udp_socket(other, 2, kService);
  std::vector<UniqueFd> clients;
  for (std::uint32_t flow = 0; flow < kFlows; ++flow)
    clients.push_back(udp_socket(one, 1, static_cast<std::uint16_t>(20'000 + flow)));
  const sockaddr_in to = address_of(2, kService);

  // Both kernels learn the other's MAC first: what waits for that may be overtaken by what did not have to.
  const std::uint32_t zero = 0;
  std::uint32_t echoed = 1;
  sockaddr_in first{};
  socklen_t first_length = sizeof first;
  (void)::sendto(clients[0].get(), &zero, sizeof zero, 0, reinterpret_cast<const sockaddr*>(&to), sizeof to);
  REQUIRE(is_readable(server.get(), 5'000));
  (void)::recvfrom(server.get(), &echoed, sizeof echoed, 0, reinterpret_cast<sockaddr*>(&first), &first_length);
  (void)::sendto(server.get(), &echoed, sizeof echoed, 0, reinterpret_cast<const sockaddr*>(&first), sizeof first);
  REQUIRE(is_readable(clients[0].get(), 5'000));
  (void)::recv(clients[0].get(), &echoed, sizeof echoed, 0);
  CHECK_EQUAL(echoed, 0u);

  std::map<std::uint16_t, std::uint32_t> heard;        // by client's port: the last number that came
  std::vector<std::uint32_t> answered(kFlows, 0);      // by client
  std::uint32_t disorder = 0, arrived = 0, returned = 0, number = 0;
  for (std::uint32_t round = 0; round < kRounds; ++round) {
    for (std::uint32_t i = 0; i < kAtOnce; ++i) {
      ++number;
      for (const UniqueFd& client : clients)
        (void)::sendto(client.get(), &number, sizeof number, 0, reinterpret_cast<const sockaddr*>(&to), sizeof to);
    }
    const std::uint32_t wanted = (round + 1) * kAtOnce * kFlows;
    while (arrived < wanted && is_readable(server.get(), 500)) {
      sockaddr_in from{};
      socklen_t length = sizeof from;
      std::uint32_t said = 0;
      if (::recvfrom(server.get(), &said, sizeof said, 0, reinterpret_cast<sockaddr*>(&from), &length) != sizeof said) break;
      ++arrived;
      std::uint32_t& last = heard[ntohs(from.sin_port)];
      if (said <= last) ++disorder;
      last = said;
      (void)::sendto(server.get(), &said, sizeof said, 0, reinterpret_cast<const sockaddr*>(&from), sizeof from);
    }
    for (std::uint32_t flow = 0; flow < kFlows; ++flow)
      while (answered[flow] < heard[static_cast<std::uint16_t>(20'000 + flow)] && is_readable(clients[flow].get(), 500)) {
        std::uint32_t said = 0;
        if (::recv(clients[flow].get(), &said, sizeof said, 0) != sizeof said) break;
        ++returned;
        if (said <= answered[flow]) ++disorder;
        answered[flow] = said;
      }
  }
  CHECK_EQUAL(disorder, 0u);
  CHECK_EQUAL(heard.size(), kFlows);
  CHECK(arrived > kRounds * kAtOnce * kFlows / 2);
  CHECK(returned > arrived / 2);
  for (const std::uint16_t port : {1, 2})
    for (std::uint32_t worker = 0; worker < 2; ++worker) CHECK(received_by(small, worker, port) > kRounds);
  small.plane.stop();
  CHECK_EQUAL(small.broken_law(), std::string());
}

TEST("port/tap_queue: a connection stays with one worker, so each direction has one writer") {
  if (!ScratchNetns::possible()) return;
  const ScratchNetns one, other;
  SmallSwitch small(2);
  small.commit(pair_of_taps(one, other, 2));
  const UniqueFd server = udp_socket(other, 2, kService);
  const sockaddr_in to = address_of(2, kService);
  for (std::uint16_t flow = 0; flow < 24; ++flow) {
    const UniqueFd client = udp_socket(one, 1, static_cast<std::uint16_t>(21'000 + flow));
    for (std::uint32_t i = 0; i < 5; ++i) {
      (void)::sendto(client.get(), &i, sizeof i, 0, reinterpret_cast<const sockaddr*>(&to), sizeof to);
      sockaddr_in from{};
      socklen_t length = sizeof from;
      std::uint32_t said;
      if (!is_readable(server.get(), 2'000)) continue;
      (void)::recvfrom(server.get(), &said, sizeof said, 0, reinterpret_cast<sockaddr*>(&from), &length);
      (void)::sendto(server.get(), &said, sizeof said, 0, reinterpret_cast<const sockaddr*>(&from), sizeof from);
      if (is_readable(client.get(), 2'000)) (void)::recv(client.get(), &said, sizeof said, 0);
    }
  }
  small.plane.stop();
  std::uint32_t seen = 0;
  std::set<std::uint32_t> owners;
  small.plane.fabric().flows4.visit([&](std::uint32_t, const Flow4& flow) {
    if (flow.key.protocol != 17 || (flow.confirmed.load() & Grounds::kJudged) != Grounds::kJudged) return;
    ++seen;
    CHECK_EQUAL(flow.turn[0].owner(), flow.turn[1].owner());
    owners.insert(flow.turn[0].owner());
  });
  CHECK_EQUAL(seen, 24u);
  CHECK_EQUAL(owners.size(), 2u);
}

TEST("port/tap_queue: a TAP of several queues outlives its switch and is opened again, by as many workers as there are") {
  if (!ScratchNetns::possible()) return;
  const ScratchNetns one, other;
  std::string before;
  for (const std::uint32_t threads : {2u, 1u, 3u}) {
    SmallSwitch small(threads);
    small.commit(pair_of_taps(one, other, 3));
    CHECK_EQUAL(queues_of(one), threads);
    std::string now;
    one.run([&] { now = std::to_string(::if_nametoindex("eth0")); });
    if (before.empty()) before = now;
    CHECK_EQUAL(now, before);
  }
  CHECK_EQUAL(queues_of(one), 0u);
}

TEST("port/tap_queue: a TAP that another switch serves, and another number of queues, are refused by name") {
  if (!ScratchNetns::possible()) return;
  const ScratchNetns one, other;
  {
    SmallSwitch small(2);
    small.commit(pair_of_taps(one, other, 2));
    SmallSwitch second(2);
    const Error used = second.refuse(pair_of_taps(one, other, 2));
    CHECK(used.code == ErrorCode::kDeviceClash && has(used.message, "in use by another process"));
    CHECK_EQUAL(queues_of(one), 2u);
    for (const std::uint8_t queues : {1, 3}) {
      const Error changed = small.refuse(Edits().put_port(tap(1, one, queues)));
      CHECK(changed.code == ErrorCode::kDeviceClash && changed.subject == 1 && has(changed.message, "spec.queues: 2"));
    }
    small.commit(Edits().delete_port(1));
    small.commit(Edits().put_port(tap(1, one, 1)));
    CHECK_EQUAL(queues_of(one), 0u);
  }
  SmallSwitch small(2);
  const Error few = small.refuse(pair_of_taps(one, other, 1));
  CHECK(few.code == ErrorCode::kDeviceClash && has(few.message, "for several queues") && has(few.message, "2 or more"));
  const Error many = small.refuse(pair_of_taps(one, other, 2));
  CHECK(many.code == ErrorCode::kDeviceClash && has(many.message, "for one queue") && has(many.message, "spec.queues: 1"));
}
