#include "worker/capture_tap.hpp"

#include <atomic>
#include <thread>

#include "native/stations.hpp"
#include "native/tap.hpp"
#include "packet/pool.hpp"

using namespace vsw;
using namespace vsw::test;

namespace {

struct Parsed {
  explicit Parsed(Bytes frame) : bytes(std::move(frame)) {
    packet.data = bytes.data();
    packet.length = static_cast<std::uint32_t>(bytes.size());
    (void)parse(packet.head(), packet.length, false, packet.headers);
  }
  Bytes bytes;
  Packet packet;
};

bool wants(const CaptureFilter& filter, const Bytes& frame, std::uint16_t port = 1, bool transmitted = false,
           DropReason fate = DropReason::kNone) {
  const Parsed parsed(frame);
  return filter.wants(PortId{port}, parsed.packet, transmitted, fate);
}

Bytes next(CaptureRing& ring, CaptureRecord& record) {
  std::vector<std::byte> bytes;
  return ring.read(record, bytes) ? bytes : Bytes{};
}

CaptureRecord whole(const Packet& packet) {
  CaptureRecord record;
  record.length = record.stored = packet.frame_length();
  return record;
}

}  // namespace

TEST("worker/capture_tap: a filter that says nothing wants everything, and each word of it takes something away") {
  const Bytes frame = udp4_frame(1, 2);
  CHECK(wants({}, frame));
  CHECK(wants({}, frame, 1, true, DropReason::k_mtu_exceeded));
  CHECK(wants({}, Bytes{}));
  CHECK(wants({.port = PortId{1}}, frame) && !wants({.port = PortId{1}}, frame, 2));
  CHECK(!wants({.received = false}, frame) && wants({.received = false}, frame, 1, true));
  CHECK(wants({.transmitted = false}, frame) && !wants({.transmitted = false}, frame, 1, true));
  CHECK(!wants({.only_dropped = true}, frame) && wants({.only_dropped = true}, frame, 1, false, DropReason::k_mac_spoofed));
  const CaptureFilter spoofed{.only_dropped = true, .reason = DropReason::k_mac_spoofed};
  CHECK(wants(spoofed, frame, 1, false, DropReason::k_mac_spoofed) && !wants(spoofed, frame, 1, false, DropReason::k_mtu_exceeded));
  CHECK(wants({.ether_type = 0x0800}, frame) && !wants({.ether_type = 0x86dd}, frame));
  CHECK(wants({.protocol = 17}, frame) && !wants({.protocol = 6}, frame) && !wants({.protocol = 17}, arp_request(1, 2)));
  CHECK(wants({.transport_port = 4000}, frame) && wants({.transport_port = 5000}, frame));
  CHECK(!wants({.transport_port = 4001}, frame) && !wants({.transport_port = 4000}, arp_request(1, 2)));
}

TEST("worker/capture_tap: a host is who sends or is meant, in IPv4, in IPv6 and in ARP") {
  const auto host4 = [](std::uint16_t station) { return CaptureFilter{.host = Ip::v4(ip4_of(station).data())}; };
  const auto host6 = [](std::uint16_t station) { return CaptureFilter{.host = Ip::v6(ip6_of(station).data())}; };
  for (const Bytes& frame : {udp4_frame(1, 2), arp_request(1, 2)}) {
    CHECK(wants(host4(1), frame) && wants(host4(2), frame));
    CHECK(!wants(host4(3), frame) && !wants(host6(1), frame));
  }
  CHECK(wants(host6(1), udp6_frame(1, 2)) && wants(host6(2), udp6_frame(1, 2)));
  CHECK(!wants(host6(3), udp6_frame(1, 2)) && !wants(host4(1), udp6_frame(1, 2)));
  CHECK(!wants(host4(1), other_frame(1, 2, 0x88b5)));
  for (std::size_t length = 0; length < 34; ++length) {
    Bytes torn = udp4_frame(1, 2);
    torn.resize(length);
    CHECK(!wants(host4(1), torn, 1, false, DropReason::k_mtu_exceeded));
  }
}

TEST("worker/capture_tap: what is not published is not seen, and what is comes out as it was") {
  CaptureRing ring;
  CaptureRecord record;
  Parsed frame(udp4_frame(1, 2));
  Bytes tail = counting(100);
  frame.packet.tail = tail.data();
  frame.packet.tail_length = 100;
  record = whole(frame.packet);
  record.time_ns = 7;
  record.port = PortId{3};
  record.fate = DropReason::k_mtu_exceeded;
  record.transmitted = true;
  ring.write(record, frame.packet);
  CaptureRecord seen;
  CHECK(next(ring, seen).empty());
  ring.publish();
  CHECK(next(ring, seen) == join({frame.bytes, tail}));
  CHECK(seen.time_ns == 7 && seen.port == PortId{3} && seen.fate == DropReason::k_mtu_exceeded && seen.transmitted);
  CHECK(next(ring, seen).empty());

  record.stored = static_cast<std::uint32_t>(frame.bytes.size()) + 10;  // cut in the tail
  ring.write(record, frame.packet);
  record.stored = 20;  // and before it
  ring.write(record, frame.packet);
  ring.publish();
  CHECK(next(ring, seen) == join({frame.bytes, Bytes(tail.begin(), tail.begin() + 10)}));
  CHECK(next(ring, seen) == Bytes(frame.bytes.begin(), frame.bytes.begin() + 20));
  CHECK_EQUAL(seen.length, frame.packet.frame_length());
}

TEST("worker/capture_tap: a full ring loses the newest, counts it, and takes more once it is read") {
  CaptureRing ring;
  const Parsed frame(counting(1000));
  const std::size_t fit = CaptureRing::kBytes / (1000 + sizeof(CaptureRecord));
  CaptureRecord record = whole(frame.packet), seen;
  for (std::size_t i = 0; i < fit + 5; ++i) {
    record.time_ns = i;
    ring.write(record, frame.packet);
  }
  ring.publish();
  CHECK_EQUAL(ring.lost(), 5u);
  for (std::size_t i = 0; i < fit; ++i) {
    CHECK(next(ring, seen) == frame.bytes);
    CHECK_EQUAL(seen.time_ns, i);
  }
  CHECK(next(ring, seen).empty());
  for (std::uint64_t i = 0; i < 3 * fit; ++i) {  // round and round
    record.time_ns = i;
    ring.write(record, frame.packet);
    ring.publish();
    CHECK(next(ring, seen) == frame.bytes && seen.time_ns == i);
  }
  CHECK_EQUAL(ring.lost(), 5u);
}

TEST("worker/capture_tap: one writes while another reads") {
  CaptureRing ring;
  constexpr std::uint64_t kFrames = 50'000;
  std::atomic<bool> written{false};
  std::thread worker([&] {
    const Parsed frame(counting(200));
    CaptureRecord record = whole(frame.packet);
    for (std::uint64_t i = 1; i <= kFrames; ++i) {
      record.time_ns = i;
      ring.write(record, frame.packet);
      if (i % 16 == 0 || i == kFrames) ring.publish();
    }
    written = true;
  });
  std::uint64_t frames = 0, last = 0;
  bool torn = false;
  for (bool more = true; more;) {
    more = !written;
    CaptureRecord record;
    for (Bytes bytes = next(ring, record); !bytes.empty(); bytes = next(ring, record)) {
      torn = torn || bytes != counting(200) || record.time_ns <= last;
      last = record.time_ns;
      ++frames;
    }
  }
  worker.join();
  CHECK(!torn);
  CHECK_EQUAL(frames + ring.lost(), kFrames);
}

TEST("worker/capture_tap: sessions are seen between their start and their end, each with its own filter") {
  CaptureTap tap;
  CaptureSession all({}, 30, 2), dead({.only_dropped = true}, 65'557, 2);
  Parsed frame(udp4_frame(1, 2));
  CaptureRecord seen;
  CHECK(!tap.active());
  tap.write(1, PortId{1}, frame.packet, false, DropReason::kNone, 1);
  tap.show(0, &all);
  tap.show(3, &dead);
  CHECK(tap.active());
  tap.write(1, PortId{1}, frame.packet, false, DropReason::kNone, 2);
  tap.write(1, PortId{1}, frame.packet, false, DropReason::k_mac_spoofed, 3);
  tap.publish(0);
  CHECK(next(all.rings[1], seen).empty());
  tap.publish(1);
  CHECK(next(all.rings[1], seen) == Bytes(frame.bytes.begin(), frame.bytes.begin() + 30));
  CHECK(seen.time_ns == 2 && seen.length == frame.bytes.size());
  CHECK(!next(all.rings[1], seen).empty());
  CHECK(next(all.rings[0], seen).empty());
  CHECK(next(dead.rings[1], seen) == frame.bytes && seen.fate == DropReason::k_mac_spoofed);
  CHECK(next(dead.rings[1], seen).empty());
  tap.show(0, nullptr);
  CHECK(tap.active());
  tap.show(3, nullptr);
  CHECK(!tap.active());
  tap.write(1, PortId{1}, frame.packet, false, DropReason::k_mac_spoofed, 4);
  tap.publish(1);
  CHECK(next(all.rings[1], seen).empty() && next(dead.rings[1], seen).empty());
}
