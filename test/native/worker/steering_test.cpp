#include "worker/steering.hpp"

#include <set>

#include "native/tap.hpp"

using namespace vsw;

TEST("worker/steering: each queue of a port has a worker of its own, who transmits by that very queue") {
  for (std::uint32_t workers = 1; workers <= 8; ++workers)
    for (std::uint16_t port = 1; port < 40; ++port)
      for (std::uint32_t queues = 1; queues <= workers; ++queues) {
        const Steering steering(PortId{port}, queues, workers);
        std::set<std::uint32_t> owners;
        for (std::uint32_t queue = 0; queue < queues; ++queue) {
          const std::uint32_t owner = steering.worker_of(queue);
          CHECK(owner < workers);
          owners.insert(owner);
          CHECK_EQUAL(steering.queue_of(owner), queue);
        }
        CHECK_EQUAL(owners.size(), queues);
        for (std::uint32_t worker = 0; worker < workers; ++worker) CHECK(steering.queue_of(worker) < queues);
      }
}

TEST("worker/steering: ports of one queue are dealt out among the workers") {
  std::set<std::uint32_t> owners;
  for (std::uint16_t port = 1; port <= 4; ++port) owners.insert(Steering(PortId{port}, 1, 4).worker_of(0));
  CHECK_EQUAL(owners.size(), 4u);
}

TEST("worker/steering: where every worker has a queue of every port, a number is a worker") {
  for (std::uint16_t port = 1; port <= 5; ++port)
    for (std::uint32_t queue = 0; queue < 3; ++queue)
      CHECK_EQUAL(Steering(PortId{port}, 3, 3).worker_of(queue), Steering(PortId{1}, 3, 3).worker_of(queue));
}
