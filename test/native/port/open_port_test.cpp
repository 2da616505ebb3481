#include "port/open_port.hpp"

#include <cstdlib>
#include <string>

#include "native/scratch_netns.hpp"
#include "native/tap_settings.hpp"

using namespace vsw;
using namespace vsw::test;

namespace {

const Clock kClock(Clock::Kind::kVirtual);

PortSettings of_type(PortType type) {
  PortSettings settings;
  settings.type = type;
  return settings;
}

}  // namespace

TEST("port/open_port: a memory port that takes offloads as its settings say") {
  for (const bool offloads : {false, true}) {
    PortSettings settings = of_type(PortType::kMemory);
    settings.offloads = offloads;
    const auto opened = open_port(settings, kClock);
    REQUIRE(opened.ok());
    Port& port = *opened.value();
    CHECK(port.type() == PortType::kMemory);
    CHECK_EQUAL(port.info().takes_tcp4, offloads);
    CHECK(as_memory_port(port) == &port);
  }
}

TEST("port/open_port: a pcap port, or its error as it is") {
  char folder[] = "/tmp/vsw-open-port-XXXXXX";
  REQUIRE(::mkdtemp(folder) != nullptr);
  PortSettings settings = of_type(PortType::kPcap);
  settings.pcap_write = std::string(folder) + "/out.pcap";
  const auto opened = open_port(settings, kClock);
  CHECK(opened.ok());
  if (opened) {
    CHECK(opened.value()->type() == PortType::kPcap);
    CHECK(as_memory_port(*opened.value()) == nullptr);
  }
  ::unlink(settings.pcap_write.c_str());
  ::rmdir(folder);
  settings.pcap_read = std::string(folder) + "/in.pcap";
  const auto refused = open_port(settings, kClock);
  REQUIRE(!refused.ok());
  CHECK(has(refused.error().message, settings.pcap_read));
}

TEST("port/open_port: a type that nobody knows is refused") {
  for (const int type : {0, 4, 255}) {
    const auto refused = open_port(of_type(static_cast<PortType>(type)), kClock);
    REQUIRE(!refused.ok());
    CHECK(refused.error().code == ErrorCode::kInvalid);
  }
}

TEST("port/open_port: a TAP in its namespace, which is changed, abandoned and removed through its port") {
  if (!ScratchNetns::possible()) return;
  const ScratchNetns netns;
  const PortSettings settings = tap_settings(netns);
  const auto is_there = [&] { return !has(netns.shell("ip link show dev eth0"), "does not exist"); };
  {
    const auto opened = open_port(settings, kClock);
    REQUIRE(opened.ok());
    CHECK(opened.value()->type() == PortType::kTap);
    CHECK(as_memory_port(*opened.value()) == nullptr);
    PortSettings other = settings;
    other.mtu = 1'300;
    CHECK(reconfigure_port(*opened.value(), settings, other).ok());
    CHECK(has(netns.shell("ip link show dev eth0"), "mtu 1300"));
    abandon_port(*opened.value());
  }
  CHECK(!is_there());
  open_port(settings, kClock).value().reset();
  CHECK(is_there());
  {
    const auto opened = open_port(settings, kClock);
    REQUIRE(opened.ok());
    abandon_port(*opened.value());  // it was there before
  }
  CHECK(is_there());
  {
    const auto opened = open_port(settings, kClock);
    REQUIRE(opened.ok());
    remove_device(*opened.value());
  }
  CHECK(!is_there());
  PortSettings absent = settings;
  absent.netns = "/run/netns/no-such-name";
  const auto refused = open_port(absent, kClock);
  REQUIRE(!refused.ok());
  CHECK(refused.error().code == ErrorCode::kNamespaceAbsent);
}

TEST("port/open_port: a port without a device has nothing to change, abandon or remove") {
  const PortSettings settings = of_type(PortType::kMemory);
  const auto opened = open_port(settings, kClock);
  REQUIRE(opened.ok());
  MemoryPort* port = as_memory_port(*opened.value());
  REQUIRE(port != nullptr);
  CHECK(port->send(std::vector<std::byte>(60), {}));
  PortSettings other = settings;
  other.mtu = 9'000;
  CHECK(reconfigure_port(*port, settings, other).ok());
  abandon_port(*port);
  remove_device(*port);
  Pool pool(4);
  Batch batch;
  (void)port->receive(pool, batch);
  CHECK_EQUAL(batch.size(), 1u);
  for (Packet* packet : batch.packets()) pool.give(*packet);
  batch.release();
}
