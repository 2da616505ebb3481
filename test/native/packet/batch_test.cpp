#include "packet/batch.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <vector>

#include "native/tap.hpp"

using namespace vsw;

namespace {

// Whether `work`, in a process of its own, is ended by an assertion.
template <class Work>
bool aborts(const Work& work) {
  std::fflush(stdout);
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(2);
    std::signal(SIGABRT, SIG_DFL);
    work();
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

}  // namespace

TEST("packet/batch: keeps the packets in the order in which they came") {
  std::vector<Packet> packets(Batch::kCapacity);
  Batch batch;
  CHECK(batch.empty());
  for (Packet& packet : packets) {
    CHECK(!batch.full());
    batch.push(packet);
  }
  CHECK(batch.full());
  REQUIRE(batch.packets().size() == packets.size());
  for (std::size_t i = 0; i < packets.size(); ++i) CHECK(batch.packets()[i] == &packets[i]);
  batch.release();
}

TEST("packet/batch: is empty once it was released, and may be filled again") {
  Packet packet;
  Batch batch;
  batch.push(packet);
  CHECK_EQUAL(batch.size(), 1u);
  batch.release();
  CHECK(batch.empty());
  CHECK(batch.packets().empty());
  batch.push(packet);
  CHECK_EQUAL(batch.size(), 1u);
  batch.release();
}

TEST("packet/batch: forgetting a packet ends the program") {
  Packet packet;
  CHECK(aborts([&] {
    Batch batch;
    batch.push(packet);
  }));
  CHECK(!aborts([&] {
    Batch batch;
    batch.push(packet);
    batch.release();
  }));
}

TEST("packet/batch: a packet too many ends the program") {
  Packet packet;
  CHECK(aborts([&] {
    Batch batch;
    for (std::uint32_t i = 0; i <= Batch::kCapacity; ++i) batch.push(packet);
  }));
}
