// Fuzz target `gather`: datagrams that follow one another; what is gathered must, segmented again, be what it was.
//
// The input: for each of up to 8 frames a control byte, a 16-bit little-endian length, and the frame. Bits of the
// control byte: 0, its checksums are made right; 1, its UDP checksum is left to the hardware; 2, there is no frame, but
// the one before again with the next IPv4 id, and the length says how much shorter its payload is (little-endian, too).
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <vector>

#include "action/gather.hpp"
#include "action/offload.hpp"
#include "action/segment.hpp"
#include "base/assert.hpp"
#include "wire/checksum.hpp"
#include "wire/endian.hpp"
#include "wire/ethernet.hpp"
#include "wire/ipv4.hpp"
#include "wire/ipv6.hpp"
#include "wire/udp.hpp"

namespace {

using namespace vsw;
using Bytes = std::vector<std::byte>;

constexpr std::size_t kFramesMax = 8;
constexpr std::uint16_t kDontFragment = 0x4000;

struct Held {
  Bytes bytes;
  Packet packet;
  // Parses what stands in `bytes`; false: no switch would let it in.
  bool prepare() {
    packet.data = bytes.data();
    packet.length = static_cast<std::uint32_t>(bytes.size());
    return parse(packet.head(), packet.length, false, packet.headers) == ParseError::kNone;
  }
};

// The UDP checksum over what stands there, the field among it: 0 when it is right.
std::uint16_t udp_checksum(const Packet& packet) {
  const Headers& headers = packet.headers;
  const std::byte* ip = packet.data + headers.l3;
  const std::uint32_t length = headers.end - headers.l4;
  const std::uint64_t pseudo = headers.has(Headers::kIpv4)
                                   ? checksum_pseudo_v4(ip + Ipv4::kSource, ip + Ipv4::kDestination, Udp::kNumber, length)
                                   : checksum_pseudo_v6(ip + Ipv6::kSource, ip + Ipv6::kDestination, Udp::kNumber, length);
  VSW_ASSERT(packet.tail_length == 0);
  return checksum_finish(checksum_add(pseudo, {packet.data + headers.l4, length}));
}

void repair(Bytes& frame) {
  constexpr std::uint32_t kL3 = Ethernet::kLength;
  if (frame.size() < kL3 + Ipv4::kLength || load16(frame.data() + Ethernet::kType) != Ipv4::kNumber) return;
  const std::uint32_t length = Ipv4::header_length(frame.data() + kL3);
  if (length < Ipv4::kLength || kL3 + length > frame.size()) return;
  const std::uint16_t checksum = checksum_ipv4_header(frame.data() + kL3, length);
  std::memcpy(frame.data() + kL3 + Ipv4::kChecksum, &checksum, sizeof checksum);
}

bool is_udp(const Packet& packet) {
  return packet.headers.protocol == Udp::kNumber && packet.headers.has(Headers::kTransport) && !packet.headers.has(Headers::kFragment);
}

void finish(Held& held, std::uint8_t control) {
  if (!is_udp(held.packet)) return;
  std::byte* field = held.packet.data + held.packet.headers.l4 + Udp::kChecksum;
  if ((control & 1) != 0) {
    store16(field, 0);
    const std::uint16_t checksum = udp_checksum(held.packet);
    const std::uint16_t written = checksum == 0 ? 0xffff : checksum;
    std::memcpy(field, &written, sizeof written);
  }
  if ((control & 2) == 0) return;
  held.packet.offload.needs_checksum = true;
  held.packet.offload.checksum_start = held.packet.headers.l4;
  held.packet.offload.checksum_offset = Udp::kChecksum;
}

// The datagram of before again: the next id, `less` bytes of payload fewer.
std::optional<Bytes> next_of(const Held& before, std::uint32_t less) {
  const Headers& headers = before.packet.headers;
  if (!is_udp(before.packet) || headers.l3 != Ethernet::kLength || headers.end - headers.payload < less) return {};
  Bytes bytes(before.bytes.begin(), before.bytes.begin() + headers.end - less);
  std::byte* ip = bytes.data() + headers.l3;
  const auto shorter = [less](std::byte* field) { store16(field, static_cast<std::uint16_t>(load16(field) - less)); };
  shorter(bytes.data() + headers.l4 + Udp::kDatagramLength);
  shorter(ip + (headers.has(Headers::kIpv4) ? Ipv4::kTotalLength : Ipv6::kPayloadLength));
  if (headers.has(Headers::kIpv4)) store16(ip + Ipv4::kId, static_cast<std::uint16_t>(load16(ip + Ipv4::kId) + 1));
  return bytes;
}

// But for checksums, which are judged by themselves, and ids that say nothing.
void hold_against(const Packet& segment, const Held& original) {
  Bytes one(segment.data, segment.data + segment.length), other = original.bytes;
  const Headers& headers = original.packet.headers;
  for (Bytes* bytes : {&one, &other}) {
    VSW_ASSERT(bytes->size() == headers.end);
    store16(bytes->data() + headers.l4 + Udp::kChecksum, 0);
    std::byte* ip = bytes->data() + headers.l3;
    if (!headers.has(Headers::kIpv4)) continue;
    store16(ip + Ipv4::kChecksum, 0);
    if ((load16(ip + Ipv4::kFragment) & kDontFragment) != 0) store16(ip + Ipv4::kId, 0);
  }
  VSW_ASSERT(one == other);
}

void check(const Packet& super, std::span<const Held> originals) {
  VSW_ASSERT(super.wire_packets == originals.size());
  std::uint64_t bytes = 0;
  for (const Held& original : originals) bytes += original.packet.length;
  VSW_ASSERT(super.wire_bytes() == bytes);
  Segmenter segmenter(super);
  Bytes slot(Packet::kSlotSize);
  for (const Held& original : originals) {
    Packet segment;
    segment.data = slot.data();
    VSW_ASSERT(segmenter.next(segment));
    hold_against(segment, original);
    VSW_ASSERT(parse(segment.head(), segment.frame_length(), false, segment.headers) == ParseError::kNone);
    VSW_ASSERT(udp_checksum(segment) == 0);
  }
  Packet none;
  none.data = slot.data();
  VSW_ASSERT(!segmenter.next(none));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Gatherer gatherer;
  const std::uint8_t* const end = data + size;
  std::array<Held, kFramesMax> held;
  std::array<Packet*, kFramesMax> packets{};
  std::size_t count = 0;
  while (count < kFramesMax && end - data >= 3) {
    const std::uint8_t control = *data++;
    const auto stated = static_cast<std::size_t>(data[0] | data[1] << 8);
    data += 2;
    Held& one = held[count];
    if ((control & 4) != 0 && count > 0) {
      std::optional<Bytes> again = next_of(held[count - 1], static_cast<std::uint32_t>(stated));
      if (!again) continue;
      one.bytes = std::move(*again);
    } else {
      const std::size_t length = std::min({stated, static_cast<std::size_t>(end - data), std::size_t{Packet::kSlotSize}});
      const auto* bytes = reinterpret_cast<const std::byte*>(data);
      one.bytes.assign(bytes, bytes + length);
      data += length;
    }
    if ((control & 1) != 0) repair(one.bytes);
    if (!one.prepare()) continue;
    finish(one, control);
    if (!check_offload(one.packet)) continue;
    packets[count] = &one.packet;
    ++count;
  }
  for (std::size_t at = 0; at < count;) {
    const std::uint32_t gathered = gatherer.gather({packets.data() + at, count - at});
    VSW_ASSERT(gathered >= 1 && gathered <= count - at);
    if (gathered > 1) check(gatherer.gathered(), {held.data() + at, gathered});
    at += gathered;
  }
  return 0;
}
