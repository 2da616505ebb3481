#include "wire/fragment.hpp"

#include "native/held_packet.hpp"
#include "native/tap.hpp"

using namespace vsw;
using namespace vsw::test;

namespace {

Bytes header6(std::uint8_t next, std::uint32_t offset, bool more, std::uint32_t id) {
  return join({number(next, 1), number(0, 1), number(offset | (more ? 1u : 0u), 2), number(id, 4)});
}
Bytes options(std::uint8_t next) { return join({number(next, 1), number(0, 1), from_hex("0104 00000000")}); }

Fragment read(const Bytes& frame) {
  const HeldPacket held(frame, {});
  CHECK(held.error == ParseError::kNone);
  CHECK(held.packet.headers.has(Headers::kFragment));
  return Fragment::read(held.packet.head(), held.packet.headers);
}

}  // namespace

TEST("wire/fragment: IPv4 names datagram and piece in its header") {
  Fragment fragment = read(ethernet(0x0800, ipv4(17, udp(counting(16)), 0x2000)));
  CHECK(fragment.source == Ip::v4(kSource4.data()) && fragment.destination == Ip::v4(kDestination4.data()));
  CHECK_EQUAL(fragment.id, 0x1234u);
  CHECK(fragment.is_first() && fragment.more && !fragment.v6 && !fragment.is_tiny());
  CHECK_EQUAL(fragment.length, 24u);
  CHECK_EQUAL(fragment.protocol, 17);
  fragment = read(ethernet(0x0800, ipv4(17, counting(9), 0x0003, from_hex("01010101"))));
  CHECK(!fragment.more && fragment.offset == 24 && fragment.length == 9 && fragment.end() == 33);
  CHECK(!fragment.is_tiny());
}

TEST("wire/fragment: IPv6 names them in an extension header, wherever it stands") {
  Fragment fragment = read(ethernet(0x86dd, ipv6(0, join({options(60), options(44), header6(60, 0, true, 0x0a0b0c0d), options(17), udp(counting(8))}))));
  CHECK(fragment.source == Ip::v6(kSource6.data()) && fragment.destination == Ip::v6(kDestination6.data()));
  CHECK_EQUAL(fragment.id, 0x0a0b0c0du);
  CHECK(fragment.is_first() && fragment.more && fragment.v6);
  CHECK_EQUAL(fragment.length, 8u + 16u);
  fragment = read(ethernet(0x86dd, ipv6(44, join({header6(60, 24, false, 7), counting(5)}))));
  CHECK(!fragment.more && fragment.offset == 24 && fragment.length == 5 && fragment.id == 7);
  const Bytes authentication = join({number(44, 1), number(4, 1), Bytes(22)});
  fragment = read(ethernet(0x86dd, ipv6(51, join({authentication, header6(17, 8, true, 7), counting(8)}))));
  CHECK(fragment.more && fragment.offset == 8 && fragment.length == 8);
}

TEST("wire/fragment: pieces that nobody honest makes are tiny") {
  const auto is_tiny = [](std::uint8_t protocol, std::size_t length, std::uint16_t word) {
    return read(ethernet(0x0800, ipv4(protocol, counting(length), word))).is_tiny();
  };
  CHECK(is_tiny(17, 0, 0x0001));
  CHECK(is_tiny(17, 12, 0x2001));  // the next one cannot begin where it ends
  CHECK(!is_tiny(17, 12, 0x0001));
  CHECK(is_tiny(6, 64, 0x0001) && is_tiny(6, 64, 0x2002) && !is_tiny(6, 64, 0x0003));
  CHECK(is_tiny(132, 64, 0x0001) && !is_tiny(132, 64, 0x0002));
  CHECK(!is_tiny(17, 64, 0x0001));
  CHECK(read(ethernet(0x86dd, ipv6(44, join({header6(6, 8, false, 7), counting(64)})))).is_tiny());
}
