#include "port/tap_port.hpp"

#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <sys/socket.h>

#include <vector>

#include "native/frames.hpp"
#include "native/held_packet.hpp"
#include "native/scratch_netns.hpp"
#include "native/tap_settings.hpp"

using namespace vsw;
using namespace vsw::test;

namespace {

using Opened = std::shared_ptr<TapPort>;

Opened open(const PortSettings& settings) {
  Result<Opened> opened = TapPort::open(settings);
  if (opened) return opened.value();
  fail(__FILE__, __LINE__, "not opened: " + opened.error().message);
  return nullptr;
}
Error refusal(const PortSettings& settings) {
  Result<Opened> opened = TapPort::open(settings);
  if (!opened) return opened.error();
  fail(__FILE__, __LINE__, "it was opened");
  return {};
}
bool is_there(const ScratchNetns& netns, const std::string& device = "eth0") {
  return !has(netns.shell("ip link show dev " + device), "does not exist");
}

constexpr std::size_t kVirtioHeader = 10;
constexpr std::uint16_t kEtherType = 0x88b5;  // for local experiments: nobody else speaks it

// What the container has: a socket that sends and gets whole frames at eth0, each behind a virtio_net_hdr.
struct Container {
  UniqueFd fd;
  explicit Container(const ScratchNetns& netns, int type = ETH_P_ALL_) {
    netns.run([&] {
      fd = UniqueFd(::socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
      const int yes = 1;
      sockaddr_ll at{};
      at.sll_family = AF_PACKET;
      at.sll_protocol = htons(static_cast<std::uint16_t>(type));
      at.sll_ifindex = static_cast<int>(::if_nametoindex("eth0"));
      if (::setsockopt(fd.get(), SOL_PACKET, PACKET_VNET_HDR, &yes, sizeof yes) != 0 ||
          ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0)
        fail(__FILE__, __LINE__, "no packet socket");
    });
  }
  bool send(const Bytes& frame, const Bytes& header = Bytes(kVirtioHeader)) const {
    const Bytes all = join({header, frame});
    return ::send(fd.get(), all.data(), all.size(), 0) == static_cast<ssize_t>(all.size());
  }
  // The next frame of the type that the other side sent, with its header; empty when there is none within a second.
  Bytes receive(std::uint16_t type) const {
    for (pollfd ready{fd.get(), POLLIN, 0}; ::poll(&ready, 1, 1'000) == 1;) {
      Bytes all(kVirtioHeader + 70'000);
      sockaddr_ll from{};
      socklen_t length = sizeof from;
      const ssize_t got = ::recvfrom(fd.get(), all.data(), all.size(), 0, reinterpret_cast<sockaddr*>(&from), &length);
      if (got < static_cast<ssize_t>(kVirtioHeader + 14) || from.sll_pkttype == PACKET_OUTGOING) continue;
      all.resize(static_cast<std::size_t>(got));
      if (read(all, kVirtioHeader + 12, 2) == type) return all;
    }
    return {};
  }
  static constexpr int ETH_P_ALL_ = 3;
};

struct Received {
  Bytes frame;
  Offload offload;
  std::uint32_t length = 0, tail_length = 0;
};
// Everything of the type that waits in the port.
std::vector<Received> receive_all(TapPort& port, std::uint16_t type = kEtherType) {
  std::vector<Received> all;
  Pool pool(64);
  for (bool drained = false; !drained;) {
    Batch batch;
    drained = port.receive(pool, batch);
    for (Packet* packet : batch.packets()) {
      Received received{Bytes(packet->data, packet->data + packet->length), packet->offload, packet->length, packet->tail_length};
      if (packet->tail_length > 0) received.frame.insert(received.frame.end(), packet->tail, packet->tail + packet->tail_length);
      if (received.frame.size() >= 14 && read(received.frame, 12, 2) == type) all.push_back(received);
      if (packet->tail_length > 0 && packet != batch.packets().back()) fail(__FILE__, __LINE__, "a tail within a batch");
      pool.give(*packet);
    }
    batch.release();
  }
  return all;
}
Bytes experimental(std::uint32_t number, std::size_t length) {
  Bytes frame = ethernet(kEtherType, counting(length - 14));
  write(frame, 14, number, 4);
  return frame;
}
Bytes virtio(std::uint8_t flags, std::uint8_t gso, std::uint16_t header, std::uint16_t size, std::uint16_t start, std::uint16_t offset) {
  Bytes bytes = join({number(flags, 1), number(gso, 1)});
  for (const std::uint16_t word : {header, size, start, offset}) bytes = join({bytes, number(word & 0xffu, 1), number(word >> 8u, 1)});
  return bytes;
}
Bytes without_header(const Bytes& all) {
  return all.size() < kVirtioHeader ? Bytes{} : Bytes(all.begin() + kVirtioHeader, all.end());
}

}  // namespace

TEST("port/tap_port: makes the device in its namespace as the settings say, and tells what it takes") {
  if (!ScratchNetns::possible()) return;
  const ScratchNetns netns;
  PortSettings settings = tap_settings(netns, {"10.9.0.1/24", "fd00:9::1/64"}, {"0.0.0.0/0 via 10.9.0.254", "fd00:10::/48 via fd00:9::fe"});
  settings.mtu = 1'400;
  const Opened port = open(settings);
  REQUIRE(port);
  const std::string link = netns.shell("ip -d link show dev eth0");
  CHECK(has(link, "02:00:00:00:00:01") && has(link, "mtu 1400") && has(link, "tun type tap") && has(link, "persist on"));
  CHECK(has(netns.shell("ip addr show dev eth0"), "10.9.0.1/24") && has(netns.shell("ip addr show dev eth0"), "fd00:9::1/64"));
  CHECK(has(netns.shell("ip route"), "default via 10.9.0.254 dev eth0"));
  CHECK(has(netns.shell("ip -6 route"), "fd00:10::/48 via fd00:9::fe dev eth0"));
  CHECK(port->type() == PortType::kTap);
  CHECK(port->info().takes_checksum && port->info().takes_tcp4 && port->info().takes_tcp6);
  CHECK(port->wake_fd() >= 0);
  CHECK(!port->gone());
  CHECK_EQUAL(::if_nametoindex("eth0-of-a-test"), 0u);
}

TEST("port/tap_port: frames pass both ways, byte for byte, in order and in batches") {
  if (!ScratchNetns::possible()) return;
  const ScratchNetns netns;
  const Opened port = open(tap_settings(netns));
  REQUIRE(port);
  const Container container(netns);
  for (std::uint32_t i = 0; i < 100; ++i) REQUIRE(container.send(experimental(i, 60 + i * 10)));
  pollfd ready{port->wake_fd(), POLLIN, 0};
  CHECK_EQUAL(::poll(&ready, 1, 1'000), 1);
  const std::vector<Received> received = receive_all(*port);
  REQUIRE(received.size() == 100);
  for (std::uint32_t i = 0; i < 100; ++i) CHECK_EQUAL(to_hex(received[i].frame), to_hex(experimental(i, 60 + i * 10)));

  for (std::uint32_t i = 0; i < 50; ++i) {
    HeldPacket one(experimental(2 * i, 60 + i), {}), other(experimental(2 * i + 1, 1'514), {});
    Packet* const packets[] = {&one.packet, &other.packet};
    CHECK_EQUAL(port->transmit(packets), std::uint64_t{3});
    CHECK_EQUAL(to_hex(without_header(container.receive(kEtherType))), to_hex(one.bytes()));
    CHECK_EQUAL(to_hex(without_header(container.receive(kEtherType))), to_hex(other.bytes()));
  }
}

TEST("port/tap_port: a frame longer than a slot lies in slot and spill buffer, and ends its batch") {
  if (!ScratchNetns::possible()) return;
  const ScratchNetns netns;
  PortSettings settings = tap_settings(netns);
  settings.mtu = 9'000;
  const Opened port = open(settings);
  REQUIRE(port);
  const Container container(netns);
  for (const std::size_t length : {std::size_t{2'048}, std::size_t{2'049}, std::size_t{9'014}, std::size_t{60}})
    REQUIRE(container.send(experimental(7, length)));
  const std::vector<Received> received = receive_all(*port);
  REQUIRE(received.size() == 4);
  const std::size_t lengths[] = {2'048, 2'049, 9'014, 60};
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(received[i].frame == experimental(7, lengths[i]));
    CHECK_EQUAL(received[i].tail_length, lengths[i] > 2'048 ? static_cast<std::uint32_t>(lengths[i]) - 2'048 : 0u);
  }
  HeldPacket split(experimental(8, 9'014), {}, 2'048);
  Packet* const packets[] = {&split.packet};
  CHECK_EQUAL(port->transmit(packets), std::uint64_t{1});
  CHECK(without_header(container.receive(kEtherType)) == experimental(8, 9'014));
}

TEST("port/tap_port: an empty pool loses no frame") {
  if (!ScratchNetns::possible()) return;
  const ScratchNetns netns;
  const Opened port = open(tap_settings(netns));
  REQUIRE(port);
  REQUIRE(Container(netns).send(experimental(1, 60)));
  Pool pool(1);
  Packet* const only = pool.take();
  Batch batch;
  CHECK(!port->receive(pool, batch));
  CHECK(batch.empty());
  pool.give(*only);
  CHECK_EQUAL(receive_all(*port).size(), std::size_t{1});
}

TEST("port/tap_port: super-frames and partial checksums pass whole, both ways, with what was said of them") {
  if (!ScratchNetns::possible()) return;
  const ScratchNetns netns;
  const Opened port = open(tap_settings(netns));
  REQUIRE(port);
  const Container container(netns);
  const Bytes frame = ethernet(0x0800, ipv4(6, tcp(counting(4'000))));
  REQUIRE(container.send(frame, virtio(1, 1, 54, 1'400, 34, 16)));
  const std::vector<Received> received = receive_all(*port, 0x0800);
  REQUIRE(received.size() == 1);
  CHECK(received[0].frame.size() == frame.size());
  const Offload& said = received[0].offload;
  CHECK(said.gso == Offload::Gso::kTcp4 && said.needs_checksum && !said.ecn);
  CHECK_EQUAL(said.gso_size, 1'400);
  CHECK_EQUAL(said.checksum_start, 34);
  CHECK_EQUAL(said.checksum_offset, 16);

  HeldPacket super(frame, said, 2'048);
  Packet* const packets[] = {&super.packet};
  CHECK_EQUAL(port->transmit(packets), std::uint64_t{1});
  const Bytes got = container.receive(0x0800);
  CHECK(without_header(got) == frame);
  CHECK_EQUAL(to_hex(Bytes(got.begin(), got.begin() + kVirtioHeader)), to_hex(virtio(1, 1, 54, 1'400, 34, 16)));
}

TEST("port/tap_port: a persistent device outlives its port and is found again as it was; another goes with it") {
  if (!ScratchNetns::possible()) return;
  const ScratchNetns netns;
  PortSettings settings = tap_settings(netns, {"10.9.0.1/24"}, {"10.10.0.0/16 via 10.9.0.254"});
  open(settings).reset();
  const std::string before = netns.shell("ip -o link show dev eth0 | cut -d: -f1; ip route");
  CHECK(has(before, "10.10.0.0/16 via 10.9.0.254"));
  netns.must("ip route add 10.30.0.0/16 via 10.9.0.253");
  Opened again = open(settings);
  REQUIRE(again);
  CHECK(has(netns.shell("ip route"), "10.30.0.0/16 via 10.9.0.253"));
  CHECK(has(netns.shell("ip -o link show dev eth0"), before.substr(0, before.find('\n')) + ": eth0"));
  again.reset();
  settings.persist = false;
  again = open(settings);
  CHECK(is_there(netns));
  again.reset();
  CHECK(!is_there(netns));
}

TEST("port/tap_port: a device that is not ours to take is refused by name, and stays as it is") {
  if (!ScratchNetns::possible()) return;
  for (const std::string made : {"ip link add eth0 type veth peer name peer", "ip tuntap add dev eth0 mode tun", "ip tuntap add dev eth0 mode tap multi_queue"}) {
    const ScratchNetns netns;
    netns.must(made);
    const std::string before = netns.shell("ip -d link show dev eth0");
    const Error refused = refusal(tap_settings(netns, {"10.9.0.1/24"}));
    CHECK(refused.code == ErrorCode::kDeviceClash);
    CHECK(has(refused.message, "device eth0 in " + netns.path() + ": ") && has(refused.message, "choose another spec.device"));
    CHECK_EQUAL(netns.shell("ip -d link show dev eth0"), before);
  }
}

TEST("port/tap_port: a device that somebody holds is refused and goes on") {
  if (!ScratchNetns::possible()) return;
  const ScratchNetns netns;
  const PortSettings settings = tap_settings(netns);
  const Opened port = open(settings);
  REQUIRE(port);
  const Error refused = refusal(settings);
  CHECK(refused.code == ErrorCode::kDeviceClash);
  CHECK(has(refused.message, "in use by another process"));
  REQUIRE(Container(netns).send(experimental(1, 60)));
  CHECK_EQUAL(receive_all(*port).size(), std::size_t{1});
}

TEST("port/tap_port: where nothing is, and where IPv6 cannot be, the caller is told") {
  if (!ScratchNetns::possible()) return;
  const ScratchNetns netns;
  PortSettings settings = tap_settings(netns, {"fd00:9::1/64"});
  settings.mtu = 1'279;
  CHECK(refusal(settings).code == ErrorCode::kInvalid);
  CHECK(!is_there(netns));
  settings.netns = "/run/netns/no-such-name";
  const Error refused = refusal(settings);
  CHECK(refused.code == ErrorCode::kNamespaceAbsent);
  CHECK(has(refused.message, "device eth0 in /run/netns/no-such-name: there is no network namespace"));
}

TEST("port/tap_port: an opening that fails half-way leaves no device behind, but one that it found") {
  if (!ScratchNetns::possible()) return;
  const ScratchNetns netns;
  PortSettings settings = tap_settings(netns, {"10.9.0.1/24"}, {"0.0.0.0/0 via 10.8.0.254"});
  CHECK(has(refusal(settings).message, "cannot set the route 0.0.0.0/0 via 10.8.0.254"));
  CHECK(!is_there(netns));
  netns.must("ip tuntap add dev eth0 mode tap");
  (void)refusal(settings);
  CHECK(is_there(netns));
}

TEST("port/tap_port: abandoning undoes what opening made; removing takes even a persistent device") {
  if (!ScratchNetns::possible()) return;
  const ScratchNetns netns;
  Opened port = open(tap_settings(netns));
  REQUIRE(port);
  port->abandon();
  port.reset();
  CHECK(!is_there(netns));
  open(tap_settings(netns)).reset();
  port = open(tap_settings(netns));
  REQUIRE(port);
  port->abandon();
  port.reset();
  CHECK(is_there(netns));
  port = open(tap_settings(netns));
  REQUIRE(port);
  port->remove_device();
  port.reset();
  CHECK(!is_there(netns));
}

TEST("port/tap_port: is changed in place: what was ours and is no longer wanted goes, what is the container's stays") {
  if (!ScratchNetns::possible()) return;
  const ScratchNetns netns;
  const PortSettings before = tap_settings(netns, {"10.9.0.1/24", "fd00:9::1/64"}, {"10.10.0.0/16 via 10.9.0.254"});
  const Opened port = open(before);
  REQUIRE(port);
  netns.must("ip addr add 10.9.0.77/24 dev eth0; ip route add 10.30.0.0/16 via 10.9.0.253");
  PortSettings after = tap_settings(netns, {"10.9.0.2/24"}, {"10.11.0.0/16 via 10.9.0.252"});
  after.mac = Mac{{2, 0, 0, 0, 0, 9}};
  after.mtu = 1'450;
  const Outcome changed = port->reconfigure(before, after);
  CHECK(changed.ok());
  const std::string device = netns.shell("ip addr show dev eth0"), routes = netns.shell("ip route");
  CHECK(has(device, "10.9.0.2/24") && has(device, "10.9.0.77/24") && has(device, "02:00:00:00:00:09") && has(device, "mtu 1450"));
  CHECK(!has(device, "10.9.0.1/24") && !has(device, "fd00:9::1"));
  CHECK(has(routes, "10.11.0.0/16 via 10.9.0.252") && has(routes, "10.30.0.0/16 via 10.9.0.253"));
  CHECK(!has(routes, "10.10.0.0/16"));
}

TEST("port/tap_port: a change that fails is taken back") {
  if (!ScratchNetns::possible()) return;
  const ScratchNetns netns;
  const PortSettings before = tap_settings(netns, {"10.9.0.1/24"}, {"10.10.0.0/16 via 10.9.0.254"});
  const Opened port = open(before);
  REQUIRE(port);
  const std::string was = netns.shell("ip addr show dev eth0 scope global; ip route");
  PortSettings after = tap_settings(netns, {"10.9.0.2/24"}, {"10.11.0.0/16 via 10.8.0.1"});
  after.mtu = 1'450;
  const Outcome refused = port->reconfigure(before, after);
  REQUIRE(!refused.ok());
  CHECK(has(refused.error().message, "device eth0: cannot set the route 10.11.0.0/16 via 10.8.0.1"));
  CHECK_EQUAL(netns.shell("ip addr show dev eth0 scope global; ip route"), was);
}

TEST("port/tap_port: a device that was renamed inside is not changed under its old name") {
  if (!ScratchNetns::possible()) return;
  const ScratchNetns netns;
  const PortSettings settings = tap_settings(netns);
  const Opened port = open(settings);
  REQUIRE(port);
  netns.must("ip link set eth0 down; ip link set eth0 name eth9; ip link add eth0 type veth peer name peer");
  const Outcome refused = port->reconfigure(settings, settings);
  REQUIRE(!refused.ok());
  CHECK(refused.error().code == ErrorCode::kDeviceClash);
}

TEST("port/tap_port: a device that is deleted is gone, and receives and takes nothing any more") {
  if (!ScratchNetns::possible()) return;
  const ScratchNetns netns;
  const Opened port = open(tap_settings(netns));
  REQUIRE(port);
  netns.must("ip link del eth0");
  CHECK(receive_all(*port).empty());
  CHECK(port->gone());
  HeldPacket packet(experimental(1, 60), {});
  Packet* const packets[] = {&packet.packet};
  CHECK_EQUAL(port->transmit(packets), std::uint64_t{0});
}

TEST("port/tap_port: what the kernel drops before us is counted, and still known when the device is gone") {
  if (!ScratchNetns::possible()) return;
  const ScratchNetns netns;
  const Opened port = open(tap_settings(netns));
  REQUIRE(port);
  netns.must("ip link set eth0 txqueuelen 4");
  const Container container(netns);
  const std::uint64_t before = port->kernel_dropped();
  for (std::uint32_t i = 0; i < 100; ++i) (void)container.send(experimental(i, 60));
  const std::size_t received = receive_all(*port).size();
  const std::uint64_t dropped = port->kernel_dropped() - before;
  CHECK(received < 100);
  CHECK(dropped >= 100 - received);
  netns.must("ip link del eth0");
  CHECK_EQUAL(port->kernel_dropped(), before + dropped);
}
