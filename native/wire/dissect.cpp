#include "wire/dissect.hpp"

#include <array>
#include <string_view>

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

constexpr std::string_view kHexDigits = "0123456789abcdef";

std::string decimal(std::uint32_t number) { return std::to_string(number); }

std::string ether_type_text(std::uint16_t ether_type) {
  std::string text = "0x";
  for (int shift = 12; shift >= 0; shift -= 4) text += kHexDigits[(ether_type >> shift) & 0xf];
  return text;
}

// Groups of an IPv6 address, with the longest run of zeros (of at least two, the first of equals) left out: RFC 5952.
std::string v6_text(const Ip& ip) {
  std::array<std::uint16_t, 8> groups;
  for (std::size_t i = 0; i < 8; ++i) groups[i] = load16(ip.bytes.data() + 2 * i);
  std::size_t run_at = 8;
  std::size_t run_length = 1;
  for (std::size_t i = 0; i < 8; ++i) {
    std::size_t end = i;
    while (end < 8 && groups[end] == 0) ++end;
    if (end - i > run_length) {
      run_at = i;
      run_length = end - i;
    }
  }
  std::string text;
  for (std::size_t i = 0; i < 8; ++i) {
    if (i == run_at) {
      text += "::";
      i += run_length - 1;
      continue;
    }
    if (!text.empty() && text.back() != ':') text += ':';
    bool significant = false;
    for (int shift = 12; shift >= 0; shift -= 4) {
      const std::uint16_t digit = (groups[i] >> shift) & 0xf;
      significant = significant || digit != 0 || shift == 0;
      if (significant) text += kHexDigits[digit];
    }
  }
  return text;
}

// As its header says: an IPv4-mapped address in an IPv6 header is still written as IPv6.
std::string address_text(const std::byte* from, bool v4) {
  return v4 ? to_string(Ip::v4(from)) : v6_text(Ip::v6(from));
}

std::string macs_text(std::span<const std::byte> frame) {
  if (frame.size() < Ethernet::kSource) return decimal(static_cast<std::uint32_t>(frame.size())) + " bytes";
  const std::string destination = to_string(Mac::read(frame.data() + Ethernet::kDestination));
  if (frame.size() < Ethernet::kType) return "? > " + destination;
  return to_string(Mac::read(frame.data() + Ethernet::kSource)) + " > " + destination;
}

std::string arp_text(const std::byte* arp) {
  const std::uint16_t operation = load16(arp + Arp::kOperation);
  const std::string sender = address_text(arp + Arp::kSenderIp, true);
  const std::string target = address_text(arp + Arp::kTargetIp, true);
  if (operation == Arp::kRequest) return "ARP who-has " + target + " tell " + sender;
  const std::string sender_mac = to_string(Mac::read(arp + Arp::kSenderMac));
  if (operation == Arp::kReply) return "ARP reply " + sender + " is-at " + sender_mac;
  return "ARP operation " + decimal(operation) + ", " + sender + " at " + sender_mac;
}

std::string tcp_flags_text(std::uint8_t flags) {
  constexpr std::array<std::pair<std::uint8_t, char>, 8> kLetters{{{Tcp::kSyn, 'S'}, {Tcp::kFin, 'F'},
    {Tcp::kRst, 'R'}, {Tcp::kPsh, 'P'}, {Tcp::kUrg, 'U'}, {Tcp::kEce, 'E'}, {Tcp::kCwr, 'W'}, {Tcp::kAck, '.'}}};
  std::string text = "[";
  for (const auto& [flag, letter] : kLetters)
    if ((flags & flag) != 0) text += letter;
  return text + "]";
}

std::string icmp_text(const std::byte* icmp) {
  const auto type = std::to_integer<std::uint8_t>(icmp[Icmp::kType]);
  const auto code = std::to_integer<std::uint8_t>(icmp[Icmp::kCode]);
  if (Icmp::is_echo(type))
    return std::string(type == Icmp::kEchoRequest ? "ICMP echo request" : "ICMP echo reply") + ", id " +
           decimal(load16(icmp + Icmp::kIdentifier)) + ", sequence " + decimal(load16(icmp + Icmp::kEchoSequence));
  const std::string code_text = ", code " + decimal(code);
  switch (type) {
    case Icmp::kUnreachable: return "ICMP unreachable" + code_text;
    case Icmp::kTimeExceeded: return "ICMP time exceeded" + code_text;
    default: return "ICMP type " + decimal(type) + code_text;
  }
}

// `length` is that of the message, header and body.
std::string icmpv6_text(const std::byte* icmp, std::uint32_t length) {
  const auto type = std::to_integer<std::uint8_t>(icmp[Icmpv6::kType]);
  const auto code = std::to_integer<std::uint8_t>(icmp[Icmpv6::kCode]);
  if (Icmpv6::is_echo(type))
    return std::string(type == Icmpv6::kEchoRequest ? "ICMPv6 echo request" : "ICMPv6 echo reply") + ", id " +
           decimal(load16(icmp + Icmpv6::kIdentifier)) + ", sequence " + decimal(load16(icmp + Icmpv6::kEchoSequence));
  const std::string code_text = ", code " + decimal(code);
  const bool has_target = length >= Icmpv6::kNeighbourLength;
  switch (type) {
    case Icmpv6::kUnreachable: return "ICMPv6 unreachable" + code_text;
    case Icmpv6::kPacketTooBig: return "ICMPv6 packet too big";
    case Icmpv6::kTimeExceeded: return "ICMPv6 time exceeded" + code_text;
    case Icmpv6::kRouterSolicitation: return "ICMPv6 router solicitation";
    case Icmpv6::kRouterAdvertisement: return "ICMPv6 router advertisement";
    case Icmpv6::kRedirect: return "ICMPv6 redirect";
    case Icmpv6::kNeighbourSolicitation:
      if (!has_target) break;
      return "ICMPv6 neighbour solicitation, who has " + address_text(icmp + Icmpv6::kNeighbourTarget, false);
    case Icmpv6::kNeighbourAdvertisement:
      if (!has_target) break;
      return "ICMPv6 neighbour advertisement, " + address_text(icmp + Icmpv6::kNeighbourTarget, false);
    default: break;
  }
  return "ICMPv6 type " + decimal(type) + code_text;
}

std::string transport_text(std::span<const std::byte> frame, const Headers& headers) {
  const std::byte* transport = frame.data() + headers.l4;
  switch (headers.protocol) {
    case Tcp::kNumber: return "TCP " + tcp_flags_text(Tcp::flags(transport));
    case Udp::kNumber: return "UDP";
    case Sctp::kNumber: return "SCTP";
    case Icmp::kNumber: return icmp_text(transport);
    default: return icmpv6_text(transport, headers.end - headers.l4);
  }
}

bool has_ports(const Headers& headers) {
  return headers.has(Headers::kTransport) && (headers.protocol == Tcp::kNumber || headers.protocol == Udp::kNumber ||
                                              headers.protocol == Sctp::kNumber);
}

// The offset of this fragment's bytes in its datagram, with a + when more follow.
std::string fragment_text(std::span<const std::byte> frame, const Headers& headers) {
  const std::byte* ip = frame.data() + headers.l3;
  std::uint32_t offset = 0;
  bool more = false;
  if (headers.has(Headers::kIpv4)) {
    const std::uint16_t word = load16(ip + Ipv4::kFragment);
    offset = (word & Ipv4::kOffsetMask) * 8u;
    more = (word & Ipv4::kMoreFragments) != 0;
  } else {
    // parse accepted the chain, so the fragment header is there and every step stays inside.
    auto next = std::to_integer<std::uint8_t>(ip[Ipv6::kNextHeader]);
    const std::byte* at = ip + Ipv6::kLength;
    while (next != Ipv6::kFragment) {
      const std::uint32_t units = std::to_integer<std::uint32_t>(at[1]);
      const std::uint32_t length = next == Ipv6::kAuthentication ? (units + 2) * 4 : (units + 1) * 8;
      next = std::to_integer<std::uint8_t>(at[0]);
      at += length;
    }
    const std::uint16_t word = load16(at + Ipv6::kFragmentOffset);
    offset = word & Ipv6::kOffsetMask;
    more = (word & Ipv6::kMoreFragments) != 0;
  }
  return ", fragment at " + decimal(offset) + (more ? "+" : "");
}

std::string ip_text(std::span<const std::byte> frame, const Headers& headers) {
  const bool v4 = headers.has(Headers::kIpv4);
  const std::byte* ip = frame.data() + headers.l3;
  std::string source = address_text(ip + (v4 ? Ipv4::kSource : Ipv6::kSource), v4);
  std::string destination = address_text(ip + (v4 ? Ipv4::kDestination : Ipv6::kDestination), v4);
  if (has_ports(headers)) {
    source += "." + decimal(headers.source_port);
    destination += "." + decimal(headers.destination_port);
  }
  std::string text = (v4 ? "IPv4 " : "IPv6 ") + source + " > " + destination;
  if (headers.has(Headers::kFragment)) text += fragment_text(frame, headers);
  text += ", " + (headers.has(Headers::kTransport) ? transport_text(frame, headers)
                                                   : "protocol " + decimal(headers.protocol));
  return text + ", length " + decimal(headers.end - headers.payload);
}

}  // namespace

std::string dissect(std::span<const std::byte> frame) {
  Headers headers;
  const ParseError error = parse(frame, static_cast<std::uint32_t>(frame.size()), false, headers);
  std::string text = macs_text(frame);
  if (error != ParseError::kNone) return text + ", " + to_string(error);
  for (std::uint32_t tag = 0; tag < headers.vlan_count; ++tag) {
    const std::byte* at = frame.data() + Ethernet::kType + tag * Vlan::kLength;
    text += ", vlan " + decimal(load16(at + Vlan::kTci) & Vlan::kIdMask);
  }
  if (headers.has(Headers::kArp)) return text + ", " + arp_text(frame.data() + headers.l3);
  if (headers.has(Headers::kIpv4) || headers.has(Headers::kIpv6)) return text + ", " + ip_text(frame, headers);
  const std::string kind = headers.has(Headers::kLlc) ? "LLC" : "EtherType " + ether_type_text(headers.ether_type);
  return text + ", " + kind + ", length " + decimal(headers.end - headers.l3);
}

std::string to_string(const Mac& mac) {
  std::string text;
  for (const std::uint8_t byte : mac.bytes) {
    if (!text.empty()) text += ':';
    text += kHexDigits[byte >> 4];
    text += kHexDigits[byte & 0xf];
  }
  return text;
}

std::string to_string(const Ip& ip) {
  if (!ip.is_v4()) return v6_text(ip);
  std::string text;
  for (std::size_t i = 12; i < 16; ++i) {
    if (!text.empty()) text += '.';
    text += decimal(ip.bytes[i]);
  }
  return text;
}

const char* to_string(ParseError error) noexcept {
  switch (error) {
    case ParseError::kNone: return "none";
    case ParseError::kFrameTooShort: return "frame_too_short";
    case ParseError::kTooManyTags: return "too_many_tags";
    case ParseError::kLlcMalformed: return "llc_malformed";
    case ParseError::kArpMalformed: return "arp_malformed";
    case ParseError::kIpv4Malformed: return "ipv4_malformed";
    case ParseError::kIpv6Malformed: return "ipv6_malformed";
    case ParseError::kIpv6Extensions: return "ipv6_extensions";
    case ParseError::kFragmentMalformed: return "fragment_malformed";
    case ParseError::kTcpMalformed: return "tcp_malformed";
    case ParseError::kUdpMalformed: return "udp_malformed";
    case ParseError::kIcmpMalformed: return "icmp_malformed";
    case ParseError::kSctpMalformed: return "sctp_malformed";
  }
  return "unknown";
}

}  // namespace vsw
