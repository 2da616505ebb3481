#include "action/icmp_error.hpp"

#include "action/offload.hpp"
#include "native/held_packet.hpp"
#include "native/tap.hpp"

using namespace vsw;
using namespace vsw::test;

namespace {

Bytes answer_to(const Bytes& frame, const Offload& offload = {}, std::size_t split = Packet::kSlotSize,
                std::uint32_t mtu = 1'500, const IcmpError& error = IcmpError::too_big(1'400)) {
  HeldPacket asked(frame, offload, split);
  HeldPacket answer;
  if (asked.error != ParseError::kNone || !check_offload(asked.packet)) {
    fail(__FILE__, __LINE__, "the frame is no good");
    return {};
  }
  write_icmp_error(asked.packet, error, mtu, answer.packet);
  CHECK(answer.packet.tail == nullptr && answer.packet.tail_length == 0 && !answer.packet.offload.needs_checksum);
  return answer.bytes();
}
bool may(const Bytes& frame) {
  HeldPacket asked(frame, {});
  return asked.error == ParseError::kNone && may_be_answered(asked.packet);
}
Bytes part(const Bytes& bytes, std::size_t from, std::size_t to) {
  return Bytes(bytes.begin() + static_cast<std::ptrdiff_t>(from), bytes.begin() + static_cast<std::ptrdiff_t>(to));
}
Bytes udp4(std::size_t payload) { return ethernet(0x0800, ipv4(17, udp(counting(payload)))); }
Bytes udp6(std::size_t payload) { return ethernet(0x86dd, ipv6(17, udp(counting(payload)))); }
// The same frame with other bytes in its IPv4 header, whose checksum is put right.
Bytes with4(Bytes frame, std::size_t at, std::uint64_t value, std::size_t size) {
  write(frame, 14 + at, value, size);
  Bytes header = part(frame, 14, 34);
  repair_ipv4(header);
  return join({part(frame, 0, 14), header, part(frame, 34, frame.size())});
}
Bytes with6(Bytes frame, std::size_t at, const Bytes& address) {
  std::copy(address.begin(), address.end(), frame.begin() + static_cast<std::ptrdiff_t>(14 + at));
  return frame;
}

}  // namespace

TEST("action/icmp_error: answers IPv4 from where it went, with a quote that fits 576 bytes") {
  const Bytes asked = udp4(2'000);
  const Bytes answer = answer_to(asked);
  CHECK_EQUAL(answer.size(), 14u + 576u);
  CHECK_EQUAL(to_hex(part(answer, 0, 12)), to_hex(join({part(kMacs, 6, 12), part(kMacs, 0, 6)})));
  CHECK_EQUAL(to_hex(part(answer, 12, 24)), "080045c0024000004000" "4001");
  CHECK_EQUAL(to_hex(part(answer, 26, 34)), to_hex(join({kDestination4, kSource4})));
  CHECK_EQUAL(naive_sum(part(answer, 14, 34)), 0xffffu);
  CHECK_EQUAL(to_hex(part(answer, 34, 36)), "0304");
  CHECK_EQUAL(read(answer, 38, 4), 1'400u);
  CHECK_EQUAL(naive_sum(part(answer, 34, answer.size())), 0xffffu);
  CHECK_EQUAL(to_hex(part(answer, 42, answer.size())), to_hex(part(asked, 14, 14 + 548)));
}

TEST("action/icmp_error: answers IPv6 from where it went, with a quote that fits 1,280 bytes or the asker's MTU") {
  const Bytes asked = udp6(3'000);
  for (const std::uint32_t mtu : {9'000u, 1'280u, 1'000u}) {
    const std::size_t length = std::min<std::size_t>(mtu, 1'280);
    const Bytes answer = answer_to(asked, {}, Packet::kSlotSize, mtu);
    CHECK_EQUAL(answer.size(), 14 + length);
    CHECK_EQUAL(to_hex(part(answer, 12, 18)), "86dd60000000");
    CHECK_EQUAL(read(answer, 18, 2), length - 40);
    CHECK_EQUAL(to_hex(part(answer, 20, 22)), "3a40");
    CHECK_EQUAL(to_hex(part(answer, 22, 54)), to_hex(join({kDestination6, kSource6})));
    CHECK_EQUAL(to_hex(part(answer, 54, 56)), "0200");
    CHECK_EQUAL(read(answer, 58, 4), 1'400u);
    CHECK_EQUAL(naive_sum(part(answer, 54, answer.size()), pseudo_sum(kDestination6, kSource6, 58, length - 40)), 0xffffu);
    CHECK_EQUAL(to_hex(part(answer, 62, answer.size())), to_hex(part(asked, 14, 14 + length - 48)));
  }
}

TEST("action/icmp_error: a small packet is quoted whole and without its padding") {
  const Bytes asked = udp4(10);
  const Bytes answer = answer_to(join({asked, Bytes(18)}), {}, Packet::kSlotSize, 1'500, {3, 13, 1, 1, 0});
  CHECK_EQUAL(to_hex(part(answer, 34, 36)), "030d");
  CHECK_EQUAL(read(answer, 38, 4), 0u);
  CHECK_EQUAL(to_hex(part(answer, 42, answer.size())), to_hex(part(asked, 14, asked.size())));
}

TEST("action/icmp_error: tags stay where they were") {
  const Bytes asked = tagged(0x8100, 100, 0x0800, ipv4(17, udp(counting(2'000))));
  const Bytes answer = answer_to(asked);
  CHECK_EQUAL(to_hex(part(answer, 12, 18)), "810000640800");
  CHECK_EQUAL(answer.size(), 18u + 576u);
  CHECK_EQUAL(to_hex(part(answer, 46, answer.size())), to_hex(part(asked, 18, 18 + 548)));
}

TEST("action/icmp_error: quotes are the same wherever the frame is split") {
  Bytes partial = udp4(2'000);
  write(partial, 40, pseudo_sum(kSource4, kDestination4, 17, 2'008), 2);
  Offload checksum;
  checksum.needs_checksum = true;
  checksum.checksum_start = 34;
  checksum.checksum_offset = 6;
  Bytes whole = partial;
  write(whole, 40, 0xffff & ~naive_sum(part(partial, 34, partial.size())), 2);
  const std::string wanted = to_hex(answer_to(whole));
  for (const std::size_t split : {42, 43, 100, 589, 590, 591, 1'999}) {
    CHECK_EQUAL(to_hex(answer_to(partial, checksum, split)), wanted);
    CHECK_EQUAL(to_hex(answer_to(whole, {}, split)), wanted);
  }
}

TEST("action/icmp_error: of a super-frame the first segment is quoted, with its own length and checksum") {
  Offload offload{Offload::Gso::kUdp, false, true, false, 1'473, 54, 6};
  const Bytes data = counting(20'000);
  Bytes super = ethernet(0x86dd, ipv6(17, udp(data)));
  write(super, 60, pseudo_sum(kSource6, kDestination6, 17, 20'008), 2);
  Bytes first = ethernet(0x86dd, ipv6(17, udp(part(data, 0, 1'473))));
  write(first, 60, 0xffff & ~naive_sum(part(first, 54, first.size()), pseudo_sum(kSource6, kDestination6, 17, 1'481)), 2);
  for (const std::size_t split : {62, 500, 2'048}) CHECK_EQUAL(to_hex(answer_to(super, offload, split)), to_hex(answer_to(first)));
}

TEST("action/icmp_error: an ICMP error and a redirect are never answered, a query is") {
  for (const unsigned type : {0u, 8u, 9u, 10u, 13u, 14u, 15u, 16u, 17u, 18u, 42u, 43u})
    CHECK(may(ethernet(0x0800, ipv4(1, echo(static_cast<std::uint8_t>(type), counting(20))))));
  for (const unsigned type : {1u, 2u, 3u, 4u, 5u, 11u, 12u, 19u, 41u, 44u, 255u})
    CHECK(!may(ethernet(0x0800, ipv4(1, echo(static_cast<std::uint8_t>(type), counting(20))))));
  for (const unsigned type : {128u, 129u, 135u, 136u, 255u})
    CHECK(may(ethernet(0x86dd, ipv6(58, echo(static_cast<std::uint8_t>(type), counting(20))))));
  for (const unsigned type : {0u, 1u, 2u, 3u, 4u, 127u, 137u})
    CHECK(!may(ethernet(0x86dd, ipv6(58, echo(static_cast<std::uint8_t>(type), counting(20))))));
  // The other family's number is just another protocol.
  CHECK(may(ethernet(0x0800, ipv4(58, counting(20)))) && may(ethernet(0x86dd, ipv6(1, counting(20)))));
}

TEST("action/icmp_error: only what one host sent to one host is answered") {
  CHECK(may(udp4(20)) && may(udp6(20)));
  for (const std::size_t end : {12u, 16u}) {
    for (const std::uint32_t address : {0u, 0x7f00'0001u, 0xe000'0001u, 0xefff'ffffu, 0xf000'0001u, 0xffff'ffffu})
      CHECK(!may(with4(udp4(20), end, address, 4)));
    CHECK(may(with4(udp4(20), end, 0xdfff'ffffu, 4)));
  }
  for (const std::size_t end : {8u, 24u})
    for (const Bytes& address : {Bytes(16), join({from_hex("ff02"), Bytes(13), from_hex("05")})})
      CHECK(!may(with6(udp6(20), end, address)));
  Bytes loud = udp4(20);
  loud[0] = std::byte{3};
  CHECK(!may(loud));
}

TEST("action/icmp_error: the first fragment is answered, a later one and what is not IP are not") {
  CHECK(may(ethernet(0x0800, ipv4(17, udp(counting(20)), 0x2000))));
  CHECK(!may(ethernet(0x0800, ipv4(17, counting(20), 0x2001))));
  CHECK(!may(ethernet(0x0800, ipv4(1, echo(8, counting(20)), 0x0001))));
  CHECK(!may(ethernet(0x86dd, ipv6(44, join({from_hex("1100 0009 00000007"), counting(24)})))));
  CHECK(!may(ethernet(0x0806, arp(1))));
  CHECK(!may(ethernet(0x88b5, counting(60))));
}
