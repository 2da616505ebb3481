#include "action/offload.hpp"

#include <random>

#include "native/held_packet.hpp"
#include "native/linux_bridge.hpp"
#include "native/tap.hpp"
#include "wire/checksum.hpp"

using namespace vsw;
using namespace vsw::test;

namespace {

using Gso = Offload::Gso;

constexpr std::uint16_t kL4v4 = 34, kL4v6 = 54;

Bytes tcp4(std::size_t payload, std::uint8_t flags = 0x10) {
  return ethernet(0x0800, ipv4(6, tcp(counting(payload), flags)));
}
Bytes tcp6(std::size_t payload) { return ethernet(0x86dd, ipv6(6, tcp(counting(payload)))); }
Bytes udp4(std::size_t payload) { return ethernet(0x0800, ipv4(17, udp(counting(payload)))); }
Bytes udp6(std::size_t payload) { return ethernet(0x86dd, ipv6(17, udp(counting(payload)))); }

Offload partial(std::uint16_t start, std::uint16_t offset) {
  Offload offload;
  offload.needs_checksum = true;
  offload.checksum_start = start;
  offload.checksum_offset = offset;
  return offload;
}
Offload super(Gso gso, std::uint16_t size, std::uint16_t start, std::uint16_t offset) {
  Offload offload = partial(start, offset);
  offload.gso = gso;
  offload.gso_size = size;
  return offload;
}

bool accepts(const Bytes& frame, const Offload& offload) {
  HeldPacket held(frame, offload);
  return held.error == ParseError::kNone && check_offload(held.packet);
}
std::uint32_t count_of(const Bytes& frame, const Offload& offload) {
  HeldPacket held(frame, offload);
  return held.error == ParseError::kNone && check_offload(held.packet) ? held.packet.wire_packets : 0;
}

// The frame with the pseudo-header's sum where its transport checksum stands.
Bytes with_pseudo(Bytes frame, std::size_t l4, std::uint8_t protocol) {
  const bool v4 = read(frame, 12, 2) == 0x0800;
  const std::size_t length = frame.size() - l4;
  write(frame, l4 + (protocol == 6 ? 16 : 6),
        v4 ? pseudo_sum(kSource4, kDestination4, protocol, length)
           : pseudo_sum(kSource6, kDestination6, protocol, length),
        2);
  return frame;
}

}  // namespace

TEST("action/offload: a frame without any offload is one packet") {
  CHECK_EQUAL(count_of(tcp4(10), {}), 1u);
  CHECK_EQUAL(count_of(ethernet(0x88cc, counting(3)), {}), 1u);
}

TEST("action/offload: a partial checksum is that of TCP or UDP, where parse found it") {
  CHECK(accepts(tcp4(10), partial(kL4v4, 16)));
  CHECK(accepts(tcp6(10), partial(kL4v6, 16)));
  CHECK(accepts(udp4(10), partial(kL4v4, 6)));
  CHECK(accepts(udp6(10), partial(kL4v6, 6)));
  for (const int by : {-1, 1, 20}) {
    CHECK(!accepts(tcp4(10), partial(static_cast<std::uint16_t>(kL4v4 + by), 16)));
    CHECK(!accepts(tcp4(10), partial(kL4v4, static_cast<std::uint16_t>(16 + by))));
    CHECK(!accepts(udp6(10), partial(static_cast<std::uint16_t>(kL4v6 + by), 6)));
    CHECK(!accepts(udp6(10), partial(kL4v6, static_cast<std::uint16_t>(6 + by))));
  }
  CHECK(!accepts(tcp4(10), partial(65'535, 65'535)));
  CHECK(!accepts(tcp4(10), partial(0, 0)));
}

TEST("action/offload: a partial checksum of anything else contradicts the frame") {
  CHECK(!accepts(ethernet(0x0800, ipv4(132, sctp(counting(20)))), partial(kL4v4, 8)));
  CHECK(!accepts(ethernet(0x0800, ipv4(1, echo(8, counting(20)))), partial(kL4v4, 2)));
  CHECK(!accepts(ethernet(0x0800, ipv4(47, counting(20))), partial(kL4v4, 6)));
  CHECK(!accepts(ethernet(0x0806, arp(1)), partial(0, 6)));
  CHECK(!accepts(ethernet(0x88cc, counting(60)), partial(0, 16)));
  // Fragments: the first has the header, not the bytes; later ones have neither.
  CHECK(!accepts(ethernet(0x0800, ipv4(17, udp(counting(8)), 0x2000)), partial(kL4v4, 6)));
  CHECK(!accepts(ethernet(0x0800, ipv4(17, counting(16), 3)), partial(kL4v4, 6)));
}

TEST("action/offload: a super-frame is of the protocol and family that it claims") {
  struct Kind {
    Gso gso;
    bool tcp4, tcp6, udp;
  };
  for (const Kind& kind : {Kind{Gso::kTcp4, true, false, false}, Kind{Gso::kTcp6, false, true, false},
                           Kind{Gso::kUdp, false, false, true}}) {
    CHECK_EQUAL(accepts(tcp4(3000), super(kind.gso, 1000, kL4v4, 16)), kind.tcp4);
    CHECK_EQUAL(accepts(tcp6(3000), super(kind.gso, 1000, kL4v6, 16)), kind.tcp6);
    CHECK_EQUAL(accepts(udp4(3000), super(kind.gso, 1000, kL4v4, 6)), kind.udp);
    CHECK_EQUAL(accepts(udp6(3000), super(kind.gso, 1000, kL4v6, 6)), kind.udp);
  }
  CHECK(!accepts(tcp4(3000), super(static_cast<Gso>(3), 1000, kL4v4, 16)));
}

TEST("action/offload: a super-frame needs a checksum, a segment size and TCP for its ECN") {
  Offload whole = super(Gso::kTcp4, 1000, kL4v4, 16);
  whole.needs_checksum = false;
  CHECK(!accepts(tcp4(3000), whole));
  CHECK(!accepts(tcp4(3000), super(Gso::kTcp4, 0, kL4v4, 16)));
  Offload ecn = super(Gso::kTcp4, 1000, kL4v4, 16);
  ecn.ecn = true;
  CHECK(accepts(tcp4(3000), ecn));
  ecn = super(Gso::kUdp, 1000, kL4v4, 6);
  ecn.ecn = true;
  CHECK(!accepts(udp4(3000), ecn));
  ecn = partial(kL4v4, 16);
  ecn.ecn = true;
  CHECK(!accepts(tcp4(10), ecn));
}

TEST("action/offload: a super-frame is neither padded nor a fragment, and UDP's length is its own") {
  CHECK(!accepts(join({tcp4(3000), Bytes(1)}), super(Gso::kTcp4, 1000, kL4v4, 16)));
  CHECK(!accepts(ethernet(0x0800, ipv4(6, tcp(counting(3000)), 0x2000)), super(Gso::kTcp4, 1000, kL4v4, 16)));
  Bytes of_one_segment = udp4(3000);
  write(of_one_segment, kL4v4 + 4, 1008, 2);
  CHECK(!accepts(of_one_segment, super(Gso::kUdp, 1000, kL4v4, 6)));
}

TEST("action/offload: segments are counted, the last may be shorter") {
  CHECK_EQUAL(count_of(tcp4(1001), super(Gso::kTcp4, 1000, kL4v4, 16)), 2u);
  CHECK_EQUAL(count_of(tcp4(2000), super(Gso::kTcp4, 1000, kL4v4, 16)), 2u);
  CHECK_EQUAL(count_of(tcp4(2001), super(Gso::kTcp4, 1000, kL4v4, 16)), 3u);
  CHECK_EQUAL(count_of(tcp4(20'000), super(Gso::kTcp4, 9000, kL4v4, 16)), 3u);
  CHECK_EQUAL(count_of(tcp4(65'495), super(Gso::kTcp4, 8, kL4v4, 16)), 8187u);
  HeldPacket held(tcp4(2001), super(Gso::kTcp4, 1000, kL4v4, 16));
  CHECK(check_offload(held.packet));
  CHECK_EQUAL(held.packet.wire_bytes(), 3u * 54 + 2001);
}

TEST("action/offload: a super-frame that fits one segment becomes a plain frame") {
  for (const std::size_t payload : {0u, 1u, 999u, 1000u}) {
    Offload offload = super(Gso::kTcp4, 1000, kL4v4, 16);
    offload.ecn = true;
    HeldPacket held(tcp4(payload), offload);
    CHECK(check_offload(held.packet));
    CHECK_EQUAL(held.packet.wire_packets, 1);
    CHECK(held.packet.offload.gso == Gso::kNone);
    CHECK(!held.packet.offload.ecn);
    CHECK_EQUAL(held.packet.offload.gso_size, 0);
    CHECK(held.packet.offload.needs_checksum);
  }
}

TEST("action/offload: segments have a least size in TCP and a greatest number in UDP") {
  CHECK(accepts(tcp4(100), super(Gso::kTcp4, 8, kL4v4, 16)));
  CHECK(!accepts(tcp4(100), super(Gso::kTcp4, 7, kL4v4, 16)));
  CHECK(accepts(udp4(128), super(Gso::kUdp, 1, kL4v4, 6)));
  CHECK(!accepts(udp4(129), super(Gso::kUdp, 1, kL4v4, 6)));
  CHECK(accepts(udp6(12'800), super(Gso::kUdp, 100, kL4v6, 6)));
  CHECK(!accepts(udp6(12'801), super(Gso::kUdp, 100, kL4v6, 6)));
}

TEST("action/offload: SYN, RST and URG do not stand in several segments") {
  const Offload offload = super(Gso::kTcp4, 1000, kL4v4, 16);
  for (const std::uint8_t flag : {0x02, 0x04, 0x20}) {
    CHECK(!accepts(tcp4(3000, 0x10 | flag), offload));
    CHECK(accepts(tcp4(1000, 0x10 | flag), offload));
  }
  for (const std::uint8_t flag : {0x01, 0x08, 0x40, 0x80}) CHECK(accepts(tcp4(3000, 0x10 | flag), offload));
}

TEST("action/offload: a refused super-frame counts as one packet") {
  HeldPacket held(tcp4(3000), super(Gso::kTcp4, 7, kL4v4, 16));
  held.packet.wire_packets = 9;
  CHECK(!check_offload(held.packet));
  CHECK_EQUAL(held.packet.wire_packets, 1);
}

TEST("action/offload: completes partial checksums exactly, wherever the frame is split") {
  for (const std::size_t payload : {0u, 1u, 2u, 57u, 1460u, 30'001u}) {
    for (const std::size_t split : {62u, 75u, 76u, 77u, 1000u, 2048u}) {
      struct Case {
        Bytes frame;
        std::uint16_t l4, offset;
        std::uint8_t protocol;
      };
      for (const Case& one :
           {Case{tcp4(payload), kL4v4, 16, 6}, Case{udp6(payload), kL4v6, 6, 17}, Case{udp4(payload), kL4v4, 6, 17}}) {
        HeldPacket held(with_pseudo(one.frame, one.l4, one.protocol), partial(one.l4, one.offset), split);
        REQUIRE(held.error == ParseError::kNone && check_offload(held.packet));
        complete_checksum(held.packet);
        CHECK(!held.packet.offload.needs_checksum);
        CHECK(transport_is_right(held.bytes(), held.packet.headers));
      }
    }
  }
}

TEST("action/offload: completing changes nothing but the two bytes of the checksum") {
  const Bytes before = with_pseudo(tcp4(100), kL4v4, 6);
  HeldPacket held(before, partial(kL4v4, 16));
  complete_checksum(held.packet);
  Bytes after = held.bytes();
  write(after, kL4v4 + 16, read(before, kL4v4 + 16, 2), 2);
  CHECK_EQUAL(to_hex(after), to_hex(before));
  HeldPacket whole(before, {});
  complete_checksum(whole.packet);
  CHECK_EQUAL(to_hex(whole.bytes()), to_hex(before));
}

TEST("action/offload: padding is not summed") {
  Bytes frame = with_pseudo(udp4(3), kL4v4, 17);
  HeldPacket held(join({frame, from_hex("aabbccddeeff")}), partial(kL4v4, 6));
  REQUIRE(check_offload(held.packet));
  complete_checksum(held.packet);
  CHECK(transport_is_right(held.bytes(), held.packet.headers));
}

TEST("action/offload: a UDP checksum that comes out as 0 is written as 0xffff, TCP's stays 0") {
  Bytes datagram = with_pseudo(udp4(2), kL4v4, 17);
  Bytes segment = with_pseudo(tcp4(2), kL4v4, 6);
  for (auto* frame : {&datagram, &segment}) {
    // The last two bytes make the sum 0xffff.
    write(*frame, frame->size() - 2, 0, 2);
    const Bytes rest(frame->begin() + kL4v4, frame->end());
    write(*frame, frame->size() - 2, 0xffff - naive_sum(rest), 2);
  }
  HeldPacket udp(datagram, partial(kL4v4, 6));
  complete_checksum(udp.packet);
  CHECK_EQUAL(read(udp.bytes(), kL4v4 + 6, 2), 0xffffu);
  HeldPacket tcp(segment, partial(kL4v4, 16));
  complete_checksum(tcp.packet);
  CHECK_EQUAL(read(tcp.bytes(), kL4v4 + 16, 2), 0u);
  CHECK(transport_is_right(tcp.bytes(), tcp.packet.headers));
}

TEST("action/offload: the sender's pseudo-header counts, so source routing keeps its final destination") {
  const Bytes final_destination = from_hex("fd000077000000000000000000000099");
  const Bytes routing = join({from_hex("11 02 00 01 00000000"), final_destination});
  Bytes frame = ethernet(0x86dd, ipv6(43, join({routing, udp(counting(33))})));
  const std::uint16_t l4 = kL4v6 + 24;
  write(frame, l4 + 6u, pseudo_sum(kSource6, final_destination, 17, 41), 2);
  HeldPacket held(frame, partial(l4, 6));
  REQUIRE(check_offload(held.packet));
  complete_checksum(held.packet);
  const Bytes after = held.bytes();
  CHECK_EQUAL(naive_sum(Bytes(after.begin() + l4, after.end()), pseudo_sum(kSource6, final_destination, 17, 41)),
              0xffffu);
}

TEST("action/offload: a range is summed alike wherever the frame is split") {
  std::mt19937 random(4);
  for (int round = 0; round < 2000; ++round) {
    const Bytes frame = counting(62 + random() % 200);
    const std::size_t split = random() % (frame.size() + 1);
    HeldPacket held(frame, {}, split);
    const auto from = static_cast<std::uint32_t>(random() % frame.size());
    const auto to = from + static_cast<std::uint32_t>(random() % (frame.size() - from + 1));
    const Bytes part(frame.begin() + from, frame.begin() + to);
    CHECK_EQUAL(__builtin_bswap16(checksum_fold(checksum_range(held.packet, from, to))), naive_sum(part));
  }
}

TEST("action/offload: a port takes what it says it takes") {
  HeldPacket plain(tcp4(10), {}), checksum(tcp4(10), partial(kL4v4, 16));
  HeldPacket super4(tcp4(3000), super(Gso::kTcp4, 1000, kL4v4, 16)),
      super6(tcp6(3000), super(Gso::kTcp6, 1000, kL4v6, 16));
  HeldPacket datagrams(udp4(3000), super(Gso::kUdp, 1000, kL4v4, 6));
  const PortInfo none, only_checksum{true, false, false, false}, all{true, true, true, true};
  const PortInfo no_udp{true, true, true, false}, no_checksum{false, true, true, true};
  for (const PortInfo& info : {none, only_checksum, all, no_udp, no_checksum}) CHECK(takes(info, plain.packet));
  CHECK(!takes(none, checksum.packet) && takes(only_checksum, checksum.packet) && !takes(no_checksum, checksum.packet));
  CHECK(!takes(only_checksum, super4.packet) && takes(all, super4.packet) && takes(no_udp, super4.packet));
  CHECK(!takes(no_checksum, super4.packet));
  CHECK(takes(PortInfo{true, false, true, false}, super6.packet) &&
        !takes(PortInfo{true, true, false, true}, super6.packet));
  CHECK(takes(all, datagrams.packet) && !takes(no_udp, datagrams.packet));
}

TEST("action/offload: completes a checksum as this machine's kernel does, an honest sum and a forged one") {
  if (!ScratchNetns::possible()) return;
  LinuxBridge linux;
  std::mt19937 random(9);
  for (int round = 0; round < 200; ++round) {
    const bool v6 = random() % 2 != 0, is_tcp = random() % 2 != 0;
    const std::size_t length = random() % 1'400;
    const std::uint16_t l4 = v6 ? kL4v6 : kL4v4;
    Bytes frame = is_tcp ? (v6 ? tcp6(length) : tcp4(length)) : (v6 ? udp6(length) : udp4(length));
    frame = with_pseudo(frame, l4, is_tcp ? 6 : 17);
    const std::uint16_t offset = is_tcp ? 16 : 6;
    if (round % 4 == 0) write(frame, l4 + offset, random() & 0xffff, 2);
    const Offload offload = partial(l4, offset);
    const std::vector<Bytes> wanted = linux.pass(frame, offload, l4, 1);
    HeldPacket held(frame, offload);
    REQUIRE(held.error == ParseError::kNone && check_offload(held.packet) && wanted.size() == 1);
    complete_checksum(held.packet);
    CHECK_EQUAL(to_hex(held.bytes()), to_hex(wanted[0]));
  }
}
