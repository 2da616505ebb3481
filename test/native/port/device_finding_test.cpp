#include "port/device_finding.hpp"

#include <sys/wait.h>

#include "native/scratch_netns.hpp"
#include "native/tap_settings.hpp"
#include "port/tap_port.hpp"

using namespace vsw;
using namespace vsw::test;

namespace {

std::shared_ptr<TapPort> open_tap(const PortSettings& settings) {
  Result<std::shared_ptr<TapPort>> opened = TapPort::open(settings);
  if (opened) return opened.value();
  fail(__FILE__, __LINE__, opened.error().message);
  return {};
}

// "mtu 900 1500 put back; link down up left"
std::string text(const DeviceFinding& finding) {
  if (finding.place == DeviceFinding::Place::kMoved) return "moved";
  if (finding.place == DeviceFinding::Place::kDeleted) return "deleted";
  constexpr const char* kFields[] = {"name", "mac", "mtu", "link"};
  std::string all;
  for (const DeviceChange& change : finding.changes)
    all += (all.empty() ? "" : "; ") + std::string(kFields[static_cast<int>(change.field)]) + " " + change.seen + " " +
           change.wanted + (change.put_back ? " put back" : change.trouble.empty() ? " left" : " in trouble");
  return all;
}

}  // namespace

TEST("port/device_finding: a device as it should be is no news") {
  if (!ScratchNetns::possible()) return;
  const ScratchNetns netns;
  const auto port = open_tap(tap_settings(netns, {"10.9.0.1/24", "fd00:9::1/64"}));
  REQUIRE(port);
  CHECK(port->change_fd() >= 0);
  CHECK_EQUAL(text(port->inspect()), std::string());
}

TEST("port/device_finding: name, MAC and MTU are put back, with the IPv6 that a small MTU took away") {
  if (!ScratchNetns::possible()) return;
  const ScratchNetns netns;
  const auto port = open_tap(tap_settings(netns, {"10.9.0.1/24", "fd00:9::1/64"}, {"fd00:a::/64 via fd00:9::2"}));
  REQUIRE(port);
  netns.must("ip link set eth0 name x; ip link set x address 02:00:00:00:00:09 mtu 900");
  CHECK_EQUAL(text(port->inspect()),
              std::string("name x eth0 put back; mac 02:00:00:00:00:09 02:00:00:00:00:01 put back; mtu 900 1500 put back"));
  CHECK_EQUAL(text(port->inspect()), std::string());
  CHECK(has(netns.shell("ip -6 addr show dev eth0"), "fd00:9::1/64"));
  CHECK(has(netns.shell("ip -6 route"), "fd00:a::/64 via fd00:9::2 dev eth0"));
}

TEST("port/device_finding: a device that is down is left so, and gets what it lost when it is up") {
  if (!ScratchNetns::possible()) return;
  const ScratchNetns netns;
  const auto port = open_tap(tap_settings(netns, {"10.9.0.1/24", "fd00:9::1/64"}, {"10.10.0.0/16 via 10.9.0.254"}));
  REQUIRE(port);
  netns.must("ip link set eth0 down; ip link set eth0 mtu 1400");
  CHECK_EQUAL(text(port->inspect()), std::string("mtu 1400 1500 put back; link down up left"));
  CHECK_EQUAL(text(port->inspect()), std::string("link down up left"));
  CHECK(!has(netns.shell("ip link show eth0"), ",UP"));
  netns.must("ip link set eth0 up");
  CHECK(!has(netns.shell("ip route"), "10.10.0.0/16"));
  CHECK_EQUAL(text(port->inspect()), std::string());
  CHECK(has(netns.shell("ip route"), "10.10.0.0/16"));
  CHECK(has(netns.shell("ip -6 addr show dev eth0"), "fd00:9::1/64"));
}

TEST("port/device_finding: a name that another device has is told and the port goes on") {
  if (!ScratchNetns::possible()) return;
  const ScratchNetns netns;
  const PortSettings settings = tap_settings(netns, {"10.9.0.1/24"});
  const auto port = open_tap(settings);
  REQUIRE(port);
  netns.must("ip link set eth0 name x; ip link add eth0 type veth peer name y");
  const DeviceFinding finding = port->inspect();
  CHECK_EQUAL(text(finding), std::string("name x eth0 in trouble"));
  CHECK(has(finding.changes.at(0).trouble, "another device there has its name eth0"));
  Outcome changed = port->reconfigure(settings, settings);
  REQUIRE(!changed);
  CHECK(changed.error().code == ErrorCode::kDeviceClash);
  netns.must("ip link delete eth0");
  CHECK(port->reconfigure(settings, settings).ok());
  CHECK(has(netns.shell("ip link show eth0"), "eth0"));
}

TEST("port/device_finding: a device that was deleted, and one that lives elsewhere") {
  if (!ScratchNetns::possible()) return;
  const ScratchNetns netns, elsewhere;
  auto port = open_tap(tap_settings(netns));
  REQUIRE(port);
  netns.must("ip link delete eth0");
  CHECK_EQUAL(text(port->inspect()), std::string("deleted"));

  port = open_tap(tap_settings(netns));
  REQUIRE(port);
  // A process that is there names the place to move to.
  int ready[2];
  REQUIRE(::pipe(ready) == 0);
  std::fflush(stdout);
  pid_t child = -1;
  elsewhere.run([&] {
    child = ::fork();
    if (child == 0) {
      char nothing;
      ::close(ready[1]);
      ::_exit(::read(ready[0], &nothing, 1) == 0 ? 0 : 1);
    }
  });
  netns.must("ip link set eth0 netns " + std::to_string(child));
  ::close(ready[0]);
  ::close(ready[1]);
  ::waitpid(child, nullptr, 0);
  CHECK_EQUAL(text(port->inspect()), std::string("moved"));
  // Another device in its place is not it.
  netns.must("ip tuntap add dev eth0 mode tap");
  CHECK_EQUAL(text(port->inspect()), std::string("moved"));
  Outcome changed = port->reconfigure(tap_settings(netns), tap_settings(netns));
  CHECK(!changed && has(changed.error().message, "moved or deleted"));
  CHECK(has(elsewhere.shell("ip link show eth0"), "eth0"));
  port->remove_device();
  port.reset();
  CHECK(!has(elsewhere.shell("ip -o link show"), "eth0"));
}
