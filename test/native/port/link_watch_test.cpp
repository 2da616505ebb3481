#include "port/link_watch.hpp"

#include <optional>

#include "native/scratch_netns.hpp"
#include "native/tap_settings.hpp"
#include "port/netlink.hpp"

using namespace vsw;
using namespace vsw::test;

namespace {

// A namespace with two TAPs, each listened to.
struct Place {
  ScratchNetns netns;
  UniqueFd one, other;
  Place() {
    netns.must("ip link set lo up; ip tuntap add dev one mode tap; ip tuntap add dev other mode tap");
    netns.run([&] {
      one = listen("one");
      other = listen("other");
    });
  }
  UniqueFd listen(const std::string& device) {
    Result<Netlink> netlink = Netlink::open();
    if (!netlink) return {};
    Result<Link> link = netlink.value().find_link(device);
    Result<UniqueFd> socket = open_link_socket(link ? link.value().index : 0);
    return socket ? std::move(socket.value()) : UniqueFd{};
  }
};

std::string text(const std::vector<PortId>& ports) {
  std::string all;
  for (const PortId port : ports) all += std::to_string(port.value) + " ";
  return all;
}

}  // namespace

TEST("port/link_watch: a port is told once for each time that its device was changed, and no other") {
  if (!ScratchNetns::possible()) return;
  Place place;
  REQUIRE(place.one && place.other);
  LinkWatch watch;
  watch.add(PortId{1}, place.one.get());
  watch.add(PortId{40'000}, place.other.get());
  CHECK_EQUAL(text(watch.changed()), std::string());
  for (const char* change : {"mtu 1400", "address 02:00:00:00:00:09", "up", "down", "name two", "name one"}) {
    place.netns.must(std::string(has(change, "one") ? "ip link set two " : "ip link set one ") + change);
    CHECK_EQUAL(text(watch.changed()), std::string("1 "));
    CHECK_EQUAL(text(watch.changed()), std::string());
  }
  place.netns.must("ip link delete other; ip link add third type veth peer name fourth");
  CHECK_EQUAL(text(watch.changed()), std::string("40000 "));
}

TEST("port/link_watch: more changes than the socket holds are told as well, and end") {
  if (!ScratchNetns::possible()) return;
  Place place;
  REQUIRE(place.one && place.other);
  LinkWatch watch;
  watch.add(PortId{1}, place.one.get());
  place.netns.must("for i in $(seq 400); do echo link set one mtu $((1000 + i)); done | ip -batch -");
  CHECK_EQUAL(text(watch.changed()), std::string("1 "));
  for (int i = 0; i < 20 && !watch.changed().empty(); ++i) continue;
  CHECK_EQUAL(text(watch.changed()), std::string());
  place.netns.must("ip link set one mtu 999");
  CHECK_EQUAL(text(watch.changed()), std::string("1 "));
}

TEST("port/link_watch: what was removed is not told, and -1 is nobody") {
  if (!ScratchNetns::possible()) return;
  Place place;
  REQUIRE(place.one && place.other);
  LinkWatch watch;
  watch.add(PortId{3}, -1);
  watch.remove(-1);
  watch.add(PortId{1}, place.one.get());
  watch.remove(place.one.get());
  place.netns.must("ip link set one mtu 1300");
  CHECK_EQUAL(text(watch.changed()), std::string());
  watch.add(PortId{2}, place.one.get());
  CHECK_EQUAL(text(watch.changed()), std::string("2 "));
}
