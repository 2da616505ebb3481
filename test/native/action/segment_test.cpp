#include "action/segment.hpp"

#include <random>

#include "action/offload.hpp"
#include "native/held_packet.hpp"
#include "native/linux_bridge.hpp"
#include "native/tap.hpp"

using namespace vsw;
using namespace vsw::test;

namespace {

using Gso = Offload::Gso;

struct Piece {
  std::string headers;
  std::uint32_t from, length;
};
struct Golden {
  std::string name;
  Offload offload;
  std::string headers;
  std::uint32_t payload_length;
  std::vector<Piece> segments;
};

std::vector<Golden> golden() {
  std::vector<Golden> all;
#define SUPER(name, gso, size, ecn, start, offset, headers, length) \
  all.push_back({name, {Gso::gso, ecn, true, false, size, start, offset}, headers, length, {}});
#define SEGMENT(headers, from, length) all.back().segments.push_back({headers, from, length});
#include "native/action/data/segments.def"
#include "native/action/data/linux_segments.def"
#undef SEGMENT
#undef SUPER
  return all;
}

// A super-frame by chance, as an honest sender would make it: with the pseudo-header's sum in its checksum.
struct Super {
  Bytes frame;
  Offload offload;
  std::size_t header_length;
};

Super draw_super(std::mt19937& random, bool may_be_udp) {
  const bool v6 = random() % 2 != 0, is_tcp = !may_be_udp || random() % 3 != 0;
  const std::uint8_t protocol = is_tcp ? 6 : 17;
  const std::size_t length = 20 + random() % 20'000;
  Offload offload;
  offload.gso = !is_tcp ? Gso::kUdp : v6 ? Gso::kTcp6 : Gso::kTcp4;
  offload.needs_checksum = true;
  const std::size_t least = is_tcp ? 500 : length / 128 + 1;
  offload.gso_size = static_cast<std::uint16_t>(least + random() % 8'000);
  constexpr std::uint8_t kFin = 1, kPsh = 8, kAck = 16, kEce = 64, kCwr = 128;
  std::uint8_t flags = kAck;
  for (const std::uint8_t flag : {kFin, kPsh, kEce, kCwr})
    if (random() % 2 != 0) flags |= flag;
  offload.ecn = is_tcp && (flags & kCwr) != 0;
  const Bytes options(random() % 11 * 4, std::byte{1});  // no-operations
  Bytes transport = is_tcp ? tcp(counting(length), flags, options) : udp(counting(length));
  if (is_tcp) write(transport, 4, random(), 4);
  Bytes packet = v6 ? ipv6(protocol, transport) : ipv4(protocol, transport, random() % 2 != 0 ? 0x4000 : 0);
  if (!v6) {
    write(packet, 4, random() & 0xffff, 2);
    repair_ipv4(packet);
  }
  const std::uint16_t type = v6 ? 0x86dd : 0x0800;
  Bytes frame = random() % 3 == 0 ? tagged(0x8100, 100, type, packet) : ethernet(type, packet);
  offload.checksum_start = static_cast<std::uint16_t>(frame.size() - transport.size());
  offload.checksum_offset = is_tcp ? 16 : 6;
  write(frame, offload.checksum_start + offload.checksum_offset,
        pseudo_sum(v6 ? kSource6 : kSource4, v6 ? kDestination6 : kDestination4, protocol, transport.size()), 2);
  return {frame, offload, offload.checksum_start + transport.size() - length};
}

}  // namespace

TEST("action/segment: cuts what this machine's kernel is given into the very frames that it cuts") {
  if (!ScratchNetns::possible()) return;
  LinuxBridge linux;
  std::mt19937 random(std::random_device{}());
  const auto seed = random();
  random.seed(seed);
  std::uint32_t cut = 0;
  for (int round = 0; round < 300; ++round) {
    const Super super = draw_super(random, linux.knows_udp());
    HeldPacket held(super.frame, super.offload);
    REQUIRE(held.error == ParseError::kNone && check_offload(held.packet));
    if (held.packet.offload.gso == Gso::kNone) continue;
    const std::vector<Bytes> wanted = linux.pass(super.frame, super.offload, super.header_length, held.packet.wire_packets);
    const std::string story = "seed " + std::to_string(seed) + ", round " + std::to_string(round) + ": ";
    CHECK_EQUAL(story + std::to_string(held.packet.wire_packets), story + std::to_string(wanted.size()));
    Segmenter segmenter(held.packet);
    for (const Bytes& one : wanted) {
      HeldPacket segment;
      REQUIRE(segmenter.next(segment.packet));
      REQUIRE(story + to_hex(segment.bytes()) == story + to_hex(one));
      ++cut;
    }
  }
  CHECK(cut > 300);
}

TEST("action/segment: cuts super-frames into the frames that scapy builds and Linux cuts, wherever they are split") {
  for (const Golden& one : golden()) {
    const Bytes payload = counting(one.payload_length);
    const Bytes headers = from_hex(one.headers);
    for (const std::size_t split :
         {headers.size(), headers.size() + 1, headers.size() + 777, std::size_t{2047}, std::size_t{2048}}) {
      HeldPacket super(join({headers, payload}), one.offload, split);
      super.packet.ingress = PortId{7};
      REQUIRE(super.error == ParseError::kNone && check_offload(super.packet));
      CHECK_EQUAL(super.packet.wire_packets, one.segments.size());
      const std::string before = to_hex(super.bytes());
      Segmenter segmenter(super.packet);
      std::uint64_t wire_bytes = 0;
      for (std::size_t i = 0; i < one.segments.size(); ++i) {
        const Piece& piece = one.segments[i];
        CHECK_EQUAL(segmenter.remaining(), one.segments.size() - i);
        HeldPacket segment;
        REQUIRE(segmenter.next(segment.packet));
        const auto from = payload.begin() + piece.from;
        const std::string actual = one.name + ": " + to_hex(segment.bytes());
        CHECK_EQUAL(actual, one.name + ": " + piece.headers + to_hex(Bytes(from, from + piece.length)));
        CHECK(segment.packet.ingress == super.packet.ingress);
        CHECK(!segment.packet.offload.needs_checksum && segment.packet.offload.gso == Gso::kNone);
        wire_bytes += segment.packet.frame_length();
      }
      CHECK_EQUAL(wire_bytes, super.packet.wire_bytes());
      HeldPacket none;
      CHECK(!segmenter.next(none.packet));
      CHECK_EQUAL(segmenter.remaining(), 0u);
      CHECK_EQUAL(to_hex(super.bytes()), before);
    }
  }
}

TEST("action/segment: what a segment's headers say is what parsing it again finds") {
  std::mt19937 random(5);
  for (int round = 0; round < 300; ++round) {
    const bool v6 = random() % 2 != 0, is_tcp = random() % 2 != 0;
    const std::size_t length = 2 + random() % 30'000;
    Offload offload;
    offload.gso = !is_tcp ? Gso::kUdp : v6 ? Gso::kTcp6 : Gso::kTcp4;
    offload.needs_checksum = true;
    const std::size_t least = is_tcp ? 8 : length / 128 + 1;
    offload.gso_size = static_cast<std::uint16_t>(std::min(least + random() % 9000, length));
    const Bytes transport =
        is_tcp ? tcp(counting(length), static_cast<std::uint8_t>(random() & 0xd9), counting(random() % 11 * 4))
               : udp(counting(length));
    Bytes frame = v6 ? ethernet(0x86dd, ipv6(is_tcp ? 6 : 17, transport))
                     : ethernet(0x0800, ipv4(is_tcp ? 6 : 17, transport, 0, counting(random() % 3 * 4)));
    offload.checksum_start = static_cast<std::uint16_t>(frame.size() - transport.size());
    offload.checksum_offset = is_tcp ? 16 : 6;
    const std::uint8_t protocol = is_tcp ? 6 : 17;
    write(frame, offload.checksum_start + offload.checksum_offset,
          v6 ? pseudo_sum(kSource6, kDestination6, protocol, transport.size())
             : pseudo_sum(kSource4, kDestination4, protocol, transport.size()),
          2);

    HeldPacket super(frame, offload, 200 + random() % 1848);
    REQUIRE(super.error == ParseError::kNone && check_offload(super.packet));
    if (super.packet.offload.gso == Gso::kNone) continue;
    Segmenter segmenter(super.packet);
    Bytes gathered;
    HeldPacket segment;
    for (; segmenter.next(segment.packet);) {
      const Bytes bytes = segment.bytes();
      Headers again;
      REQUIRE(parse(bytes, static_cast<std::uint32_t>(bytes.size()), false, again) == ParseError::kNone);
      CHECK_EQUAL(again.flags, segment.packet.headers.flags);
      CHECK_EQUAL(again.l4, segment.packet.headers.l4);
      CHECK_EQUAL(again.payload, segment.packet.headers.payload);
      CHECK_EQUAL(again.end, segment.packet.headers.end);
      CHECK_EQUAL(again.end, bytes.size());
      CHECK(transport_is_right(bytes, again));
      gathered.insert(gathered.end(), bytes.begin() + again.payload, bytes.end());
    }
    CHECK(gathered == counting(length));
  }
}

TEST("action/segment: a segment longer than a slot points into the super-frame") {
  Offload offload{Gso::kTcp4, false, true, false, 9000, 34, 16};
  HeldPacket super(ethernet(0x0800, ipv4(6, tcp(counting(20'000)))), offload);
  REQUIRE(check_offload(super.packet));
  Segmenter segmenter(super.packet);
  HeldPacket segment;
  REQUIRE(segmenter.next(segment.packet));  // its first bytes lie at the super-frame's data
  CHECK_EQUAL(segment.packet.length, Packet::kSlotSize);
  CHECK(segment.packet.tail == super.packet.tail);
  CHECK_EQUAL(segment.packet.frame_length(), 9054u);
  REQUIRE(segmenter.next(segment.packet));
  CHECK_EQUAL(segment.packet.length, 54u);
  CHECK(segment.packet.tail == super.packet.tail + (9054 - Packet::kSlotSize));
  CHECK_EQUAL(segment.packet.tail_length, 9000u);
  REQUIRE(segmenter.next(segment.packet));
  CHECK_EQUAL(segment.packet.tail_length, 2000u);
}

TEST("action/segment: a UDP checksum that comes out as 0 is written as 0xffff") {
  Bytes datagram = udp(counting(40));
  Bytes frame = ethernet(0x0800, ipv4(17, datagram));
  write(frame, 40, pseudo_sum(kSource4, kDestination4, 17, 48), 2);
  // The first segment's last two bytes make its sum 0xffff.
  Bytes first(frame.begin() + 34, frame.begin() + 62);
  write(first, 4, 28, 2);
  write(first, 6, pseudo_sum(kSource4, kDestination4, 17, 28), 2);
  write(first, 26, 0, 2);
  write(frame, 60, 0xffff - naive_sum(first), 2);
  HeldPacket super(frame, {Gso::kUdp, false, true, false, 20, 34, 6});
  REQUIRE(check_offload(super.packet));
  Segmenter segmenter(super.packet);
  HeldPacket segment;
  REQUIRE(segmenter.next(segment.packet));
  CHECK_EQUAL(read(segment.bytes(), 40, 2), 0xffffu);
}
