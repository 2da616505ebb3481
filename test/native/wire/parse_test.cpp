#include "wire/parse.hpp"

#include "native/frames.hpp"
#include "native/tap.hpp"
#include "wire/checksum.hpp"
#include "wire/dissect.hpp"
#include "wire/endian.hpp"
#include "wire/ipv4.hpp"

using namespace vsw;
using namespace vsw::test;

namespace {

// Not `using enum`, over which clang 14 breaks.
constexpr Headers::Flag kIpv4 = Headers::kIpv4,
                        kIpv6 = Headers::kIpv6,
                        kArp = Headers::kArp,
                        kLlc = Headers::kLlc,
                        kTransport = Headers::kTransport,
                        kFragment = Headers::kFragment,
                        kLaterFragment = Headers::kLaterFragment,
                        kExtended = Headers::kExtended;

// Parses a copy of exactly its own size, so that a read past the end is seen by the address sanitizer.
std::string outcome(const Bytes& frame, Headers& headers, bool super = false) {
  const Bytes exact(frame.begin(), frame.end());
  const ParseError error = parse(exact, static_cast<std::uint32_t>(exact.size()), super, headers);
  // What most frames are has a way of its own, to the same end.
  Headers any;
  CHECK(parse_any(exact, static_cast<std::uint32_t>(exact.size()), super, any) == error);
  if (error == ParseError::kNone) CHECK(headers == any);
  return to_string(error);
}
std::string outcome(const Bytes& frame) {
  Headers headers;
  return outcome(frame, headers);
}
Bytes four(std::uint8_t protocol, const Bytes& rest, std::uint16_t fragment = 0, const Bytes& options = {}) {
  return ethernet(0x0800, ipv4(protocol, rest, fragment, options));
}
Bytes six(std::uint8_t next, const Bytes& rest) { return ethernet(0x86dd, ipv6(next, rest)); }

// An extension header of `units` times 8 bytes.
Bytes extension(std::uint8_t next, std::size_t units = 1) {
  return join({number(next, 1), number(units - 1, 1), Bytes(units * 8 - 2)});
}
Bytes fragment(std::uint8_t next, std::uint32_t offset, bool more) {
  return join({number(next, 1), number(0, 1), number(offset | (more ? 1 : 0), 2), number(0xabcd, 4)});
}

// One more and one byte less than `length` bytes of `rest` at the place of the transport header.
void check_least(std::uint8_t protocol, const Bytes& rest, std::size_t length, const char* error) {
  for (const bool v6 : {false, true}) {
    if ((protocol == 1 && v6) || (protocol == 58 && !v6)) continue;
    for (std::size_t there = 0; there <= length + 1; ++there) {
      Bytes cut(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(there));
      if (protocol == 17 && there >= 8) write(cut, 4, there, 2);
      CHECK_EQUAL(outcome(v6 ? six(protocol, cut) : four(protocol, cut)), std::string(there < length ? error : "none"));
    }
  }
}

const std::string kNone = "none";

}  // namespace

TEST("wire/parse: IPv4 with TCP") {
  Headers headers;
  const Bytes frame = four(6, tcp(counting(100), 0x10, counting(12)));
  CHECK_EQUAL(outcome(frame, headers), kNone);
  CHECK_EQUAL(headers.flags, kIpv4 | kTransport);
  CHECK_EQUAL(headers.ether_type, 0x0800);
  CHECK_EQUAL(headers.l3, 14);
  CHECK_EQUAL(headers.l4, 34);
  CHECK_EQUAL(headers.payload, 66);
  CHECK_EQUAL(headers.end, frame.size());
  CHECK_EQUAL(headers.protocol, 6);
  CHECK_EQUAL(headers.source_port, 4242);
  CHECK_EQUAL(headers.destination_port, 80);
  CHECK_EQUAL(headers.vlan_count, 0);
}

TEST("wire/parse: IPv6 with UDP") {
  Headers headers;
  const Bytes frame = six(17, udp(counting(10)));
  CHECK_EQUAL(outcome(frame, headers), kNone);
  CHECK_EQUAL(headers.flags, kIpv6 | kTransport);
  CHECK_EQUAL(headers.l3, 14);
  CHECK_EQUAL(headers.l4, 54);
  CHECK_EQUAL(headers.payload, 62);
  CHECK_EQUAL(headers.end, frame.size());
  CHECK_EQUAL(headers.source_port, 5353);
  CHECK_EQUAL(headers.destination_port, 53);
}

TEST("wire/parse: echo identifiers stand in both ports, other ICMP has none") {
  Headers headers;
  for (const std::uint8_t type : {0, 8}) {
    CHECK_EQUAL(outcome(four(1, echo(type, {})), headers), kNone);
    CHECK_EQUAL(headers.source_port, 77);
    CHECK_EQUAL(headers.destination_port, 77);
  }
  for (const std::uint8_t type : {128, 129}) {
    CHECK_EQUAL(outcome(six(58, echo(type, {})), headers), kNone);
    CHECK_EQUAL(headers.source_port, 77);
    CHECK_EQUAL(headers.destination_port, 77);
  }
  CHECK_EQUAL(outcome(four(1, echo(128, {})), headers), kNone);
  CHECK_EQUAL(headers.source_port, 0);
  CHECK_EQUAL(outcome(six(58, echo(8, {})), headers), kNone);
  CHECK_EQUAL(headers.destination_port, 0);
}

TEST("wire/parse: other protocols have no transport header, nor has ICMP of the other family") {
  Headers headers;
  for (const Bytes& frame :
       {four(47, counting(3)), four(58, echo(128, {})), six(1, echo(8, {})), six(59, {}), four(50, {})}) {
    CHECK_EQUAL(outcome(frame, headers), kNone);
    CHECK(!headers.has(kTransport));
    CHECK_EQUAL(headers.payload, headers.l4);
    CHECK_EQUAL(headers.source_port, 0);
  }
}

TEST("wire/parse: an Ethernet header needs 14 bytes, and each tag 4 more") {
  const Bytes frame = ethernet(0x88cc, {});
  for (std::size_t length = 0; length <= 14; ++length)
    CHECK_EQUAL(outcome(Bytes(frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(length))),
                std::string(length < 14 ? "frame_too_short" : "none"));
  const Bytes two = tagged(0x88a8, 1, 0x8100, from_hex("0002 88cc"));
  for (std::size_t length = 14; length <= 22; ++length)
    CHECK_EQUAL(outcome(Bytes(two.begin(), two.begin() + static_cast<std::ptrdiff_t>(length))),
                std::string(length < 22 ? "frame_too_short" : "none"));
}

TEST("wire/parse: up to two tags, the outer one's TCI") {
  Headers headers;
  CHECK_EQUAL(outcome(tagged(0x8100, 0xa064, 0x0800, ipv4(17, udp({}))), headers), kNone);
  CHECK_EQUAL(headers.vlan_count, 1);
  CHECK_EQUAL(headers.vlan_tci, 0xa064);
  CHECK_EQUAL(headers.ether_type, 0x0800);
  CHECK_EQUAL(headers.l3, 18);
  CHECK_EQUAL(headers.l4, 38);
  CHECK_EQUAL(outcome(tagged(0x88a8, 5, 0x8100, join({from_hex("0006 86dd"), ipv6(17, udp({}))})), headers), kNone);
  CHECK_EQUAL(headers.vlan_count, 2);
  CHECK_EQUAL(headers.vlan_tci, 5);
  CHECK_EQUAL(headers.l3, 22);
  CHECK_EQUAL(outcome(tagged(0x8100, 5, 0x8100, from_hex("0006 8100 0007 88cc"))), std::string("too_many_tags"));
  CHECK_EQUAL(outcome(tagged(0x8100, 5, 0x8100, from_hex("0006 88a8"))), std::string("too_many_tags"));
}

TEST("wire/parse: an 802.3 length is at most 1500 and at most what is there") {
  Headers headers;
  CHECK_EQUAL(outcome(ethernet(10, counting(10)), headers), kNone);
  CHECK_EQUAL(headers.flags, +kLlc);
  CHECK_EQUAL(headers.ether_type, 0);
  CHECK_EQUAL(headers.end, 24u);
  CHECK_EQUAL(outcome(ethernet(10, counting(46)), headers), kNone);
  CHECK_EQUAL(headers.end, 24u);
  CHECK_EQUAL(outcome(ethernet(11, counting(10))), std::string("llc_malformed"));
  CHECK_EQUAL(outcome(ethernet(1500, counting(1500))), kNone);
  for (const std::uint16_t type : {1501, 1535})
    CHECK_EQUAL(outcome(ethernet(type, counting(1600))), std::string("llc_malformed"));
  CHECK_EQUAL(outcome(ethernet(1536, {})), kNone);
}

TEST("wire/parse: ARP is Ethernet and IPv4 in 28 bytes") {
  Headers headers;
  CHECK_EQUAL(outcome(ethernet(0x0806, join({arp(1), Bytes(18)})), headers), kNone);
  CHECK_EQUAL(headers.flags, +kArp);
  CHECK_EQUAL(headers.end, 42u);
  CHECK_EQUAL(headers.l4, 0);
  Bytes shorter = ethernet(0x0806, arp(1));
  CHECK_EQUAL(outcome(shorter), kNone);
  shorter.pop_back();
  CHECK_EQUAL(outcome(shorter), std::string("arp_malformed"));
  for (const std::size_t at : {14u, 15u, 16u, 17u, 18u, 19u}) {
    Bytes other = ethernet(0x0806, arp(1));
    other[at] ^= std::byte{1};
    CHECK_EQUAL(outcome(other), std::string("arp_malformed"));
  }
}

TEST("wire/parse: IPv4 header length and total length stay inside each other and the frame") {
  Bytes frame = four(47, counting(10));
  const auto with = [&frame](std::size_t at, std::uint32_t value, std::size_t size) {
    Bytes changed = frame;
    write(changed, at, value, size);
    Bytes header(changed.begin() + 14, changed.end());
    if ((value & 0xf) * 4 <= header.size() || at != 14) repair_ipv4(header);
    return ethernet(0x0800, header);
  };
  CHECK_EQUAL(outcome(with(14, 0x45, 1)), kNone);
  CHECK_EQUAL(outcome(with(14, 0x44, 1)), std::string("ipv4_malformed"));
  CHECK_EQUAL(outcome(with(14, 0x55, 1)), std::string("ipv4_malformed"));
  CHECK_EQUAL(outcome(with(14, 0x47, 1)), kNone);
  CHECK_EQUAL(outcome(with(14, 0x48, 1)), std::string("ipv4_malformed"));
  CHECK_EQUAL(outcome(with(16, 30, 2)), kNone);
  CHECK_EQUAL(outcome(with(16, 31, 2)), std::string("ipv4_malformed"));
  CHECK_EQUAL(outcome(with(16, 20, 2)), kNone);
  CHECK_EQUAL(outcome(with(16, 19, 2)), std::string("ipv4_malformed"));
  CHECK_EQUAL(outcome(with(16, 0, 2)), std::string("ipv4_malformed"));
  // Options that reach behind the total length.
  Bytes options = four(47, {}, 0, counting(8));
  write(options, 16, 27, 2);
  Bytes header(options.begin() + 14, options.end());
  repair_ipv4(header);
  CHECK_EQUAL(outcome(ethernet(0x0800, header)), std::string("ipv4_malformed"));
}

TEST("wire/parse: an IPv4 header with any one bit wrong is refused") {
  for (const Bytes& good : {four(17, udp({})), four(17, udp({}), 0, counting(8))}) {
    const std::size_t header_length = (read(good, 14, 1) & 0xf) * 4;
    for (std::size_t bit = 0; bit < header_length * 8; ++bit) {
      Bytes frame = good;
      frame[14 + bit / 8] ^= static_cast<std::byte>(1 << bit % 8);
      CHECK_EQUAL(outcome(frame), std::string("ipv4_malformed"));
    }
  }
}

TEST("wire/parse: an IPv4 header's checksum is right when its words add up to 0xffff, whatever is carried") {
  const auto sum_of = [](const Bytes& header) {
    std::uint32_t sum = 0;
    for (std::size_t at = 0; at < header.size(); at += 2) sum += load16(header.data() + at);
    while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
    return sum;
  };
  std::uint64_t random = 1;
  for (std::uint32_t round = 0; round < 20'000; ++round) {
    Bytes header(20 + round % 11 * 4);
    for (std::byte& byte : header) {
      random = random * 6'364'136'223'846'793'005u + 1'442'695'040'888'963'407u;
      // Mostly ones, so that words carry at every place.
      byte = (random >> 40 & 7) != 0 ? std::byte{0xff} : static_cast<std::byte>(random >> 56);
    }
    header[0] = std::byte{0x45};
    const auto length = static_cast<std::uint32_t>(header.size());
    CHECK_EQUAL(Ipv4::checksum_is_right(header.data(), length), sum_of(header) == 0xffff);
    store16(header.data() + Ipv4::kChecksum, 0);
    const std::uint32_t missing = 0xffff - sum_of(header);
    for (const std::uint32_t off : {0u, 1u, 0x100u, 0x8000u}) {
      store16(header.data() + Ipv4::kChecksum, static_cast<std::uint16_t>(missing + off));
      CHECK_EQUAL(Ipv4::checksum_is_right(header.data(), length), sum_of(header) == 0xffff);
    }
  }
}

TEST("wire/parse: IPv4 options are stepped over") {
  Headers headers;
  for (std::size_t options = 4; options <= 40; options += 4) {
    CHECK_EQUAL(outcome(four(17, udp({}), 0, counting(options)), headers), kNone);
    CHECK_EQUAL(headers.l4, 34 + options);
    CHECK_EQUAL(headers.flags, kIpv4 | kTransport | kExtended);
  }
}

TEST("wire/parse: padding behind the datagram is not part of it") {
  Headers headers;
  CHECK_EQUAL(outcome(join({four(17, udp(counting(2))), Bytes(16)}), headers), kNone);
  CHECK_EQUAL(headers.end, 44u);
  CHECK_EQUAL(outcome(join({six(17, udp(counting(2))), Bytes(16)}), headers), kNone);
  CHECK_EQUAL(headers.end, 64u);
  // The padding does not make a short header whole.
  CHECK_EQUAL(outcome(join({four(6, counting(19)), Bytes(26)})), std::string("tcp_malformed"));
}

TEST("wire/parse: IPv4 fragments") {
  Headers headers;
  CHECK_EQUAL(outcome(four(6, tcp(counting(12)), 0x2000), headers), kNone);
  CHECK_EQUAL(headers.flags, kIpv4 | kTransport | kFragment);
  CHECK_EQUAL(headers.source_port, 4242);
  CHECK_EQUAL(outcome(four(6, counting(3), 0x0005), headers), kNone);
  CHECK_EQUAL(headers.flags, kIpv4 | kFragment | kLaterFragment);
  CHECK_EQUAL(headers.protocol, 6);
  CHECK_EQUAL(headers.source_port, 0);
  CHECK_EQUAL(headers.payload, 34);
  CHECK_EQUAL(outcome(four(6, tcp({}), 0x4000), headers), kNone);  // don't fragment: none
  CHECK_EQUAL(headers.flags, kIpv4 | kTransport);
  // 20 + 65,512 + 3 is the longest datagram.
  CHECK_EQUAL(outcome(four(6, counting(3), 8189)), kNone);
  CHECK_EQUAL(outcome(four(6, counting(4), 8189)), std::string("fragment_malformed"));
  CHECK_EQUAL(outcome(four(6, {}, 8191)), std::string("fragment_malformed"));
}

TEST("wire/parse: a first fragment holds its whole transport header") {
  struct Case {
    std::uint8_t protocol;
    Bytes header;
  };
  for (const auto& [protocol, header] : {Case{6, tcp({}, 0x10, counting(8))}, Case{17, udp({})}, Case{132, sctp({})}}) {
    for (std::size_t there = 0; there <= header.size(); ++there) {
      const Bytes cut(header.begin(), header.begin() + static_cast<std::ptrdiff_t>(there));
      const std::string expected = there < header.size() ? "fragment_malformed" : "none";
      CHECK_EQUAL(outcome(four(protocol, cut, 0x2000)), expected);
      CHECK_EQUAL(outcome(six(44, join({fragment(protocol, 0, true), cut}))), expected);
    }
  }
  CHECK_EQUAL(outcome(four(1, counting(7), 0x2000)), std::string("fragment_malformed"));
  CHECK_EQUAL(outcome(six(44, join({fragment(58, 0, true), counting(7)}))), std::string("fragment_malformed"));
  // Its UDP length is that of the whole datagram.
  Bytes whole = udp(counting(16));
  write(whole, 4, 4000, 2);
  CHECK_EQUAL(outcome(four(17, whole, 0x2000)), kNone);
  CHECK_EQUAL(outcome(four(17, whole)), std::string("udp_malformed"));
}

TEST("wire/parse: IPv6 needs its version, its header and its payload") {
  const Bytes good = six(59, counting(10));
  CHECK_EQUAL(outcome(good), kNone);
  Bytes version = good;
  version[14] = std::byte{0x50};
  CHECK_EQUAL(outcome(version), std::string("ipv6_malformed"));
  Bytes longer = good;
  write(longer, 18, 11, 2);
  CHECK_EQUAL(outcome(longer), std::string("ipv6_malformed"));
  Bytes header_only = six(59, {});
  CHECK_EQUAL(outcome(header_only), kNone);
  header_only.pop_back();
  CHECK_EQUAL(outcome(header_only), std::string("ipv6_malformed"));
}

TEST("wire/parse: a super-frame states its payload length") {
  Headers headers;
  CHECK_EQUAL(outcome(six(59, {}), headers, true), std::string("ipv6_malformed"));
  CHECK_EQUAL(outcome(six(6, tcp(counting(40'000))), headers, true), kNone);
  CHECK_EQUAL(headers.end, 54u + 20 + 40'000);
  Bytes none = four(6, tcp(counting(40'000)));
  write(none, 16, 0, 2);
  Bytes header(none.begin() + 14, none.end());
  repair_ipv4(header);
  CHECK_EQUAL(outcome(ethernet(0x0800, header), headers, true), std::string("ipv4_malformed"));
}

TEST("wire/parse: IPv6 extension headers are walked") {
  Headers headers;
  const Bytes chain =
      join({extension(43, 2), extension(60), extension(51), from_hex("1102 0000 00000000 00000000 00000000"), udp({})});
  CHECK_EQUAL(outcome(six(0, chain), headers), kNone);
  CHECK_EQUAL(headers.flags, kIpv6 | kTransport | kExtended);
  CHECK_EQUAL(headers.protocol, 17);
  CHECK_EQUAL(headers.l4, 14 + 40 + 16 + 8 + 8 + 16);
  CHECK_EQUAL(headers.destination_port, 53);
  CHECK_EQUAL(outcome(six(60, extension(59)), headers), kNone);
  CHECK_EQUAL(headers.protocol, 59);
  CHECK(!headers.has(kTransport));
}

TEST("wire/parse: at most eight extension headers, hop-by-hop first or nowhere, one fragment header") {
  Bytes eight = udp({});
  for (int i = 0; i < 8; ++i) eight = join({extension(i == 0 ? 17 : 60), eight});
  CHECK_EQUAL(outcome(six(60, eight)), kNone);
  CHECK_EQUAL(outcome(six(60, join({extension(60), eight}))), std::string("ipv6_extensions"));
  CHECK_EQUAL(outcome(six(60, join({extension(0), extension(17), udp({})}))), std::string("ipv6_extensions"));
  CHECK_EQUAL(outcome(six(44, join({fragment(44, 0, false), fragment(17, 0, false), udp({})}))),
              std::string("ipv6_extensions"));
}

TEST("wire/parse: an extension header that ends behind the datagram is refused") {
  for (std::size_t there = 0; there <= 16; ++there) {
    Bytes routing = extension(59, 2);
    routing.resize(there);
    const std::string expected = there < 16 ? "ipv6_extensions" : "none";
    CHECK_EQUAL(outcome(six(43, routing)), expected);
    CHECK_EQUAL(outcome(join({six(43, routing), Bytes(40)})), expected);  // padding does not help
  }
  CHECK_EQUAL(outcome(six(51, from_hex("3b01 0000 00000000 00000000"))), kNone);
  CHECK_EQUAL(outcome(six(51, from_hex("3b00 0000 00000000 00000000"))), std::string("ipv6_extensions"));
  CHECK_EQUAL(outcome(six(51, from_hex("3b01 0000 00000000 000000"))), std::string("ipv6_extensions"));
  CHECK_EQUAL(outcome(six(44, from_hex("3b00 0000 000000"))), std::string("ipv6_extensions"));
}

TEST("wire/parse: IPv6 fragments; an atomic one is none") {
  Headers headers;
  CHECK_EQUAL(outcome(six(44, join({fragment(17, 0, false), udp({})})), headers), kNone);
  CHECK_EQUAL(headers.flags, kIpv6 | kTransport | kExtended);
  CHECK_EQUAL(outcome(six(44, join({fragment(17, 0, true), udp(counting(8))})), headers), kNone);
  CHECK_EQUAL(headers.flags, kIpv6 | kTransport | kExtended | kFragment);
  CHECK_EQUAL(outcome(six(44, join({fragment(60, 8, true), counting(8)})), headers), kNone);
  CHECK_EQUAL(headers.flags, kIpv6 | kExtended | kFragment | kLaterFragment);
  CHECK_EQUAL(headers.protocol, 60);
  CHECK_EQUAL(headers.l4, 62);
  CHECK_EQUAL(headers.payload, 62);
  CHECK_EQUAL(outcome(six(44, join({fragment(17, 65'528, false), counting(7)}))), kNone);
  CHECK_EQUAL(outcome(six(44, join({fragment(17, 65'528, false), counting(8)}))), std::string("fragment_malformed"));
  // Headers in front of the fragment header are part of the payload that is put together again.
  CHECK_EQUAL(outcome(six(60, join({extension(44), fragment(17, 65'520, false), counting(7)}))), kNone);
  CHECK_EQUAL(outcome(six(60, join({extension(44), fragment(17, 65'520, false), counting(8)}))),
              std::string("fragment_malformed"));
}

TEST("wire/parse: transport headers that are short by any number of bytes") {
  check_least(6, tcp(counting(1)), 20, "tcp_malformed");
  check_least(17, udp(counting(1)), 8, "udp_malformed");
  check_least(132, sctp(counting(1)), 12, "sctp_malformed");
  check_least(1, echo(8, counting(1)), 8, "icmp_malformed");
  check_least(58, echo(128, counting(1)), 8, "icmp_malformed");
}

TEST("wire/parse: TCP's data offset is 5 or more and ends inside the datagram") {
  for (std::uint8_t words = 0; words <= 15; ++words) {
    Bytes segment = tcp(counting(20));
    segment[12] = static_cast<std::byte>(words << 4);
    const std::string expected = words < 5 || words > 10 ? "tcp_malformed" : "none";
    CHECK_EQUAL(outcome(four(6, segment)), expected);
    CHECK_EQUAL(outcome(six(6, segment)), expected);
    Headers headers;
    if (outcome(four(6, segment), headers) == kNone) CHECK_EQUAL(headers.payload, 34 + words * 4);
  }
  Bytes fragment_of = tcp(counting(20));
  fragment_of[12] = std::byte{0x40};
  CHECK_EQUAL(outcome(four(6, fragment_of, 0x2000)), std::string("tcp_malformed"));
}

TEST("wire/parse: UDP's length is 8 or more and ends inside the datagram") {
  for (const std::uint16_t length : {0, 7, 8, 17, 18, 19, 65'535}) {
    Bytes datagram = udp(counting(10));
    write(datagram, 4, length, 2);
    const std::string expected = length < 8 || length > 18 ? "udp_malformed" : "none";
    CHECK_EQUAL(outcome(four(17, datagram)), expected);
    CHECK_EQUAL(outcome(join({six(17, datagram), Bytes(10)})), expected);
  }
}

TEST("wire/parse: headers must lie in the first piece, payload need not") {
  const auto pieces = [](const Bytes& frame, std::size_t first) {
    const Bytes exact(frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(first));
    Headers headers;
    return std::string(to_string(parse(exact, static_cast<std::uint32_t>(frame.size()), true, headers)));
  };
  const Bytes frame = four(6, tcp(counting(3000), 0x10, counting(12)));
  CHECK_EQUAL(pieces(frame, 66), kNone);
  CHECK_EQUAL(pieces(frame, 65), std::string("tcp_malformed"));
  CHECK_EQUAL(pieces(frame, 33), std::string("ipv4_malformed"));
  CHECK_EQUAL(pieces(frame, 13), std::string("frame_too_short"));
  const Bytes extended = six(60, join({extension(17, 4), udp(counting(3000))}));
  CHECK_EQUAL(pieces(extended, 94), kNone);
  CHECK_EQUAL(pieces(extended, 93), std::string("udp_malformed"));
  CHECK_EQUAL(pieces(extended, 85), std::string("ipv6_extensions"));
}

TEST("wire/parse: every truncation of good frames is judged without reading past its end") {
  const Bytes frames[] = {
      four(6, tcp(counting(20), 0x18, counting(20)), 0, counting(12)),
      four(17, udp(counting(20)), 0x2000),
      ethernet(0x0806, arp(1)),
      tagged(0x88a8, 5, 0x8100, join({from_hex("0006 86dd"), ipv6(17, udp(counting(9)))})),
      four(1, echo(8, counting(4))),
      six(0, join({extension(43), extension(44), fragment(51, 0, true),
                   from_hex("3a02 0000 00000000 00000000 00000000"), echo(128, counting(8))})),
      ethernet(30, counting(30)),
      six(132, sctp(counting(3))),
  };
  for (const Bytes& frame : frames) {
    CHECK_EQUAL(outcome(frame), kNone);
    for (std::size_t length = 0; length < frame.size(); ++length) {
      const Bytes cut(frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(length));
      CHECK(outcome(cut) != kNone);  // each of these frames ends where its headers say
      CHECK(!dissect(cut).empty());
    }
  }
}

// Most frames are parsed by code of their own (parse.cpp, parse_plain), but not behind a tag.
TEST("wire/parse: a tag in front changes where things stand and nothing else") {
  const Bytes plain[] = {
      four(6, tcp(counting(20))),
      four(6, tcp(counting(4), 0x18, counting(12))),
      four(17, udp(counting(20))),
      four(17, udp({})),
  };
  for (const Bytes& good : plain)
    for (std::size_t at = 12; at < good.size(); ++at)
      for (unsigned bit = 0; bit < 16; ++bit) {
        Bytes frame = good;
        frame[at] ^= std::byte{1} << (bit % 8);
        if (bit >= 8) {  // the same with a checksum that is right
          write(frame, 24, 0, 2);
          const std::uint16_t checksum = checksum_ipv4_header(frame.data() + 14, 20);
          std::memcpy(frame.data() + 24, &checksum, sizeof checksum);
        }
        Bytes behind = frame;
        const Bytes tag = from_hex("8100 2005");
        behind.insert(behind.begin() + 12, tag.begin(), tag.end());
        Headers one, other;
        if (outcome(frame, one) == "too_many_tags" || one.vlan_count > 0) continue;
        CHECK_EQUAL(outcome(behind, other), outcome(frame, one));
        if (outcome(frame) != kNone) continue;
        CHECK_EQUAL(other.flags, one.flags);
        CHECK_EQUAL(other.ether_type, one.ether_type);
        CHECK_EQUAL(other.protocol, one.protocol);
        CHECK_EQUAL(other.source_port, one.source_port);
        CHECK_EQUAL(other.destination_port, one.destination_port);
        CHECK_EQUAL(other.l4, one.l4 == 0 ? 0 : one.l4 + 4);
        CHECK_EQUAL(other.payload, one.payload == 0 ? 0 : one.payload + 4);
        CHECK_EQUAL(other.end, one.end + 4);
      }
}
