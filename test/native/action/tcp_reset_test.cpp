#include "action/tcp_reset.hpp"

#include "native/held_packet.hpp"
#include "native/stations.hpp"
#include "native/tap.hpp"

using namespace vsw;
using namespace vsw::test;

namespace {

Bytes answer_to(const Bytes& frame) {
  HeldPacket asked(frame, {});
  HeldPacket answer;
  if (asked.error != ParseError::kNone) fail(__FILE__, __LINE__, "the frame is no good");
  write_tcp_reset(TcpReset::answering(asked.packet), answer.packet);
  return answer.bytes();
}
bool may(const Bytes& frame) {
  HeldPacket asked(frame, {});
  return asked.error == ParseError::kNone && may_be_reset(asked.packet);
}
Bytes part(const Bytes& bytes, std::size_t from, std::size_t to) {
  return Bytes(bytes.begin() + static_cast<std::ptrdiff_t>(from), bytes.begin() + static_cast<std::ptrdiff_t>(to));
}

}  // namespace

TEST("action/tcp_reset: a SYN's answer acknowledges it, from where it went") {
  const Bytes answer = answer_to(ethernet(0x0800, ipv4(6, tcp(counting(4), 0x02))));
  CHECK_EQUAL(answer.size(), 54u);
  CHECK_EQUAL(to_hex(part(answer, 0, 12)), to_hex(join({part(kMacs, 6, 12), part(kMacs, 0, 6)})));
  CHECK_EQUAL(to_hex(part(answer, 26, 34)), to_hex(join({kDestination4, kSource4})));
  CHECK_EQUAL(naive_sum(part(answer, 14, 34)), 0xffffu);
  CHECK_EQUAL(to_hex(part(answer, 34, 48)), to_hex(join({number(80, 2), number(4242, 2), number(0, 4), number(0x1000'0005, 4), from_hex("5014")})));
  CHECK_EQUAL(naive_sum(part(answer, 34, 54), pseudo_sum(kDestination4, kSource4, 6, 20)), 0xffffu);
}

TEST("action/tcp_reset: what acknowledges is answered with the number that it waits for") {
  const Bytes answer = answer_to(ethernet(0x86dd, ipv6(6, tcp(counting(4), 0x10))));
  CHECK_EQUAL(answer.size(), 74u);
  CHECK_EQUAL(to_hex(part(answer, 54, 68)), to_hex(join({number(80, 2), number(4242, 2), number(0x2000'0000, 4), number(0, 4), from_hex("5004")})));
  CHECK_EQUAL(naive_sum(part(answer, 54, 74), pseudo_sum(kDestination6, kSource6, 6, 20)), 0xffffu);
}

TEST("action/tcp_reset: nobody resets a reset, a group or what is not TCP") {
  CHECK(may(ethernet(0x0800, ipv4(6, tcp({}, 0x10)))));
  CHECK(!may(ethernet(0x0800, ipv4(6, tcp({}, 0x04)))));
  CHECK(!may(ethernet(0x0800, ipv4(17, udp({})))));
  CHECK(!may(ethernet(0x0800, ipv4(6, counting(40), 0x0003))));
  CHECK(!may(join({kBroadcast, part(ethernet(0x0800, ipv4(6, tcp({}, 0x02))), 6, 54)})));
}
