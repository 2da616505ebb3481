#include "pipeline/anti_spoof.hpp"

#include "pipeline/neighbour_message.hpp"

namespace vsw {

namespace {

constexpr std::uint8_t kUdp = 17;
constexpr std::uint16_t kDhcpServer = 67, kDhcpClient = 68, kDhcpv6Client = 546;

bool may_send_from(const Lookup& lookup, const Ip& address) noexcept {
  return lookup.ingress.owns(lookup.network.id, address) || address == lookup.ingress.link_local;
}

// An IP source that is no address yet: allowed where a host without one has to speak.
bool may_be_unspecified(const Packet& packet) noexcept {
  const Headers& headers = packet.headers;
  if (headers.has(Headers::kIpv6)) return is_neighbour_or_listener_discovery(packet);
  return headers.protocol == kUdp && headers.source_port == kDhcpClient && headers.destination_port == kDhcpServer;
}

Verdict judge_neighbour_message(const Lookup& lookup, const NeighbourMessage& message, Program& program) noexcept {
  using Kind = NeighbourMessage::Kind;
  const PortEntry& port = lookup.ingress;
  const DropReason spoofed = message.arp ? DropReason::k_arp_spoofed : DropReason::k_nd_spoofed;
  if (message.broken) return drop(program, StageId::kAntiSpoof, spoofed);
  if (message.has_mac && !(message.sender_mac == port.settings.mac))
    return drop(program, StageId::kAntiSpoof, spoofed);
  if (message.arp) {
    const bool probe = message.sender.is_unspecified() && message.kind == Kind::kRequest;
    return probe || port.owns(lookup.network.id, message.sender) ? Verdict::kContinue : drop(program, StageId::kAntiSpoof, spoofed);
  }
  if (message.kind == Kind::kRouterAdvertisement || message.kind == Kind::kRedirect)
    return drop(program, StageId::kAntiSpoof, DropReason::k_router_advertisement_denied);
  if (message.kind == Kind::kAnswer && !may_send_from(lookup, message.target))
    return drop(program, StageId::kAntiSpoof, spoofed);
  return Verdict::kContinue;
}

// DHCP for IPv4 (RFC 2131) and IPv6 (RFC 8415): no server behind an anti-spoofed port, and no client
// that asks in the name of another MAC. Clients and servers listen by their own port and ask nobody for
// his, so the destination alone says what a message is.
Verdict judge_dhcp(const Lookup& lookup, Program& program) noexcept {
  const Packet& packet = lookup.packet;
  const Headers& headers = packet.headers;
  if (headers.protocol != kUdp || !headers.has(Headers::kTransport)) return Verdict::kContinue;
  const bool v4 = headers.has(Headers::kIpv4);
  if (headers.destination_port == (v4 ? kDhcpClient : kDhcpv6Client))
    return drop(program, StageId::kAntiSpoof, DropReason::k_dhcp_spoofed);
  if (v4 && headers.destination_port == kDhcpServer) {
    constexpr std::uint32_t kClientHardwareAddress = 28;
    const std::uint32_t at = headers.payload + kClientHardwareAddress;
    const std::uint32_t end = headers.end < packet.length ? headers.end : packet.length;
    if (at + 6 > end || !(Mac::read(packet.data + at) == lookup.ingress.settings.mac))
      return drop(program, StageId::kAntiSpoof, DropReason::k_dhcp_spoofed);
  }
  return Verdict::kContinue;
}

}  // namespace

Verdict AntiSpoof::apply(const Lookup& lookup, Program& program) noexcept {
  const PortEntry& port = lookup.ingress;
  const Packet& packet = lookup.packet;
  const Headers& headers = packet.headers;
  if (!port.anti_spoof) {
    program.learn = true;
    return Verdict::kContinue;
  }
  if (!(lookup.source == port.settings.mac)) return drop(program, kId, DropReason::k_mac_spoofed);

  NeighbourMessage message;
  const bool neighbour = NeighbourMessage::read(packet, message);
  if (headers.has(Headers::kIpv4) || headers.has(Headers::kIpv6)) {
    const Ip source = headers.has(Headers::kIpv4) ? Ip::v4(packet.data + headers.l3 + 12)
                                                  : Ip::v6(packet.data + headers.l3 + 8);
    // An IPv4-mapped address never stands in an IPv6 header (RFC 4038, 4.2); here it is how IPv4 is kept.
    const bool mapped = headers.has(Headers::kIpv6) && source.is_v4();
    const bool allowed = source.is_unspecified() ? may_be_unspecified(packet) : may_send_from(lookup, source);
    if (mapped || !allowed) return drop(program, kId, DropReason::k_ip_spoofed);
  }
  if (neighbour) return judge_neighbour_message(lookup, message, program);
  return judge_dhcp(lookup, program);
}

}  // namespace vsw
