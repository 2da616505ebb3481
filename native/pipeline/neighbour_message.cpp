#include "pipeline/neighbour_message.hpp"

#include "wire/endian.hpp"

namespace vsw {

namespace {

constexpr std::uint8_t kIcmpv6 = 58;
constexpr std::uint8_t kSourceLinkLayerAddress = 1, kTargetLinkLayerAddress = 2;
constexpr std::uint32_t kOptionsMax = 16;

// The link-layer address option of the wanted type, of Ethernet's size. False: the list is broken.
bool read_option(const Packet& packet, std::uint32_t at, std::uint8_t wanted, NeighbourMessage& out) noexcept {
  const std::uint32_t end = packet.headers.end < packet.length ? packet.headers.end : packet.length;
  for (std::uint32_t i = 0; at < end; ++i) {
    if (i == kOptionsMax || end - at < 8) return false;
    const auto type = static_cast<std::uint8_t>(packet.data[at]);
    const std::uint32_t length = static_cast<std::uint32_t>(packet.data[at + 1]) * 8;
    if (length == 0 || length > end - at) return false;
    if (type == wanted) {
      if (length != 8) return false;
      // Two options that disagree would let the second one through unseen.
      const Mac mac = Mac::read(packet.data + at + 2);
      if (out.has_mac && !(out.sender_mac == mac)) return false;
      out.has_mac = true;
      out.sender_mac = mac;
    }
    at += length;
  }
  return true;
}

bool read_arp(const Packet& packet, NeighbourMessage& out) noexcept {
  const std::byte* arp = packet.data + packet.headers.l3;
  out.arp = true;
  const std::uint16_t operation = load16(arp + 6);
  out.kind = operation == 1 ? NeighbourMessage::Kind::kRequest : NeighbourMessage::Kind::kAnswer;
  out.broken = operation != 1 && operation != 2;
  out.has_mac = true;
  out.sender_mac = Mac::read(arp + 8);
  out.sender = Ip::v4(arp + 14);
  out.target = Ip::v4(arp + 24);
  return true;
}

}  // namespace

bool NeighbourMessage::read(const Packet& packet, NeighbourMessage& out) noexcept {
  const Headers& headers = packet.headers;
  out = {};
  if (headers.has(Headers::kArp)) return read_arp(packet, out);
  if (!headers.has(Headers::kIpv6) || headers.protocol != kIcmpv6 || !headers.has(Headers::kTransport)) return false;
  const std::byte* message = packet.data + headers.l4;
  const auto type = static_cast<std::uint8_t>(message[0]);
  if (type < 133 || type > 137) return false;
  out.sender = Ip::v6(packet.data + headers.l3 + 8);
  const std::uint32_t end = headers.end < packet.length ? headers.end : packet.length;
  const std::uint32_t available = end - headers.l4;
  std::uint32_t fixed = 0;
  std::uint8_t option = kSourceLinkLayerAddress;
  switch (type) {
    case 133: out.kind = Kind::kRouterSolicitation; fixed = 8; break;
    case 134: out.kind = Kind::kRouterAdvertisement; fixed = 16; break;
    case 135: out.kind = Kind::kRequest; fixed = 24; break;
    case 136: out.kind = Kind::kAnswer; fixed = 24; option = kTargetLinkLayerAddress; break;
    default: out.kind = Kind::kRedirect; fixed = 40; option = kTargetLinkLayerAddress; break;
  }
  const auto hop_limit = static_cast<std::uint8_t>(packet.data[headers.l3 + 7]);
  // RFC 6980: neighbour discovery must not come in fragments; RFC 4861: nor from beyond the link.
  if (available < fixed || hop_limit != 255 || headers.has(Headers::kFragment)) {
    out.broken = true;
    return true;
  }
  if (type == 135 || type == 136) out.target = Ip::v6(message + 8);
  // A mapped target would be taken for the IPv4 address that it maps.
  out.broken = out.target.is_v4() || !read_option(packet, headers.l4 + fixed, option, out);
  return true;
}

bool is_neighbour_or_listener_discovery(const Packet& packet) noexcept {
  const Headers& headers = packet.headers;
  if (!headers.has(Headers::kIpv6) || headers.protocol != kIcmpv6 || !headers.has(Headers::kTransport)) return false;
  const auto type = static_cast<std::uint8_t>(packet.data[headers.l4]);
  return (type >= 130 && type <= 137) || type == 143;
}

}  // namespace vsw
