#include "state/tcp_segment.hpp"

#include "native/held_packet.hpp"
#include "native/tap.hpp"

using namespace vsw;
using namespace vsw::test;

TEST("state/tcp_segment: it is read from a packet, its options only from a SYN") {
  const auto read = [](const Bytes& segment) {
    const HeldPacket held(ethernet(0x0800, ipv4(6, segment)), {});
    CHECK(held.error == ParseError::kNone);
    return TcpSegment::read(held.packet);
  };
  TcpSegment segment = read(tcp(counting(100), Tcp::kAck | Tcp::kPsh));
  CHECK_EQUAL(segment.sequence, 0x1000'0000u);
  CHECK_EQUAL(segment.acknowledgement, 0x2000'0000u);
  CHECK_EQUAL(segment.length, 100u);
  CHECK_EQUAL(segment.window, 0x7210);
  CHECK_EQUAL(segment.flags, Tcp::kAck | Tcp::kPsh);
  CHECK_EQUAL(segment.end(), 0x1000'0064u);
  const Bytes options = from_hex("020405b4 0402 080a 00000001 00000000 01 030307");
  segment = read(tcp({}, Tcp::kSyn, options));
  CHECK_EQUAL(segment.scale, 7);
  CHECK(segment.timestamps);
  CHECK_EQUAL(segment.end(), 0x1000'0001u);
  segment = read(tcp({}, Tcp::kAck, options));
  CHECK(segment.scale == -1 && !segment.timestamps);
  CHECK_EQUAL(read(tcp({}, Tcp::kSyn, from_hex("030319 00"))).scale, 14);
  CHECK_EQUAL(read(tcp({}, Tcp::kSyn, from_hex("00 030307"))).scale, -1);    // behind the end of options
  CHECK_EQUAL(read(tcp({}, Tcp::kSyn, from_hex("01010103"))).scale, -1);    // no room for its size
  CHECK_EQUAL(read(tcp({}, Tcp::kSyn, from_hex("01010303"))).scale, -1);    // no room for its value
  CHECK_EQUAL(read(tcp({}, Tcp::kSyn, from_hex("03000303"))).scale, -1);    // a size of none
  CHECK_EQUAL(read(tcp({}, Tcp::kSyn, from_hex("fdff0303"))).scale, -1);    // a size beyond the header
  CHECK_EQUAL(read(tcp({}, Tcp::kSyn, from_hex("fd040000 030302 00"))).scale, 2);
  // As the last option of the longest header.
  CHECK_EQUAL(read(tcp({}, Tcp::kSyn, join({Bytes(36, std::byte{1}), from_hex("01030303")}))).scale, 3);
}
