#include "wire/icmp_inner.hpp"

#include "native/held_packet.hpp"
#include "native/tap.hpp"

using namespace vsw;
using namespace vsw::test;

namespace {

Bytes head(const Bytes& bytes, std::size_t length) { return Bytes(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(length)); }
// The quoted packet went from the error's receiver to its sender.
Bytes turned4(Bytes datagram) {
  for (std::size_t i = 0; i < 4; ++i) std::swap(datagram[12 + i], datagram[16 + i]);
  return datagram;
}
Bytes turned6(Bytes datagram) {
  for (std::size_t i = 0; i < 16; ++i) std::swap(datagram[8 + i], datagram[24 + i]);
  return datagram;
}
Bytes error(std::uint8_t type, const Bytes& quote) { return join({number(type, 1), number(0, 7), quote}); }
Bytes error4(std::uint8_t type, const Bytes& quote) { return ethernet(0x0800, ipv4(1, error(type, quote))); }
Bytes error6(std::uint8_t type, const Bytes& quote) { return ethernet(0x86dd, ipv6(58, error(type, quote))); }

bool read(const Bytes& frame, IcmpInner& inner) {
  const HeldPacket held(frame, {});
  CHECK(held.error == ParseError::kNone);
  return IcmpInner::read(held.packet.head(), held.packet.headers, inner);
}
bool is_read(const Bytes& frame) {
  IcmpInner inner;
  return read(frame, inner);
}
const Bytes kTcp4 = turned4(ipv4(6, tcp({}))), kTcp6 = turned6(ipv6(6, tcp({})));

}  // namespace

TEST("wire/icmp_inner: quotes addresses, ports and what proves them, both families") {
  IcmpInner inner;
  CHECK(read(error4(3, head(kTcp4, 28)), inner));
  CHECK(inner.source == Ip::v4(kDestination4.data()) && inner.destination == Ip::v4(kSource4.data()));
  CHECK_EQUAL(inner.protocol, 6);
  CHECK_EQUAL(inner.source_port, 4242);
  CHECK_EQUAL(inner.destination_port, 80);
  CHECK_EQUAL(inner.proof, 0x1000'0000u);
  CHECK(read(error6(2, kTcp6), inner));
  CHECK(inner.source == Ip::v6(kDestination6.data()) && inner.destination == Ip::v6(kSource6.data()));
  CHECK_EQUAL(inner.proof, 0x1000'0000u);
  CHECK(read(error4(11, turned4(ipv4(17, udp(counting(3))))), inner));
  CHECK(inner.source_port == 5353 && inner.destination_port == 53 && inner.proof == 0);
  CHECK(read(error4(12, turned4(ipv4(132, sctp({})))), inner));
  CHECK(inner.source_port == 3868 && inner.proof == 7);
  CHECK(read(error4(3, turned4(ipv4(1, echo(8, {})))), inner));
  CHECK(inner.source_port == 77 && inner.destination_port == 77);
  CHECK(read(error6(1, turned6(ipv6(58, echo(128, {})))), inner));
  CHECK(inner.source_port == 77 && inner.protocol == 58);
  CHECK(read(error4(3, turned4(ipv4(47, {}))), inner));
  CHECK(inner.protocol == 47 && inner.source_port == 0 && inner.proof == 0);
}

TEST("wire/icmp_inner: only errors quote, and redirects and source quench are none") {
  for (unsigned type = 0; type < 256; ++type) {
    CHECK_EQUAL(is_read(error4(static_cast<std::uint8_t>(type), kTcp4)), type == 3 || type == 11 || type == 12);
    CHECK_EQUAL(is_read(error6(static_cast<std::uint8_t>(type), kTcp6)), type >= 1 && type <= 4);
  }
}

TEST("wire/icmp_inner: an error about an error, to somebody else, or about a later fragment says nothing") {
  CHECK(!is_read(error4(3, turned4(ipv4(1, echo(3, {}))))));
  CHECK(!is_read(error6(1, turned6(ipv6(58, echo(1, {}))))));
  CHECK(!is_read(error6(1, turned6(ipv6(58, echo(135, {}))))));
  CHECK(!is_read(error4(3, ipv4(6, tcp({})))));
  CHECK(!is_read(error6(1, ipv6(6, tcp({})))));
  CHECK(is_read(error4(3, turned4(ipv4(6, tcp({}), 0x2000)))));
  CHECK(!is_read(error4(3, turned4(ipv4(6, tcp({}), 0x0003)))));
  CHECK(!is_read(error4(3, kTcp6)));
  CHECK(!is_read(error6(1, kTcp4)));
  // The error itself is a fragment.
  CHECK(!is_read(ethernet(0x0800, ipv4(1, error(3, kTcp4), 0x2000))));
}

TEST("wire/icmp_inner: extension headers are passed over, as many as a packet may have") {
  const auto option = [](std::uint8_t next) { return join({number(next, 1), number(0, 1), from_hex("0104 00000000")}); };
  const auto fragment = [](std::uint8_t next, std::uint16_t word) {
    return join({number(next, 1), number(0, 1), number(word, 2), number(9, 4)});
  };
  const auto quoting = [](std::uint8_t first, const Bytes& rest) { return error6(1, turned6(ipv6(first, rest))); };
  IcmpInner inner;
  CHECK(read(quoting(0, join({option(60), option(44), fragment(6, 1), tcp({})})), inner));
  CHECK(inner.protocol == 6 && inner.source_port == 4242);
  CHECK(!is_read(quoting(44, join({fragment(6, 0x0009), tcp({})}))));
  const Bytes authentication = join({number(6, 1), number(4, 1), Bytes(22)});
  CHECK(is_read(quoting(51, join({authentication, tcp({})}))));
  Bytes chain;
  for (int i = 0; i < 7; ++i) chain = join({chain, option(60)});
  CHECK(is_read(quoting(60, join({chain, option(6), tcp({})}))));
  CHECK(!is_read(quoting(60, join({chain, option(60), option(6), tcp({})}))));
  // A length that leads out of the quote.
  CHECK(!is_read(quoting(60, join({number(6, 1), number(255, 1), Bytes(6), tcp({})}))));
  CHECK(!is_read(quoting(60, join({number(59, 1), number(255, 1), Bytes(6)}))));
}

TEST("wire/icmp_inner: a quote that ends too early says nothing, wherever it ends") {
  for (std::size_t length = 0; length <= 28; ++length) CHECK_EQUAL(is_read(error4(3, head(kTcp4, length))), length == 28);
  for (std::size_t length = 0; length <= 48; ++length) CHECK_EQUAL(is_read(error6(1, head(kTcp6, length))), length == 48);
  const Bytes options = turned4(ipv4(17, udp({}), 0, from_hex("01010101")));
  for (std::size_t length = 20; length <= 32; ++length) CHECK_EQUAL(is_read(error4(3, head(options, length))), length == 32);
  // The quoted header says that less was there.
  Bytes liar = kTcp4;
  write(liar, 2, 27, 2);
  CHECK(!is_read(error4(3, liar)));
  liar = kTcp6;
  write(liar, 4, 7, 2);
  CHECK(!is_read(error6(1, liar)));
  liar = kTcp4;
  write(liar, 0, 0x44, 1);
  CHECK(!is_read(error4(3, liar)));
  write(liar, 0, 0x4f, 1);
  CHECK(!is_read(error4(3, head(liar, 40))));
}
