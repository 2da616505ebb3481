// Fuzz target `segment`: any virtio_net_hdr in front of any frame; what is accepted must be cut into whole frames.
//
// The input: 10 bytes of virtio_net_hdr, how many bytes lie at `data` (16 bits), how many bytes to append
// to the frame (16 bits, so that a small input can be a large super-frame), then the frame. All numbers
// are little-endian.
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

#include "action/offload.hpp"
#include "action/segment.hpp"
#include "base/assert.hpp"
#include "wire/checksum.hpp"
#include "wire/ethernet.hpp"
#include "wire/ipv4.hpp"

namespace {

using namespace vsw;
using Bytes = std::vector<std::byte>;

constexpr std::size_t kPrefixLength = 14;

std::uint16_t number(const std::uint8_t* at) { return static_cast<std::uint16_t>(at[0] | at[1] << 8); }

Offload offload_of(const std::uint8_t* header) {
  Offload offload;
  offload.needs_checksum = (header[0] & 1) != 0;
  offload.checksum_valid = (header[0] & 2) != 0;
  offload.gso = static_cast<Offload::Gso>(header[1] & 0x7f);
  offload.ecn = (header[1] & 0x80) != 0;
  offload.gso_size = number(header + 4);
  offload.checksum_start = number(header + 6);
  offload.checksum_offset = number(header + 8);
  return offload;
}

Bytes bytes_of(const Packet& packet) {
  Bytes all(packet.data, packet.data + packet.length);
  if (packet.tail_length != 0) all.insert(all.end(), packet.tail, packet.tail + packet.tail_length);
  return all;
}

void cut(const Packet& super) {
  Bytes slot(Packet::kSlotSize);
  Packet segment;
  Segmenter segmenter(super);
  std::uint32_t count = 0;
  std::uint64_t wire_bytes = 0;
  Bytes gathered;
  for (;; ++count) {
    segment = Packet{};
    segment.data = slot.data();
    if (!segmenter.next(segment)) break;
    VSW_ASSERT(segment.length <= Packet::kSlotSize);
    const Bytes frame = bytes_of(segment);
    Headers headers;
    VSW_ASSERT(parse(frame, static_cast<std::uint32_t>(frame.size()), false, headers) == ParseError::kNone);
    VSW_ASSERT(headers.end == frame.size() && headers.payload == super.headers.payload);
    gathered.insert(gathered.end(), frame.begin() + headers.payload, frame.end());
    wire_bytes += frame.size();
  }
  VSW_ASSERT(count == super.wire_packets && wire_bytes == super.wire_bytes());
  const Bytes whole = bytes_of(super);
  VSW_ASSERT(std::equal(gathered.begin(), gathered.end(), whole.begin() + super.headers.payload, whole.end()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < kPrefixLength) return 0;
  const std::size_t split_wanted = number(data + 10) % (Packet::kSlotSize + 1);
  const auto* bytes = reinterpret_cast<const std::byte*>(data) + kPrefixLength;
  Bytes frame(bytes, bytes + (size - kPrefixLength));
  frame.resize(std::min<std::size_t>(frame.size() + number(data + 12), Packet::kLengthMax));

  // An IPv4 checksum that is right, which chance would hardly find.
  constexpr std::uint32_t kL3 = Ethernet::kLength;
  if (frame.size() >= kL3 + 60 && Ipv4::version(frame.data() + kL3) == 4 &&
      Ipv4::header_length(frame.data() + kL3) >= Ipv4::kLength) {
    std::byte* header = frame.data() + kL3;
    const std::uint16_t checksum = checksum_ipv4_header(header, Ipv4::header_length(header));
    std::memcpy(header + Ipv4::kChecksum, &checksum, sizeof checksum);
  }

  const auto split = static_cast<std::ptrdiff_t>(std::min(split_wanted, frame.size()));
  Bytes head(frame.begin(), frame.begin() + split), tail(frame.begin() + split, frame.end());
  Packet packet;
  packet.data = head.data();
  packet.length = static_cast<std::uint32_t>(head.size());
  packet.tail = tail.empty() ? nullptr : tail.data();
  packet.tail_length = static_cast<std::uint32_t>(tail.size());
  packet.offload = offload_of(data);
  const bool super = packet.offload.gso != Offload::Gso::kNone;
  if (parse(packet.head(), packet.frame_length(), super, packet.headers) != ParseError::kNone) return 0;
  if (!check_offload(packet)) return 0;
  if (packet.offload.gso != Offload::Gso::kNone) {
    cut(packet);
  } else {
    complete_checksum(packet);
    VSW_ASSERT(!packet.offload.needs_checksum && packet.wire_packets == 1);
  }
  return 0;
}
