// TcpSegment: what of a TCP header says whether it belongs to its connection.
// Home: anywhere; a value.
//
// Options are read from a SYN only, and of them no more than the header holds: the scale of its sender's windows,
// and whether it carries timestamps.
#pragma once
#include <cstdint>
#include "packet/packet.hpp"
#include "wire/endian.hpp"
#include "wire/tcp.hpp"

namespace vsw {

struct TcpSegment {
  std::uint32_t sequence = 0, acknowledgement = 0;
  std::uint32_t length = 0;  // of the payload; a super-frame's may be 64 KiB
  std::uint16_t window = 0;
  std::uint8_t flags = 0;
  bool timestamps = false;   // a SYN's option
  std::int8_t scale = -1;    // a SYN's option; -1: it has none

  // Behind the last number that it takes.
  [[nodiscard]] std::uint32_t end() const noexcept {
    return sequence + length + ((flags & Tcp::kSyn) != 0 ? 1 : 0) + ((flags & Tcp::kFin) != 0 ? 1 : 0);
  }
  // Of a packet whose transport header is there and TCP.
  [[nodiscard]] static TcpSegment read(const Packet& packet) noexcept {
    const std::byte* header = packet.data + packet.headers.l4;
    TcpSegment segment;
    segment.sequence = load32(header + Tcp::kSequence);
    segment.acknowledgement = load32(header + Tcp::kAcknowledgement);
    segment.length = packet.headers.end - packet.headers.payload;
    segment.window = load16(header + Tcp::kWindow);
    segment.flags = Tcp::flags(header);
    if ((segment.flags & Tcp::kSyn) != 0) segment.read_options(header, packet.headers.payload - packet.headers.l4);
    return segment;
  }

 private:
  void read_options(const std::byte* header, std::uint32_t header_length) noexcept;
};

}  // namespace vsw
