#include "action/offload.hpp"

#include <algorithm>
#include <cstring>

#include "base/assert.hpp"
#include "wire/checksum.hpp"
#include "wire/endian.hpp"
#include "wire/tcp.hpp"
#include "wire/udp.hpp"

namespace vsw {
namespace {

using Gso = Offload::Gso;

bool is_tcp(Gso gso) noexcept { return gso == Gso::kTcp4 || gso == Gso::kTcp6; }

bool check_checksum(const Packet& packet) noexcept {
  const Headers& headers = packet.headers;
  if (!headers.has(Headers::kTransport) || headers.has(Headers::kFragment)) return false;
  if (packet.offload.checksum_start != headers.l4) return false;
  switch (headers.protocol) {
    case Tcp::kNumber: return packet.offload.checksum_offset == Tcp::kChecksum;
    case Udp::kNumber: return packet.offload.checksum_offset == Udp::kChecksum;
    default: return false;
  }
}

// Whether protocol and family are those of the gso type; check_checksum came first, so it is TCP or UDP.
bool check_kind(const Packet& packet) noexcept {
  const Headers& headers = packet.headers;
  switch (packet.offload.gso) {
    case Gso::kTcp4: return headers.protocol == Tcp::kNumber && headers.has(Headers::kIpv4);
    case Gso::kTcp6: return headers.protocol == Tcp::kNumber && headers.has(Headers::kIpv6);
    case Gso::kUdp: return headers.protocol == Udp::kNumber;
    case Gso::kNone: break;
  }
  return false;
}

// What may not stand in several segments at once.
bool check_segments(const Packet& packet, std::uint32_t segment_count) noexcept {
  const std::byte* transport = packet.data + packet.headers.l4;
  if (is_tcp(packet.offload.gso)) {
    return packet.offload.gso_size >= kTcpSegmentSizeMin &&
           (Tcp::flags(transport) & (Tcp::kSyn | Tcp::kRst | Tcp::kUrg)) == 0;
  }
  return segment_count <= kUdpSegmentsMax;
}

bool check_super(Packet& packet) noexcept {
  Offload& offload = packet.offload;
  const Headers& headers = packet.headers;
  if (!offload.needs_checksum || !check_kind(packet) || offload.gso_size == 0) return false;
  if (offload.ecn && !is_tcp(offload.gso)) return false;
  if (headers.end != packet.frame_length()) return false;
  if (offload.gso == Gso::kUdp &&
      load16(packet.data + headers.l4 + Udp::kDatagramLength) != headers.end - headers.l4)
    return false;

  const std::uint32_t payload_length = headers.end - headers.payload;
  if (payload_length <= offload.gso_size) {
    offload.gso = Gso::kNone;
    offload.gso_size = 0;
    offload.ecn = false;
    return true;
  }
  const std::uint32_t segment_count = (payload_length + offload.gso_size - 1) / offload.gso_size;
  if (!check_segments(packet, segment_count)) return false;
  packet.wire_packets = static_cast<std::uint16_t>(segment_count);
  return true;
}

}  // namespace

bool check_claimed_offload(Packet& packet) noexcept {
  const Offload& offload = packet.offload;
  if (offload.needs_checksum && !check_checksum(packet)) return false;
  if (offload.gso == Gso::kNone) return !offload.ecn;
  return check_super(packet);
}

std::uint64_t checksum_range(const Packet& packet, std::uint32_t from, std::uint32_t to) noexcept {
  if (from >= packet.length) return checksum_add(0, {packet.tail + (from - packet.length), to - from});
  const std::uint32_t in_data = std::min(to, packet.length) - from;
  const std::uint64_t sum = checksum_add(0, {packet.data + from, in_data});
  if (to <= packet.length) return sum;
  const std::uint64_t in_tail = checksum_add(0, {packet.tail, to - packet.length});
  // Behind an odd number of bytes, high and low byte change places (RFC 1071, 2(B)).
  const std::uint16_t folded = checksum_fold(in_tail);
  return std::uint64_t{checksum_fold(sum)} + (in_data % 2 == 0 ? folded : __builtin_bswap16(folded));
}

void complete_checksum(Packet& packet) noexcept {
  Offload& offload = packet.offload;
  if (!offload.needs_checksum || VSW_BUG(offload.gso != Gso::kNone)) return;
  // The field itself is part of the range: what it holds is the pseudo-header's share.
  std::uint16_t checksum = checksum_finish(checksum_range(packet, offload.checksum_start, packet.headers.end));
  if (checksum == 0 && packet.headers.protocol == Udp::kNumber) checksum = 0xffff;
  std::memcpy(packet.data + offload.checksum_start + offload.checksum_offset, &checksum, sizeof checksum);
  offload.needs_checksum = false;
}

bool takes_offload(const PortInfo& info, const Packet& packet) noexcept {
  if (packet.offload.needs_checksum && !info.takes_checksum) return false;
  switch (packet.offload.gso) {
    case Gso::kNone: return true;
    case Gso::kTcp4: return info.takes_tcp4;
    case Gso::kTcp6: return info.takes_tcp6;
    case Gso::kUdp: return info.takes_udp;
  }
  return false;
}

}  // namespace vsw
