#include "action/icmp_error.hpp"

#include <algorithm>
#include <cstring>

#include "action/offload.hpp"
#include "action/segment.hpp"
#include "wire/checksum.hpp"
#include "wire/endian.hpp"
#include "wire/icmp.hpp"
#include "wire/icmpv6.hpp"
#include "wire/ipv4.hpp"
#include "wire/ipv6.hpp"
#include "wire/mac.hpp"

namespace vsw {

namespace {

constexpr std::uint32_t kLengthMax4 = 576, kLengthMax6 = 1'280;
constexpr std::uint8_t kHops = 64;
constexpr std::uint8_t kInternetControl = 0xc0;  // the precedence of what routers say (RFC 1812, 4.3.2.5)
constexpr std::uint16_t kDontFragment = 0x4000;

// An IPv4 address that one host may have: not 0/8, 127/8, a group, reserved or broadcast.
bool is_one_host4(const std::byte* address) noexcept {
  const auto first = std::to_integer<std::uint8_t>(address[0]);
  return first != 0 && first != 127 && first < 224;
}

bool is_one_host6(const std::byte* address) noexcept {
  if (address[0] == std::byte{0xff}) return false;
  std::uint64_t high, low;
  std::memcpy(&high, address, 8);
  std::memcpy(&low, address + 8, 8);
  return (high | low) != 0;
}

// The first packet that `packet` stands for, as a wire would carry it.
void write_first(const Packet& packet, Packet& first) noexcept {
  if (packet.offload.gso != Offload::Gso::kNone) {
    (void)Segmenter(packet).next(first);
    return;
  }
  std::memcpy(first.data, packet.data, packet.length);
  first.length = packet.length;
  first.tail = packet.tail;
  first.tail_length = packet.tail_length;
  first.offload = packet.offload;
  first.headers = packet.headers;
  complete_checksum(first);
}

void write_ipv4(std::byte* ip, const std::byte* asked, std::uint32_t length) noexcept {
  std::memset(ip, 0, Ipv4::kLength);
  ip[0] = std::byte{0x45};
  ip[1] = std::byte{kInternetControl};
  store16(ip + Ipv4::kTotalLength, static_cast<std::uint16_t>(length));
  store16(ip + Ipv4::kFragment, kDontFragment);
  ip[Ipv4::kTtl] = std::byte{kHops};
  ip[Ipv4::kProtocol] = std::byte{Icmp::kNumber};
  std::memcpy(ip + Ipv4::kSource, asked + Ipv4::kDestination, 4);
  std::memcpy(ip + Ipv4::kDestination, asked + Ipv4::kSource, 4);
  const std::uint16_t checksum = checksum_ipv4_header(ip, Ipv4::kLength);
  std::memcpy(ip + Ipv4::kChecksum, &checksum, sizeof checksum);
}

void write_ipv6(std::byte* ip, const std::byte* asked, std::uint32_t length) noexcept {
  store32(ip, 0x6000'0000);
  store16(ip + Ipv6::kPayloadLength, static_cast<std::uint16_t>(length - Ipv6::kLength));
  ip[Ipv6::kNextHeader] = std::byte{Icmpv6::kNumber};
  ip[Ipv6::kHopLimit] = std::byte{kHops};
  std::memcpy(ip + Ipv6::kSource, asked + Ipv6::kDestination, 16);
  std::memcpy(ip + Ipv6::kDestination, asked + Ipv6::kSource, 16);
}

}  // namespace

bool may_be_answered(const Packet& packet) noexcept {
  const Headers& headers = packet.headers;
  if (headers.has(Headers::kLaterFragment) || Mac::read(packet.data).is_group()) return false;
  const std::byte* ip = packet.data + headers.l3;
  const auto type = [&packet] { return std::to_integer<std::uint8_t>(packet.data[packet.headers.l4 + Icmp::kType]); };
  if (headers.has(Headers::kIpv4)) {
    if (!is_one_host4(ip + Ipv4::kSource) || !is_one_host4(ip + Ipv4::kDestination)) return false;
    return headers.protocol != Icmp::kNumber || Icmp::is_query(type());
  }
  if (!headers.has(Headers::kIpv6)) return false;
  if (!is_one_host6(ip + Ipv6::kSource) || !is_one_host6(ip + Ipv6::kDestination)) return false;
  return headers.protocol != Icmpv6::kNumber || Icmpv6::is_query(type());
}

void write_icmp_error(const Packet& packet, const IcmpError& error, std::uint32_t mtu, Packet& answer) noexcept {
  write_first(packet, answer);
  const std::uint32_t l3 = packet.headers.l3;
  const bool v6 = packet.headers.has(Headers::kIpv6);
  const std::uint32_t ip_length = v6 ? Ipv6::kLength : Ipv4::kLength;
  const std::uint32_t length_max = std::min(mtu, v6 ? kLengthMax6 : kLengthMax4);
  const std::uint32_t quoted = std::min(answer.headers.end - l3, length_max - ip_length - Icmp::kLength);

  // The quoted bytes move to their place: what lies at `data` there, then what lies in the tail.
  std::byte* ip = answer.data + l3;
  std::byte* icmp = ip + ip_length;
  std::byte* quote = icmp + Icmp::kLength;
  const std::uint32_t in_data = std::min(quoted, answer.length - l3);
  std::memmove(quote, ip, in_data);
  if (in_data < quoted) std::memcpy(quote + in_data, answer.tail, quoted - in_data);

  Mac::read(packet.data + 6).write(answer.data);
  Mac::read(packet.data).write(answer.data + 6);
  std::memcpy(answer.data + 12, packet.data + 12, l3 - 12);
  const std::uint32_t message_length = Icmp::kLength + quoted;
  const std::byte* asked = packet.data + l3;
  if (v6) write_ipv6(ip, asked, ip_length + message_length);
  else write_ipv4(ip, asked, ip_length + message_length);
  std::memset(icmp, 0, Icmp::kLength);
  icmp[Icmp::kType] = std::byte{v6 ? error.type6 : error.type4};
  icmp[Icmp::kCode] = std::byte{v6 ? error.code6 : error.code4};
  store32(icmp + 4, error.word);
  const std::uint64_t pseudo =
      v6 ? checksum_pseudo_v6(ip + Ipv6::kSource, ip + Ipv6::kDestination, Icmpv6::kNumber, message_length) : 0;
  const std::uint16_t checksum = checksum_finish(checksum_add(pseudo, {icmp, message_length}));
  std::memcpy(icmp + Icmp::kChecksum, &checksum, sizeof checksum);

  answer.length = l3 + ip_length + message_length;
  answer.tail = nullptr;
  answer.tail_length = 0;
  answer.wire_packets = 1;
  answer.offload = Offload{};
}

}  // namespace vsw
