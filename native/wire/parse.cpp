// One function a header, in the order in which a frame has them.
#include "wire/parse.hpp"

#include <algorithm>

#include "wire/arp.hpp"
#include "wire/endian.hpp"
#include "wire/ethernet.hpp"
#include "wire/icmp.hpp"
#include "wire/icmpv6.hpp"
#include "wire/ipv4.hpp"
#include "wire/ipv6.hpp"
#include "wire/sctp.hpp"
#include "wire/tcp.hpp"
#include "wire/udp.hpp"

namespace vsw {
namespace {

constexpr std::uint32_t kDatagramLengthMax = 65'535;

std::uint8_t load8(const std::byte* from) noexcept { return std::to_integer<std::uint8_t>(*from); }

// What a frame's headers are read from: `at` holds `length` bytes, the whole frame has `frame_length`.
struct Frame {
  const std::byte* at;
  std::uint32_t length;
  std::uint32_t frame_length;
};

// A header of `length` bytes at `offset` must end before the datagram does, and in the bytes at hand.
bool holds(const Frame& frame, const Headers& headers, std::uint32_t offset, std::uint32_t length) noexcept {
  return offset + length <= headers.end && offset + length <= frame.length;
}

void take_ports(const std::byte* header, Headers& out) noexcept {
  out.source_port = load16(header);
  out.destination_port = load16(header + 2);
}

ParseError parse_tcp(const Frame& frame, Headers& out, ParseError short_header) noexcept {
  if (!holds(frame, out, out.l4, Tcp::kLength)) return short_header;
  const std::byte* header = frame.at + out.l4;
  const std::uint32_t length = Tcp::header_length(header);
  if (length < Tcp::kLength) return ParseError::kTcpMalformed;
  if (!holds(frame, out, out.l4, length)) return short_header;
  take_ports(header, out);
  out.payload = static_cast<std::uint16_t>(out.l4 + length);
  out.flags |= Headers::kTransport;
  return ParseError::kNone;
}

ParseError parse_udp(const Frame& frame, Headers& out, ParseError short_header) noexcept {
  if (!holds(frame, out, out.l4, Udp::kLength)) return short_header;
  const std::byte* header = frame.at + out.l4;
  const std::uint32_t length = load16(header + Udp::kDatagramLength);
  if (length < Udp::kLength) return ParseError::kUdpMalformed;
  // A first fragment states the length of the whole datagram.
  if (!out.has(Headers::kFragment) && length > out.end - out.l4) return ParseError::kUdpMalformed;
  take_ports(header, out);
  out.payload = static_cast<std::uint16_t>(out.l4 + Udp::kLength);
  out.flags |= Headers::kTransport;
  return ParseError::kNone;
}

ParseError parse_sctp(const Frame& frame, Headers& out, ParseError short_header) noexcept {
  if (!holds(frame, out, out.l4, Sctp::kLength)) return short_header;
  take_ports(frame.at + out.l4, out);
  out.payload = static_cast<std::uint16_t>(out.l4 + Sctp::kLength);
  out.flags |= Headers::kTransport;
  return ParseError::kNone;
}

// ICMP and ICMPv6 differ only in which types are an echo.
ParseError parse_icmp(const Frame& frame, Headers& out, ParseError short_header, bool v6) noexcept {
  static_assert(Icmp::kLength == Icmpv6::kLength && Icmp::kIdentifier == Icmpv6::kIdentifier);
  if (!holds(frame, out, out.l4, Icmp::kLength)) return short_header;
  const std::byte* header = frame.at + out.l4;
  const std::uint8_t type = load8(header + Icmp::kType);
  if (v6 ? Icmpv6::is_echo(type) : Icmp::is_echo(type))
    out.source_port = out.destination_port = load16(header + Icmp::kIdentifier);
  out.payload = static_cast<std::uint16_t>(out.l4 + Icmp::kLength);
  out.flags |= Headers::kTransport;
  return ParseError::kNone;
}

ParseError parse_transport(const Frame& frame, Headers& out) noexcept {
  out.payload = out.l4;
  if (out.has(Headers::kLaterFragment)) return ParseError::kNone;
  // RFC 1858, RFC 7112: a first fragment that ends inside its headers hides them from whoever judges it.
  const bool fragment = out.has(Headers::kFragment);
  const auto named = [fragment](ParseError error) { return fragment ? ParseError::kFragmentMalformed : error; };
  switch (out.protocol) {
    case Tcp::kNumber: return parse_tcp(frame, out, named(ParseError::kTcpMalformed));
    case Udp::kNumber: return parse_udp(frame, out, named(ParseError::kUdpMalformed));
    case Sctp::kNumber: return parse_sctp(frame, out, named(ParseError::kSctpMalformed));
    case Icmp::kNumber:
      if (!out.has(Headers::kIpv4)) return ParseError::kNone;
      return parse_icmp(frame, out, named(ParseError::kIcmpMalformed), false);
    case Icmpv6::kNumber:
      if (!out.has(Headers::kIpv6)) return ParseError::kNone;
      return parse_icmp(frame, out, named(ParseError::kIcmpMalformed), true);
    default: return ParseError::kNone;
  }
}

ParseError parse_ipv4(const Frame& frame, Headers& out) noexcept {
  if (out.l3 + Ipv4::kLength > frame.length) return ParseError::kIpv4Malformed;
  const std::byte* header = frame.at + out.l3;
  std::uint32_t header_length = Ipv4::kLength;
  if (load8(header) == 0x45) {
    if (!Ipv4::checksum_is_right(header, Ipv4::kLength)) return ParseError::kIpv4Malformed;
  } else {
    header_length = Ipv4::header_length(header);
    if (Ipv4::version(header) != 4 || header_length < Ipv4::kLength || out.l3 + header_length > frame.length)
      return ParseError::kIpv4Malformed;
    if (!Ipv4::checksum_is_right(header, header_length)) return ParseError::kIpv4Malformed;
    out.flags |= Headers::kExtended;
  }
  const std::uint32_t total_length = load16(header + Ipv4::kTotalLength);
  if (total_length < header_length || out.l3 + total_length > frame.frame_length) return ParseError::kIpv4Malformed;
  out.flags |= Headers::kIpv4;
  out.protocol = load8(header + Ipv4::kProtocol);
  out.l4 = static_cast<std::uint16_t>(out.l3 + header_length);
  out.end = out.l3 + total_length;

  const std::uint16_t fragment = load16(header + Ipv4::kFragment);
  if ((fragment & (Ipv4::kMoreFragments | Ipv4::kOffsetMask)) != 0) {
    const std::uint32_t offset = (fragment & Ipv4::kOffsetMask) * 8u;
    if (offset + total_length > kDatagramLengthMax) return ParseError::kFragmentMalformed;
    out.flags |= Headers::kFragment;
    if (offset != 0) out.flags |= Headers::kLaterFragment;
  }
  return parse_transport(frame, out);
}

// The fragment header at `at`; `fixed` is what stands between the IPv6 header and it.
ParseError parse_fragment(const std::byte* header, std::uint32_t fixed, std::uint32_t behind, Headers& out) noexcept {
  const std::uint16_t word = load16(header + Ipv6::kFragmentOffset);
  const std::uint32_t offset = word & Ipv6::kOffsetMask;
  if (offset == 0 && (word & Ipv6::kMoreFragments) == 0) return ParseError::kNone;
  if (fixed + offset + behind > kDatagramLengthMax) return ParseError::kFragmentMalformed;
  out.flags |= Headers::kFragment;
  if (offset != 0) out.flags |= Headers::kLaterFragment;
  return ParseError::kNone;
}

// Walks the chain from `at`; leaves `l4` and `protocol` at what ends it.
ParseError parse_extensions(const Frame& frame, std::uint32_t at, std::uint8_t next, Headers& out) noexcept {
  const std::uint32_t start = at;
  bool fragment_seen = false;
  for (std::uint32_t count = 0; Ipv6::is_extension(next); ++count) {
    if (count == Ipv6::kExtensionsMax || !holds(frame, out, at, Ipv6::kExtensionLength))
      return ParseError::kIpv6Extensions;
    // RFC 8200, 4.1: hop-by-hop options stand first or nowhere; two fragment headers contradict each other.
    if ((next == Ipv6::kHopByHop && count != 0) || (next == Ipv6::kFragment && fragment_seen))
      return ParseError::kIpv6Extensions;
    const std::byte* header = frame.at + at;
    std::uint32_t length = (load8(header + 1) + 1u) * 8;
    if (next == Ipv6::kAuthentication) {
      length = (load8(header + 1) + 2u) * 4;
      if (length < Ipv6::kAuthenticationLength) return ParseError::kIpv6Extensions;
    } else if (next == Ipv6::kFragment) {
      length = Ipv6::kExtensionLength;
      fragment_seen = true;
      const ParseError error = parse_fragment(header, at - start, out.end - at - length, out);
      if (error != ParseError::kNone) return error;
    }
    if (!holds(frame, out, at, length)) return ParseError::kIpv6Extensions;
    next = load8(header);
    at += length;
    if (out.has(Headers::kLaterFragment)) break;  // what follows is the middle of something
  }
  out.flags |= Headers::kExtended;
  out.l4 = static_cast<std::uint16_t>(at);
  out.protocol = next;
  return ParseError::kNone;
}

ParseError parse_ipv6(const Frame& frame, bool super, Headers& out) noexcept {
  if (out.l3 + Ipv6::kLength > frame.length) return ParseError::kIpv6Malformed;
  const std::byte* header = frame.at + out.l3;
  if (Ipv6::version(header) != 6) return ParseError::kIpv6Malformed;
  const std::uint32_t payload_length = load16(header + Ipv6::kPayloadLength);
  const std::uint32_t behind = out.l3 + Ipv6::kLength;
  // A super-frame beyond 65,535 bytes would say 0 here.
  if (behind + payload_length > frame.frame_length || (super && payload_length == 0))
    return ParseError::kIpv6Malformed;
  out.flags |= Headers::kIpv6;
  out.end = behind + payload_length;
  const std::uint8_t next = load8(header + Ipv6::kNextHeader);
  if (Ipv6::is_extension(next)) {
    const ParseError error = parse_extensions(frame, behind, next, out);
    if (error != ParseError::kNone) return error;
  } else {
    out.l4 = static_cast<std::uint16_t>(behind);
    out.protocol = next;
  }
  return parse_transport(frame, out);
}

ParseError parse_arp(const Frame& frame, Headers& out) noexcept {
  if (out.l3 + Arp::kLength > frame.length) return ParseError::kArpMalformed;
  if (!Arp::is_ethernet_ipv4(frame.at + out.l3)) return ParseError::kArpMalformed;
  out.flags |= Headers::kArp;
  out.end = out.l3 + Arp::kLength;
  return ParseError::kNone;
}

// An EtherType or an 802.3 length; the numbers between them are neither.
ParseError parse_other(const Frame& frame, Headers& out) noexcept {
  if (out.ether_type >= Ethernet::kTypeMin) return ParseError::kNone;
  const std::uint32_t length = out.ether_type;
  if (length > Ethernet::kLengthMax || out.l3 + length > frame.frame_length) return ParseError::kLlcMalformed;
  out.flags |= Headers::kLlc;
  out.ether_type = 0;
  out.end = out.l3 + length;
  return ParseError::kNone;
}

ParseError parse_tags(const Frame& frame, Headers& out) noexcept {
  while (Vlan::is_tag(out.ether_type)) {
    if (out.vlan_count == 2) return ParseError::kTooManyTags;
    if (out.l3 + Vlan::kLength > frame.length) return ParseError::kFrameTooShort;
    const std::byte* behind_type = frame.at + out.l3;
    if (out.vlan_count == 0) out.vlan_tci = load16(behind_type);
    out.ether_type = load16(behind_type + 2);
    out.l3 = static_cast<std::uint16_t>(out.l3 + Vlan::kLength);
    ++out.vlan_count;
  }
  return ParseError::kNone;
}

}  // namespace

ParseError parse_any(std::span<const std::byte> bytes, std::uint32_t frame_length, bool super, Headers& out) noexcept {
  // Offsets are 16 bits wide: headers are looked for in the first 65,535 bytes.
  const Frame frame{bytes.data(), static_cast<std::uint32_t>(bytes.size() < 0xffff ? bytes.size() : 0xffff),
                    frame_length};
  out = Headers{};
  if (frame.length < Ethernet::kLength || frame_length < bytes.size()) return ParseError::kFrameTooShort;
  out.ether_type = load16(frame.at + Ethernet::kType);
  out.l3 = Ethernet::kLength;
  out.end = frame_length;
  if (Vlan::is_tag(out.ether_type)) {
    const ParseError error = parse_tags(frame, out);
    if (error != ParseError::kNone) return error;
  }
  switch (out.ether_type) {
    case Ipv4::kNumber: return parse_ipv4(frame, out);
    case Ipv6::kNumber: return parse_ipv6(frame, super, out);
    case Arp::kNumber: return parse_arp(frame, out);
    default: return parse_other(frame, out);
  }
}

}  // namespace vsw
