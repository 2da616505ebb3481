// parse: a frame's bytes become offsets, or the reason why not.
// Home: worker.
//
// The only place that trusts nobody: every length that a header states is checked here against the
// bytes that are there, and nobody checks again. It reads Ethernet II and LLC, up to two VLAN tags
// (802.1Q, 802.1ad), ARP, IPv4 with options and fragments, IPv6 with its extension headers (hop-by-hop,
// routing, destination options, fragment, authentication; at most 8 of them), TCP, UDP, SCTP, ICMP
// and ICMPv6. Other protocols over IP are fine and have no transport header here.
//
// `frame` is the contiguous start of the frame, `frame_length` its whole length: a super-frame's
// payload may lie elsewhere. All headers must lie in `frame`, otherwise the frame is refused.
// `super` says that the frame claims to be one (virtio_net_hdr gso): then an IP length of 0 or one
// beyond 65,535 is still refused, but UDP's length may cover the whole super-frame.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

namespace vsw {

// Each has a drop reason of the same name (telemetry/drop_reasons.def).
enum class ParseError : std::uint8_t {
  kNone,
  kFrameTooShort,       // less than an Ethernet header, or no EtherType after its tags
  kTooManyTags,         // more than two VLAN tags
  kLlcMalformed,        // an 802.3 length beyond the frame
  kArpMalformed,        // short, or not Ethernet/IPv4
  kIpv4Malformed,       // version, header length, total length, header checksum
  kIpv6Malformed,       // version, payload length
  kIpv6Extensions,      // a chain that is too long, broken or out of bounds
  kFragmentMalformed,   // an offset with more bytes than a datagram may have, or no first-fragment header
  kTcpMalformed,        // short, or data offset out of bounds
  kUdpMalformed,        // short, or a length beyond the datagram
  kIcmpMalformed,       // short (ICMP and ICMPv6)
  kSctpMalformed,       // short
};

struct Headers {
  enum Flag : std::uint16_t {
    kIpv4 = 1 << 0,
    kIpv6 = 1 << 1,
    kArp = 1 << 2,
    kLlc = 1 << 3,            // an 802.3 length instead of an EtherType
    kTransport = 1 << 4,      // `l4` is a complete TCP, UDP, SCTP, ICMP or ICMPv6 header
    kFragment = 1 << 5,       // any fragment, the first too (an IPv6 atomic fragment is none: RFC 6946)
    kLaterFragment = 1 << 6,  // a fragment that is not the first: there is no transport header
    kExtended = 1 << 7,       // IPv4 options or IPv6 extension headers are there
  };
  std::uint16_t flags = 0;
  std::uint16_t ether_type = 0;        // host order, behind the tags; 0 for LLC
  std::uint16_t l3 = 0;                // offset of what follows the EtherType
  std::uint16_t l4 = 0;                // offset of what follows the IP headers; 0 when there is no IP
  std::uint16_t payload = 0;           // offset behind the transport header, or `l4` when there is none
  std::uint16_t vlan_tci = 0;          // of the outer tag
  std::uint8_t vlan_count = 0;
  std::uint8_t protocol = 0;           // IANA number of what is at `l4`
  std::uint16_t source_port = 0;       // host order; ICMP and ICMPv6 echo: the identifier in both
  std::uint16_t destination_port = 0;
  std::uint32_t end = 0;               // offset where the IP datagram ends: what follows is padding

  [[nodiscard]] bool has(Flag flag) const noexcept { return (flags & flag) != 0; }
  bool operator==(const Headers&) const noexcept = default;
};

[[nodiscard]] ParseError parse(std::span<const std::byte> frame, std::uint32_t frame_length, bool super,
                               Headers& out) noexcept;
// TCP and UDP in whole datagrams over IPv4 without options, untagged: nearly all that a network carries, so all of it
// at once, at offsets that are known. False: it is something else or broken, and parse_any says what.
[[nodiscard]] bool parse_plain(std::span<const std::byte> frame, std::uint32_t frame_length, Headers& out) noexcept;
// Header by header.
[[nodiscard]] ParseError parse_any(std::span<const std::byte> frame, std::uint32_t frame_length, bool super,
                                   Headers& out) noexcept;

}  // namespace vsw
#include "wire/parse_inline.hpp"
