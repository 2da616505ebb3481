#include "action/tcp_reset.hpp"

#include <cstring>

#include "wire/checksum.hpp"
#include "wire/endian.hpp"
#include "wire/ethernet.hpp"
#include "wire/ipv4.hpp"
#include "wire/ipv6.hpp"
#include "wire/tcp.hpp"

namespace vsw {

namespace {

constexpr std::uint8_t kHops = 64;
constexpr std::uint16_t kDontFragment = 0x4000;

std::uint64_t write_ipv4(std::byte* ip, const TcpReset& reset) noexcept {
  std::memset(ip, 0, Ipv4::kLength);
  ip[0] = std::byte{0x45};
  store16(ip + Ipv4::kTotalLength, Ipv4::kLength + Tcp::kLength);
  store16(ip + Ipv4::kFragment, kDontFragment);
  ip[Ipv4::kTtl] = std::byte{kHops};
  ip[Ipv4::kProtocol] = std::byte{Tcp::kNumber};
  std::memcpy(ip + Ipv4::kSource, reset.from.bytes.data() + 12, 4);
  std::memcpy(ip + Ipv4::kDestination, reset.to.bytes.data() + 12, 4);
  const std::uint16_t checksum = checksum_ipv4_header(ip, Ipv4::kLength);
  std::memcpy(ip + Ipv4::kChecksum, &checksum, sizeof checksum);
  return checksum_pseudo_v4(ip + Ipv4::kSource, ip + Ipv4::kDestination, Tcp::kNumber, Tcp::kLength);
}

std::uint64_t write_ipv6(std::byte* ip, const TcpReset& reset) noexcept {
  store32(ip, 0x6000'0000);
  store16(ip + Ipv6::kPayloadLength, Tcp::kLength);
  ip[Ipv6::kNextHeader] = std::byte{Tcp::kNumber};
  ip[Ipv6::kHopLimit] = std::byte{kHops};
  std::memcpy(ip + Ipv6::kSource, reset.from.bytes.data(), 16);
  std::memcpy(ip + Ipv6::kDestination, reset.to.bytes.data(), 16);
  return checksum_pseudo_v6(ip + Ipv6::kSource, ip + Ipv6::kDestination, Tcp::kNumber, Tcp::kLength);
}

}  // namespace

bool may_be_reset(const Packet& packet) noexcept {
  const Headers& headers = packet.headers;
  return headers.protocol == Tcp::kNumber && headers.has(Headers::kTransport) && headers.vlan_count == 0 &&
         !Mac::read(packet.data).is_group() && (Tcp::flags(packet.data + headers.l4) & Tcp::kRst) == 0;
}

TcpReset TcpReset::answering(const Packet& packet) noexcept {
  const Headers& headers = packet.headers;
  const std::byte* ip = packet.data + headers.l3;
  const std::byte* tcp = packet.data + headers.l4;
  const bool v4 = headers.has(Headers::kIpv4);
  TcpReset reset;
  reset.from_mac = Mac::read(packet.data);
  reset.to_mac = Mac::read(packet.data + 6);
  reset.from = v4 ? Ip::v4(ip + Ipv4::kDestination) : Ip::v6(ip + Ipv6::kDestination);
  reset.to = v4 ? Ip::v4(ip + Ipv4::kSource) : Ip::v6(ip + Ipv6::kSource);
  reset.from_port = headers.destination_port;
  reset.to_port = headers.source_port;
  const std::uint8_t flags = Tcp::flags(tcp);
  if ((flags & Tcp::kAck) != 0) {
    reset.sequence = load32(tcp + Tcp::kAcknowledgement);
    return reset;
  }
  reset.acknowledges = true;
  reset.acknowledgement = load32(tcp + Tcp::kSequence) + (headers.end - headers.payload) +
                          ((flags & Tcp::kSyn) != 0 ? 1 : 0) + ((flags & Tcp::kFin) != 0 ? 1 : 0);
  return reset;
}

void write_tcp_reset(const TcpReset& reset, Packet& out) noexcept {
  const bool v4 = reset.from.is_v4();
  reset.to_mac.write(out.data);
  reset.from_mac.write(out.data + 6);
  store16(out.data + Ethernet::kType, v4 ? Ipv4::kNumber : Ipv6::kNumber);
  std::byte* ip = out.data + Ethernet::kLength;
  const std::uint64_t pseudo = v4 ? write_ipv4(ip, reset) : write_ipv6(ip, reset);
  std::byte* tcp = ip + (v4 ? Ipv4::kLength : Ipv6::kLength);
  std::memset(tcp, 0, Tcp::kLength);
  store16(tcp + Tcp::kSourcePort, reset.from_port);
  store16(tcp + Tcp::kDestinationPort, reset.to_port);
  store32(tcp + Tcp::kSequence, reset.sequence);
  store32(tcp + Tcp::kAcknowledgement, reset.acknowledgement);
  tcp[12] = std::byte{Tcp::kLength / 4 << 4};
  tcp[Tcp::kFlags] = std::byte{static_cast<unsigned char>(Tcp::kRst | (reset.acknowledges ? Tcp::kAck : 0))};
  const std::uint16_t checksum = checksum_finish(checksum_add(pseudo, {tcp, Tcp::kLength}));
  std::memcpy(tcp + Tcp::kChecksum, &checksum, sizeof checksum);
  out.length = Ethernet::kLength + (v4 ? Ipv4::kLength : Ipv6::kLength) + Tcp::kLength;
  out.tail = nullptr;
  out.tail_length = 0;
  out.wire_packets = 1;
  out.offload = Offload{};
}

}  // namespace vsw
