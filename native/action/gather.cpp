#include "action/gather.hpp"

#include <cstring>

#include "action/offload.hpp"
#include "base/assert.hpp"
#include "wire/checksum.hpp"
#include "wire/endian.hpp"
#include "wire/ethernet.hpp"
#include "wire/ipv4.hpp"
#include "wire/ipv6.hpp"
#include "wire/udp.hpp"

namespace vsw {
namespace {

constexpr std::uint32_t kDatagramLengthMax = 65'535;
constexpr std::uint16_t kDontFragment = 0x4000;

std::uint32_t payload_of(const Packet& packet) noexcept { return packet.headers.end - packet.headers.payload; }

std::uint64_t pseudo_sum(const Packet& packet, std::uint32_t length) noexcept {
  const std::byte* ip = packet.data + packet.headers.l3;
  return packet.headers.has(Headers::kIpv4)
             ? checksum_pseudo_v4(ip + Ipv4::kSource, ip + Ipv4::kDestination, Udp::kNumber, length)
             : checksum_pseudo_v6(ip + Ipv6::kSource, ip + Ipv6::kDestination, Udp::kNumber, length);
}

// A whole plain datagram in one piece, of nothing but Ethernet, IP and UDP headers.
bool has_the_form(const Packet& packet) noexcept {
  const Headers& headers = packet.headers;
  constexpr std::uint16_t kWanted = Headers::kTransport, kUnwanted = Headers::kFragment | Headers::kExtended;
  if (headers.protocol != Udp::kNumber || (headers.flags & kWanted) == 0 || (headers.flags & kUnwanted) != 0) return false;
  if (packet.offload.gso != Offload::Gso::kNone || packet.tail_length != 0) return false;
  if (headers.l3 != Ethernet::kLength || headers.end != packet.length || headers.end == headers.payload) return false;
  return load16(packet.data + headers.l4 + Udp::kDatagramLength) == headers.end - headers.l4;
}

// The sender's hardware would have summed, or the sum is there and right: the receiver is told either way.
bool has_a_right_checksum(const Packet& packet) noexcept {
  if (packet.offload.needs_checksum) return true;
  std::uint16_t field;
  std::memcpy(&field, packet.data + packet.headers.l4 + Udp::kChecksum, sizeof field);
  if (field == 0) return false;
  const Headers& headers = packet.headers;
  const std::uint32_t length = headers.end - headers.l4;
  return checksum_finish(checksum_add(pseudo_sum(packet, length), {packet.data + headers.l4, length})) == 0;
}

// Whether `packet` could be segment number `index` of what begins with `first`, but for its size.
bool continues(const Packet& first, const Packet& packet, std::uint32_t index) noexcept {
  const Headers& headers = first.headers;
  if (packet.headers.flags != headers.flags || packet.headers.l4 != headers.l4 || packet.tag != first.tag) return false;
  const std::byte *one = first.data, *other = packet.data;
  if (std::memcmp(one, other, Ethernet::kLength) != 0) return false;
  if (std::memcmp(one + headers.l4, other + headers.l4, Udp::kDatagramLength) != 0) return false;
  one += headers.l3;
  other += headers.l3;
  if (!first.headers.has(Headers::kIpv4)) {
    return std::memcmp(one, other, Ipv6::kPayloadLength) == 0 &&
           std::memcmp(one + Ipv6::kNextHeader, other + Ipv6::kNextHeader, Ipv6::kLength - Ipv6::kNextHeader) == 0;
  }
  const bool same = std::memcmp(one, other, Ipv4::kTotalLength) == 0 &&
                    std::memcmp(one + Ipv4::kFragment, other + Ipv4::kFragment, Ipv4::kChecksum - Ipv4::kFragment) == 0 &&
                    std::memcmp(one + Ipv4::kSource, other + Ipv4::kSource, 8) == 0;
  if (!same || (load16(one + Ipv4::kFragment) & kDontFragment) != 0) return same;
  return load16(other + Ipv4::kId) == static_cast<std::uint16_t>(load16(one + Ipv4::kId) + index);
}

}  // namespace

Gatherer::Gatherer() : payloads_(kDatagramLengthMax) {}

std::uint32_t Gatherer::gather(std::span<Packet* const> packets) noexcept {
  const Packet& first = *packets.front();
  if (packets.size() < 2 || !has_the_form(first) || !has_the_form(*packets[1]) || !continues(first, *packets[1], 1)) return 1;
  const std::uint32_t size = payload_of(first);
  if (payload_of(*packets[1]) > size || !has_a_right_checksum(first)) return 1;

  auto* payloads = payloads_.as<std::byte>();
  std::uint32_t count = 0, gathered = 0;
  for (Packet* const packet : packets) {
    const std::uint32_t length = payload_of(*packet);
    if (count > 0) {
      const bool fits = length <= size && first.headers.payload + gathered + length <= kDatagramLengthMax;
      if (!fits || !has_the_form(*packet) || !continues(first, *packet, count) || !has_a_right_checksum(*packet)) break;
    }
    std::memcpy(payloads + gathered, packet->data + packet->headers.payload, length);
    gathered += length;
    if (++count == kDatagramsMax || length < size) break;  // a shorter one is the last
  }
  if (count > 1) make_super(first, count, gathered);
  return count;
}

void Gatherer::make_super(const Packet& first, std::uint32_t count, std::uint32_t payload_size) noexcept {
  const Headers& headers = first.headers;
  VSW_ASSERT(headers.payload <= kHeadersMax);
  super_ = first;
  super_.data = headers_.data() + Packet::kHeadroom;
  super_.length = headers.payload;
  super_.tail = payloads_.as<std::byte>();
  super_.tail_length = payload_size;
  super_.wire_packets = static_cast<std::uint16_t>(count);
  super_.headers.end = headers.payload + payload_size;
  super_.offload = {};
  super_.offload.gso = Offload::Gso::kUdp;
  super_.offload.gso_size = static_cast<std::uint16_t>(payload_of(first));
  super_.offload.needs_checksum = true;
  super_.offload.checksum_start = headers.l4;
  super_.offload.checksum_offset = Udp::kChecksum;

  std::memcpy(super_.data, first.data, headers.payload);
  std::byte* ip = super_.data + headers.l3;
  std::byte* udp = super_.data + headers.l4;
  const std::uint32_t datagram_length = super_.headers.end - headers.l4;
  if (headers.has(Headers::kIpv4)) {
    store16(ip + Ipv4::kTotalLength, static_cast<std::uint16_t>(super_.headers.end - headers.l3));
    const std::uint16_t checksum = checksum_ipv4_header(ip, Ipv4::kLength);
    std::memcpy(ip + Ipv4::kChecksum, &checksum, sizeof checksum);
  } else {
    store16(ip + Ipv6::kPayloadLength, static_cast<std::uint16_t>(datagram_length));
  }
  store16(udp + Udp::kDatagramLength, static_cast<std::uint16_t>(datagram_length));
  const std::uint16_t partial = checksum_fold(pseudo_sum(super_, datagram_length));
  std::memcpy(udp + Udp::kChecksum, &partial, sizeof partial);
}

}  // namespace vsw
