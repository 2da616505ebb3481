#include "port/netlink.hpp"

#include <optional>

#include "native/scratch_netns.hpp"
#include "native/tap_settings.hpp"

using namespace vsw;
using namespace vsw::test;

namespace {

// A namespace with a TAP `eth0`, which is up, and a socket that was opened there.
struct Place {
  ScratchNetns netns;
  std::optional<Netlink> netlink;
  int index = 0;

  Place() {
    netns.must("ip link set lo up; ip tuntap add dev eth0 mode tap; ip link set eth0 up");
    netns.run([&] {
      Result<Netlink> opened = Netlink::open();
      if (opened) netlink.emplace(std::move(opened.value()));
    });
    if (netlink) index = find("eth0").index;
    else fail(__FILE__, __LINE__, "no netlink socket");
  }
  Link find(const std::string& device) {
    Result<Link> link = netlink->find_link(device);
    if (link) return link.value();
    fail(__FILE__, __LINE__, link.error().message);
    return {};
  }
  // The addresses of eth0 as `ip` tells them, one a line, first one first.
  std::string addresses(const std::string& family = "-4") {
    return netns.shell("ip " + family + " -o addr show dev eth0 scope global | awk '{print $4}'");
  }
  std::string routes(const std::string& family = "-4") {
    return netns.shell("ip " + family + " route show proto static");
  }
};

std::string message(Outcome outcome) { return outcome ? "done" : outcome.error().message; }

}  // namespace

TEST("port/netlink: finds a device by name and by number, and tells what it is") {
  if (!ScratchNetns::possible()) return;
  Place place;
  place.netns.must("ip link set eth0 address 02:00:00:00:00:07 mtu 1400");
  const Link link = place.find("eth0");
  CHECK(link.index > 0);
  CHECK_EQUAL(link.name, std::string("eth0"));
  CHECK_EQUAL(link.kind, std::string("tun"));
  CHECK((link.mac == Mac{{2, 0, 0, 0, 0, 7}}));
  CHECK_EQUAL(link.mtu, 1'400u);
  CHECK(link.up);
  Result<Link> again = place.netlink->find_link(link.index);
  REQUIRE(again.ok());
  CHECK_EQUAL(again.value().name, std::string("eth0"));
  CHECK_EQUAL(place.find("lo").kind, std::string());
}

TEST("port/netlink: a device that is not there has the number 0, and a name that cannot be is refused") {
  if (!ScratchNetns::possible()) return;
  Place place;
  CHECK_EQUAL(place.find("eth1").index, 0);
  Result<Link> missing = place.netlink->find_link(12'345);
  REQUIRE(missing.ok());
  CHECK_EQUAL(missing.value().index, 0);
  for (const std::string& name : {std::string(), std::string("a-name-of-16-byt")}) {
    Result<Link> refused = place.netlink->find_link(name);
    REQUIRE(!refused.ok());
    CHECK(refused.error().code == ErrorCode::kInvalid);
    CHECK(has(refused.error().message, "choose another spec.device"));
  }
}

TEST("port/netlink: its socket stays in its namespace, whoever uses it") {
  if (!ScratchNetns::possible()) return;
  Place place;
  const ScratchNetns other;
  other.run([&] { CHECK_EQUAL(place.find("eth0").index, place.index); });
}

TEST("port/netlink: sets MAC, MTU and state, and leaves what it is not given") {
  if (!ScratchNetns::possible()) return;
  Place place;
  const Mac mac{{2, 0, 0, 0, 0, 9}};
  const std::uint32_t mtu = 9'000;
  const Mac before = place.find("eth0").mac;
  CHECK(place.netlink->set_link(place.index, nullptr, &mtu, false).ok());
  CHECK_EQUAL(place.find("eth0").mtu, 9'000u);
  CHECK(place.find("eth0").mac == before);
  CHECK(place.netlink->set_link(place.index, &mac, nullptr, true).ok());
  CHECK(place.find("eth0").mac == mac);
  CHECK_EQUAL(place.find("eth0").mtu, 9'000u);
  place.netns.must("ip link set eth0 down");
  CHECK(!place.find("eth0").up);
  CHECK(place.netlink->set_link(place.index, nullptr, nullptr, true).ok());
  CHECK(place.find("eth0").up);
  const std::uint32_t huge = 70'000;
  CHECK(has(message(place.netlink->set_link(place.index, nullptr, &huge, false)), "cannot set the device's MAC, MTU"));
  const Mac group{{1, 0, 0, 0, 0, 9}};
  CHECK(!place.netlink->set_link(place.index, &group, nullptr, false).ok());
}

TEST("port/netlink: adding an address twice and deleting it twice both succeed") {
  if (!ScratchNetns::possible()) return;
  Place place;
  for (const std::string text : {"10.9.0.1/24", "fd00:9::1/64"}) {
    const std::string family = has(text, ":") ? "-6" : "-4";
    for (int i = 0; i < 2; ++i) CHECK_EQUAL(message(place.netlink->add_address(place.index, prefix(text))), "done");
    CHECK_EQUAL(place.addresses(family), text + "\n");
    for (int i = 0; i < 2; ++i) CHECK_EQUAL(message(place.netlink->delete_address(place.index, prefix(text))), "done");
    CHECK_EQUAL(place.addresses(family), std::string());
  }
}

TEST("port/netlink: an IPv6 address is usable at once") {
  if (!ScratchNetns::possible()) return;
  Place place;
  CHECK(place.netlink->add_address(place.index, prefix("fd00:9::1/64")).ok());
  const std::string shown = place.netns.shell("ip -6 -o addr show dev eth0 scope global");
  CHECK(has(shown, "fd00:9::1/64"));
  CHECK(has(shown, "nodad"));
  CHECK(!has(shown, "tentative"));
}

TEST("port/netlink: an address that cannot be is refused by name") {
  if (!ScratchNetns::possible()) return;
  Place place;
  CHECK_EQUAL(message(place.netlink->add_address(9'999, prefix("10.9.0.1/24"))),
              std::string("cannot add the address 10.9.0.1/24: No such device"));
  CHECK(has(message(place.netlink->add_address(place.index, prefix("ff02::99/64"))), "cannot add the address ff02::99/64"));
  CHECK(has(message(place.netlink->add_address(place.index, {ip("10.9.0.1"), 33})), "cannot add the address 10.9.0.1/33"));
}

TEST("port/netlink: where IPv6 is off, the address and the way out are named") {
  if (!ScratchNetns::possible()) return;
  Place place;
  place.netns.must("sysctl -qw net.ipv6.conf.eth0.disable_ipv6=1");
  Outcome refused = place.netlink->add_address(place.index, prefix("fd00:9::1/64"));
  REQUIRE(!refused.ok());
  CHECK(refused.error().code == ErrorCode::kUnsupported);
  CHECK(has(refused.error().message, "fd00:9::1/64: IPv6 is off in this namespace"));
  CHECK(has(refused.error().message, "disable_ipv6"));
  CHECK(place.netlink->delete_address(place.index, prefix("fd00:9::1/64")).ok());
}

TEST("port/netlink: an IPv6 address goes without complaint where the device speaks no IPv6 any more") {
  if (!ScratchNetns::possible()) return;
  Place place;
  CHECK(place.netlink->add_address(place.index, prefix("fd00:9::1/64")).ok());
  place.netns.must("ip link set eth0 mtu 1000");
  CHECK_EQUAL(message(place.netlink->delete_address(place.index, prefix("fd00:9::1/64"))), "done");
  CHECK_EQUAL(message(place.netlink->delete_route(place.index, route("fd00:10::/64 via fd00:9::fe"))), "done");
}

TEST("port/netlink: routes of both families are set, set again and deleted twice") {
  if (!ScratchNetns::possible()) return;
  Place place;
  CHECK(place.netlink->add_address(place.index, prefix("10.9.0.1/24")).ok());
  CHECK(place.netlink->add_address(place.index, prefix("fd00:9::1/64")).ok());
  const Route routes[] = {route("0.0.0.0/0 via 10.9.0.254"), route("10.10.0.0/16 via 10.9.0.253"),
                          route("10.11.0.0/16"), route("::/0 via fd00:9::fe"), route("fd00:10::/48 via fd00:9::fd"),
                          route("fd00:11::/64")};
  for (int i = 0; i < 2; ++i)
    for (const Route& one : routes) CHECK_EQUAL(message(place.netlink->replace_route(place.index, one)), "done");
  CHECK_EQUAL(place.routes(),
              std::string("default via 10.9.0.254 dev eth0 linkdown \n10.10.0.0/16 via 10.9.0.253 dev eth0 linkdown \n"
                          "10.11.0.0/16 dev eth0 scope link linkdown \n"));
  const std::string six = place.routes("-6");
  CHECK(has(six, "default via fd00:9::fe dev eth0"));
  CHECK(has(six, "fd00:10::/48 via fd00:9::fd dev eth0"));
  CHECK(has(six, "fd00:11::/64 dev eth0"));
  for (int i = 0; i < 2; ++i)
    for (const Route& one : routes) CHECK_EQUAL(message(place.netlink->delete_route(place.index, one)), "done");
  CHECK_EQUAL(place.routes(), std::string());
  CHECK(!has(place.routes("-6"), "fd00:1"));
}

TEST("port/netlink: a gateway that no address reaches is refused, with the route and the remedy") {
  if (!ScratchNetns::possible()) return;
  Place place;
  CHECK(place.netlink->add_address(place.index, prefix("10.9.0.1/24")).ok());
  CHECK(place.netlink->add_address(place.index, prefix("fd00:9::1/64")).ok());
  for (const std::string text : {"0.0.0.0/0 via 10.8.0.254", "::/0 via fd00:8::fe"}) {
    Outcome refused = place.netlink->replace_route(place.index, route(text));
    REQUIRE(!refused.ok());
    CHECK(refused.error().code == ErrorCode::kSystem);
    CHECK(has(refused.error().message, "cannot set the route " + text + ": no address"));
    CHECK(has(refused.error().message, "spec.routes"));
  }
  CHECK(has(message(place.netlink->replace_route(place.index, {prefix("10.10.0.1/16"), {}})),
            "cannot set the route 10.10.0.1/16 on the link"));
}

TEST("port/netlink: our own route may change its gateway; one by another device is not taken away") {
  if (!ScratchNetns::possible()) return;
  Place place;
  place.netns.must("ip link add other type veth peer name peer; ip link set other up; ip link set peer up;"
                   "ip addr add 10.8.0.1/24 dev other; ip -6 addr add fd00:8::1/64 dev other nodad;"
                   "ip route add default via 10.8.0.254; ip -6 route add default via fd00:8::fe;"
                   "ip route add 10.20.0.0/16 dev other");
  CHECK(place.netlink->add_address(place.index, prefix("10.9.0.1/24")).ok());
  CHECK(place.netlink->add_address(place.index, prefix("fd00:9::1/64")).ok());
  for (const std::string text : {"0.0.0.0/0 via 10.9.0.254", "::/0 via fd00:9::fe", "10.20.0.0/16 via 10.9.0.254"}) {
    Outcome refused = place.netlink->replace_route(place.index, route(text));
    REQUIRE(!refused.ok());
    CHECK(refused.error().code == ErrorCode::kSystem);
    CHECK(has(refused.error().message, "cannot set the route " + text + ": the namespace has one by another device"));
  }
  CHECK(has(place.netns.shell("ip -4 route show"), "default via 10.8.0.254 dev other"));
  CHECK(has(place.netns.shell("ip -6 route show"), "default via fd00:8::fe dev other"));
  CHECK(!has(place.netns.shell("ip -6 route show default"), "eth0"));

  for (const std::string text : {"10.21.0.0/16 via 10.9.0.254", "10.21.0.0/16 via 10.9.0.253",
                                 "fd00:21::/64 via fd00:9::fe", "fd00:21::/64 via fd00:9::fd"})
    CHECK_EQUAL(message(place.netlink->replace_route(place.index, route(text))), "done");
  CHECK(has(place.netns.shell("ip route show 10.21.0.0/16"), "via 10.9.0.253 dev eth0"));
  CHECK(!has(place.netns.shell("ip route show 10.21.0.0/16"), "10.9.0.254"));
  CHECK(has(place.netns.shell("ip -6 route show fd00:21::/64"), "via fd00:9::fd dev eth0"));
  CHECK(!has(place.netns.shell("ip -6 route show fd00:21::/64"), "fd00:9::fe"));
}

TEST("port/netlink: deleting a route leaves the same one by another device") {
  if (!ScratchNetns::possible()) return;
  Place place;
  place.netns.must("ip link add other type veth peer name peer; ip link set other up; ip link set peer up;"
                   "ip addr add 10.9.0.2/24 dev other; ip addr add 10.9.0.1/24 dev eth0;"
                   "ip route add 10.20.0.0/16 via 10.9.0.254 dev other");
  CHECK(place.netlink->delete_route(place.index, route("10.20.0.0/16 via 10.9.0.254")).ok());
  CHECK(has(place.netns.shell("ip route show"), "10.20.0.0/16 via 10.9.0.254 dev other"));
}

TEST("port/netlink: when the first address of a subnet goes, the others can be made to stay") {
  if (!ScratchNetns::possible()) return;
  Place place;
  for (const std::string text : {"10.9.0.1/24", "10.9.0.2/24", "10.9.0.3/24"})
    CHECK(place.netlink->add_address(place.index, prefix(text)).ok());
  CHECK(place.netlink->keep_other_addresses(place.index).ok());
  CHECK(place.netlink->delete_address(place.index, prefix("10.9.0.1/24")).ok());
  CHECK_EQUAL(place.addresses(), std::string("10.9.0.2/24\n10.9.0.3/24\n"));
}

TEST("port/netlink: ours are put first in their subnets, with what the others have been given") {
  if (!ScratchNetns::possible()) return;
  Place place;
  place.netns.must("ip addr add 10.9.0.7/24 brd + dev eth0 label eth0:theirs; ip addr add 10.7.0.7/24 dev eth0;"
                   "ip addr add 10.9.0.8/25 dev eth0");
  CHECK(place.netlink->add_address(place.index, prefix("10.9.0.1/24")).ok());
  CHECK(place.netlink->keep_other_addresses(place.index).ok());
  const Prefix ours[] = {prefix("10.9.0.1/24")};
  CHECK_EQUAL(message(place.netlink->put_first(place.index, ours)), "done");
  const std::string shown = place.netns.shell("ip -4 -o addr show dev eth0");
  CHECK(has(shown, "10.9.0.1/24 scope global eth0"));
  CHECK(has(shown, "10.9.0.7/24 brd 10.9.0.255 scope global secondary eth0:theirs"));
  CHECK(has(shown, "10.7.0.7/24 scope global eth0"));
  CHECK(has(shown, "10.9.0.8/25 scope global eth0"));
  CHECK(has(place.netns.shell("ip route get 10.9.0.200"), "src 10.9.0.1"));
}

TEST("port/netlink: a namespace with many addresses is listed whole") {
  if (!ScratchNetns::possible()) return;
  Place place;
  place.netns.must("for i in $(seq 1 600); do echo addr add 10.$((100 + i / 250)).$((i % 250)).1/24 dev eth0; done | ip -b -;"
                   "ip addr add 10.9.0.7/24 dev eth0");
  CHECK(place.netlink->add_address(place.index, prefix("10.9.0.1/24")).ok());
  CHECK(place.netlink->keep_other_addresses(place.index).ok());
  const Prefix ours[] = {prefix("10.9.0.1/24")};
  CHECK_EQUAL(message(place.netlink->put_first(place.index, ours)), "done");
  CHECK(has(place.netns.shell("ip -4 -o addr show dev eth0"), "10.9.0.7/24 scope global secondary"));
  CHECK(has(place.netns.shell("ip -4 -o addr show dev eth0 | wc -l"), "602"));
}
