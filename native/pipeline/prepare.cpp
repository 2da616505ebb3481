#include "pipeline/prepare.hpp"

#include "action/tag.hpp"
#include "wire/endian.hpp"

namespace vsw {

namespace {

DropReason reason_of(ParseError error) noexcept {
  switch (error) {
    case ParseError::kNone: return DropReason::kNone;
    case ParseError::kFrameTooShort: return DropReason::k_frame_too_short;
    case ParseError::kTooManyTags: return DropReason::k_too_many_tags;
    case ParseError::kLlcMalformed: return DropReason::k_llc_malformed;
    case ParseError::kArpMalformed: return DropReason::k_arp_malformed;
    case ParseError::kIpv4Malformed: return DropReason::k_ipv4_malformed;
    case ParseError::kIpv6Malformed: return DropReason::k_ipv6_malformed;
    case ParseError::kIpv6Extensions: return DropReason::k_ipv6_extensions;
    case ParseError::kFragmentMalformed: return DropReason::k_fragment_malformed;
    case ParseError::kTcpMalformed: return DropReason::k_tcp_malformed;
    case ParseError::kUdpMalformed: return DropReason::k_udp_malformed;
    case ParseError::kIcmpMalformed: return DropReason::k_icmp_malformed;
    case ParseError::kSctpMalformed: return DropReason::k_sctp_malformed;
  }
  return DropReason::k_bug;
}

void take_off_outer_tag(Packet& packet, bool trunk) noexcept {
  if (packet.length < Ethernet::kLength + Vlan::kLength) return;
  if (load16(packet.data + Ethernet::kType) != Vlan::kCustomer) return;
  const std::uint16_t tci = load16(packet.data + Ethernet::kType + Vlan::kTci);
  const std::uint16_t id = tci & Vlan::kIdMask;
  if (id == Vlan::kIdReserved || (id != 0 && !trunk)) return;
  take_off_tag(packet);
  packet.tag = tci;
}

}  // namespace

DropReason prepare_any(Packet& packet, bool trunk) noexcept {
  take_off_outer_tag(packet, trunk);
  if (packet.frame_length() > Packet::kLengthMax) return DropReason::k_frame_too_long;
  const bool super = packet.offload.gso != Offload::Gso::kNone;
  const ParseError error = parse(packet.head(), packet.frame_length(), super, packet.headers);
  if (error != ParseError::kNone) return reason_of(error);
  return check_offload(packet) ? DropReason::kNone : DropReason::k_offload_malformed;
}

}  // namespace vsw
