// parse's way for what most frames are: included by parse.hpp alone.
// Home: worker.
#pragma once
#include <algorithm>
#include "wire/endian.hpp"
#include "wire/ethernet.hpp"
#include "wire/ipv4.hpp"
#include "wire/parse.hpp"
#include "wire/tcp.hpp"
#include "wire/udp.hpp"

namespace vsw {

inline bool parse_plain(std::span<const std::byte> frame, std::uint32_t frame_length, Headers& out) noexcept {
  constexpr std::uint16_t kL3 = Ethernet::kLength, kL4 = kL3 + Ipv4::kLength;
  if (frame.size() < kL4 + Udp::kLength || frame_length < frame.size()) return false;
  const std::byte* header = frame.data() + kL3;
  const std::byte* transport = frame.data() + kL4;
  const std::uint32_t end = kL3 + std::uint32_t{load16(header + Ipv4::kTotalLength)};
  const bool plain = load16(frame.data() + Ethernet::kType) == Ipv4::kNumber && header[0] == std::byte{0x45} &&
                     (load16(header + Ipv4::kFragment) & (Ipv4::kMoreFragments | Ipv4::kOffsetMask)) == 0;
  if (!plain || end > frame_length || !Ipv4::checksum_is_right(header, Ipv4::kLength)) return false;

  const auto protocol = std::to_integer<std::uint8_t>(header[Ipv4::kProtocol]);
  std::uint32_t transport_length;
  if (protocol == Udp::kNumber) {
    const std::uint32_t length = load16(transport + Udp::kDatagramLength);
    if (length < Udp::kLength || kL4 + length > end) return false;
    transport_length = Udp::kLength;
  } else {
    if (protocol != Tcp::kNumber || frame.size() < kL4 + Tcp::kLength) return false;
    transport_length = Tcp::header_length(transport);
    if (transport_length < Tcp::kLength || kL4 + transport_length > std::min<std::size_t>(end, frame.size())) return false;
  }
  out = {.flags = Headers::kIpv4 | Headers::kTransport,
         .ether_type = Ipv4::kNumber,
         .l3 = kL3,
         .l4 = kL4,
         .payload = static_cast<std::uint16_t>(kL4 + transport_length),
         .protocol = protocol,
         .source_port = load16(transport),
         .destination_port = load16(transport + 2),
         .end = end};
  return true;
}

inline ParseError parse(std::span<const std::byte> frame, std::uint32_t frame_length, bool super, Headers& out) noexcept {
  if (parse_plain(frame, frame_length, out)) [[likely]] return ParseError::kNone;
  return parse_any(frame, frame_length, super, out);
}

}  // namespace vsw
