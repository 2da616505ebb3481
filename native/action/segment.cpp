#include "action/segment.hpp"

#include <algorithm>
#include <cstring>

#include "action/offload.hpp"
#include "base/assert.hpp"
#include "wire/checksum.hpp"
#include "wire/endian.hpp"
#include "wire/ipv4.hpp"
#include "wire/ipv6.hpp"
#include "wire/tcp.hpp"
#include "wire/udp.hpp"

namespace vsw {
namespace {

// Where payload bytes `from`…`from + length`-1 of `super` lie: so many at its data's end, the rest in its tail.
struct Piece {
  std::uint32_t in_data;
  std::uint32_t tail_from;
};

Piece locate(const Packet& super, std::uint32_t from, std::uint32_t length) noexcept {
  if (from >= super.length) return {0, from - super.length};
  return {std::min(length, super.length - from), 0};
}

}  // namespace

Segmenter::Segmenter(const Packet& super) noexcept
    : super_(super), segment_count_(super.wire_packets) {
  if (VSW_BUG(super.offload.gso == Offload::Gso::kNone || super.length > Packet::kSlotSize)) segment_count_ = 0;
}

bool Segmenter::next(Packet& into) noexcept {
  if (done_ == segment_count_) return false;
  const Headers& headers = super_.headers;
  const std::uint32_t from = headers.payload + done_ * super_.offload.gso_size;
  const std::uint32_t length = std::min<std::uint32_t>(super_.offload.gso_size, headers.end - from);
  const Piece piece = locate(super_, from, length);

  // What the super-frame has at `data` is no more than a slot, so this part fits behind the headers.
  std::memcpy(into.data, super_.data, headers.payload);
  if (piece.in_data != 0) std::memcpy(into.data + headers.payload, super_.data + from, piece.in_data);
  into.length = headers.payload + piece.in_data;
  into.tail = nullptr;
  into.tail_length = 0;
  if (piece.in_data < length) {
    std::byte* rest = super_.tail + piece.tail_from;
    const std::uint32_t rest_length = length - piece.in_data;
    if (headers.payload + length <= Packet::kSlotSize) {
      std::memcpy(into.data + into.length, rest, rest_length);
      into.length += rest_length;
    } else {
      into.tail = rest;
      into.tail_length = rest_length;
    }
  }

  into.ingress = super_.ingress;
  into.wire_packets = 1;
  into.tag = super_.tag;
  into.offload = Offload{};
  into.headers = headers;
  into.headers.end = headers.payload + length;
  write_ip(into, length);
  write_transport(into, length);
  ++done_;
  return true;
}

void Segmenter::write_ip(Packet& into, std::uint32_t payload_length) const noexcept {
  const Headers& headers = super_.headers;
  std::byte* ip = into.data + headers.l3;
  const std::uint32_t datagram_length = headers.payload - headers.l3 + payload_length;
  if (headers.has(Headers::kIpv6)) {
    store16(ip + Ipv6::kPayloadLength, static_cast<std::uint16_t>(datagram_length - Ipv6::kLength));
    return;
  }
  store16(ip + Ipv4::kTotalLength, static_cast<std::uint16_t>(datagram_length));
  store16(ip + Ipv4::kId, static_cast<std::uint16_t>(load16(ip + Ipv4::kId) + done_));
  const std::uint16_t checksum = checksum_ipv4_header(ip, headers.l4 - headers.l3);
  std::memcpy(ip + Ipv4::kChecksum, &checksum, sizeof checksum);
}

void Segmenter::write_transport(Packet& into, std::uint32_t payload_length) const noexcept {
  const Headers& headers = super_.headers;
  std::byte* transport = into.data + headers.l4;
  const std::uint32_t length = headers.payload - headers.l4 + payload_length;
  std::uint32_t checksum_at = Udp::kChecksum;
  if (headers.protocol == Tcp::kNumber) {
    checksum_at = Tcp::kChecksum;
    store32(transport + Tcp::kSequence, load32(transport + Tcp::kSequence) + done_ * super_.offload.gso_size);
    if (done_ != 0) transport[Tcp::kFlags] &= ~std::byte{Tcp::kCwr};
    if (done_ + 1 != segment_count_) transport[Tcp::kFlags] &= ~std::byte{Tcp::kFin | Tcp::kPsh};
  } else {
    store16(transport + Udp::kDatagramLength, static_cast<std::uint16_t>(length));
  }
  // The field holds the pseudo-header's sum with the super-frame's length: exchange that for the segment's.
  const be16 length_before(static_cast<std::uint16_t>(headers.end - headers.l4));
  const be16 length_now(static_cast<std::uint16_t>(length));
  const std::uint64_t exchanged = std::uint64_t{static_cast<std::uint16_t>(~length_before.raw)} + length_now.raw;
  const std::uint64_t sum = checksum_range(into, headers.l4, into.headers.end);
  std::uint16_t checksum = checksum_finish(checksum_fold(sum) + exchanged);
  if (checksum == 0 && headers.protocol == Udp::kNumber) checksum = 0xffff;
  std::memcpy(transport + checksum_at, &checksum, sizeof checksum);
}

}  // namespace vsw
