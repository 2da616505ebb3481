#include "worker/worker_group.hpp"

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <thread>

#include "native/small_switch.hpp"
#include "native/tap.hpp"

using namespace vsw;
using namespace vsw::test;

namespace {

// Tells when a worker took it over.
class NotedPort final : public Port {
 public:
  bool receive(Pool&, Batch&) noexcept override { return true; }
  std::uint64_t transmit(std::span<Packet* const>) noexcept override { return 0; }
  [[nodiscard]] PortInfo info() const noexcept override { return {}; }
  [[nodiscard]] PortType type() const noexcept override { return PortType::kMemory; }
  [[nodiscard]] int wake_fd() const noexcept override {
    taken_over.fetch_add(1);
    return -1;
  }
  mutable std::atomic<int> taken_over{0};
};

// Names of this process's threads that are those of workers.
std::set<std::string> worker_threads() {
  std::set<std::string> names;
  for (const auto& thread : std::filesystem::directory_iterator("/proc/self/task")) {
    std::string name;
    std::getline(std::ifstream(thread.path() / "comm"), name);
    if (name.starts_with("vsw-worker-")) names.insert(name);
  }
  return names;
}

}  // namespace

TEST("worker/worker_group: a thread bears the number of its worker") {
  SmallSwitch small(2);
  NotedPort port;
  small.plane.workers().attach(PortId{6}, port);
  small.plane.workers().settle();
  const std::set<std::string> wanted{"vsw-worker-0", "vsw-worker-1"};
  // One that never ran yet counts as asleep, and has no name.
  for (int wait = 0; wait < 5'000 && worker_threads() != wanted; ++wait) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  CHECK(worker_threads() == wanted);
  small.plane.workers().detach(PortId{6});
  small.plane.workers().settle();
}

TEST("worker/worker_group: after settling, a worker that slept has read its letters, too") {
  SmallSwitch small(2);
  for (int round = 0; round < 20; ++round) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));  // long enough for both to be asleep
    NotedPort first, second;
    small.plane.workers().attach(PortId{6}, first);
    small.plane.workers().attach(PortId{7}, second);
    small.plane.workers().settle();
    CHECK_EQUAL(first.taken_over.load(), 1);
    CHECK_EQUAL(second.taken_over.load(), 1);
    small.plane.workers().detach(PortId{6});
    small.plane.workers().detach(PortId{7});
    small.plane.workers().settle();
  }
}

TEST("worker/worker_group: a driven worker has read its letters once it is settled, so what it was lent may go") {
  SmallSwitch small;
  {
    NotedPort port;
    small.plane.workers().attach(PortId{6}, port);
    small.plane.workers().settle();
    CHECK_EQUAL(port.taken_over.load(), 1);
    small.plane.workers().detach(PortId{6});
    small.plane.workers().settle();
  }
  CHECK_EQUAL(small.plane.run(), 0u);
}

TEST("worker/worker_group: letters of several threads arrive whole") {
  SmallSwitch small(1);
  std::thread other([&] {
    for (int i = 0; i < 2'000; ++i) small.plane.flush_flows({});
  });
  for (int i = 0; i < 300; ++i) {
    NotedPort port;
    small.plane.workers().attach(PortId{6}, port);
    small.plane.workers().settle();
    CHECK_EQUAL(port.taken_over.load(), 1);
    small.plane.workers().detach(PortId{6});
    small.plane.workers().settle();
  }
  other.join();
}

TEST("worker/worker_group: a port belongs to the worker of its number") {
  SmallSwitch small(3);
  CHECK_EQUAL(small.plane.workers().size(), 3u);
  CHECK(!small.plane.workers().driven());
  SmallSwitch driven;
  CHECK_EQUAL(driven.plane.workers().size(), 1u);
  CHECK(driven.plane.workers().driven());
}

TEST("worker/worker_group: ends while its workers are busy, asleep or just woken, and twice does no harm") {
  for (int round = 0; round < 30; ++round) {
    SmallSwitch small(2);
    small.commit(one_network(4));
    if (round % 3 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(2));
    for (int i = 0; i < 50; ++i) small.send(1, udp4_frame(1, 2));
    small.plane.stop();
    small.plane.stop();
  }
}
