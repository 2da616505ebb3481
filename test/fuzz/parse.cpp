// Fuzz target `parse`: any bytes as a frame; every offset that comes out must lie inside.
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "base/assert.hpp"
#include "wire/checksum.hpp"
#include "wire/dissect.hpp"
#include "wire/ethernet.hpp"
#include "wire/icmp.hpp"
#include "wire/ipv4.hpp"
#include "wire/ipv6.hpp"
#include "wire/sctp.hpp"
#include "wire/tcp.hpp"
#include "wire/udp.hpp"

namespace {

using namespace vsw;
using Bytes = std::vector<std::byte>;

std::uint32_t least_length(std::uint8_t protocol) {
  switch (protocol) {
    case Tcp::kNumber: return Tcp::kLength;
    case Udp::kNumber: return Udp::kLength;
    case Sctp::kNumber: return Sctp::kLength;
    default: return Icmp::kLength;
  }
}

void check_inside(const Headers& headers, std::uint32_t head_length, std::uint32_t frame_length) {
  VSW_ASSERT(headers.l3 >= Ethernet::kLength && headers.l3 <= head_length);
  VSW_ASSERT(headers.l3 == Ethernet::kLength + headers.vlan_count * Vlan::kLength && headers.vlan_count <= 2);
  VSW_ASSERT(headers.end >= headers.l3 && headers.end <= frame_length);
  const bool v4 = headers.has(Headers::kIpv4);
  if (!v4 && !headers.has(Headers::kIpv6)) {
    VSW_ASSERT(headers.l4 == 0 && headers.payload == 0 && !headers.has(Headers::kTransport));
    return;
  }
  VSW_ASSERT(!(v4 && headers.has(Headers::kIpv6)));
  VSW_ASSERT(headers.l4 >= headers.l3 + (v4 ? Ipv4::kLength : Ipv6::kLength));
  VSW_ASSERT(headers.payload >= headers.l4 && headers.payload <= headers.end && headers.payload <= head_length);
  if (headers.has(Headers::kTransport)) {
    VSW_ASSERT(!headers.has(Headers::kLaterFragment));
    VSW_ASSERT(headers.payload - headers.l4 >= static_cast<int>(least_length(headers.protocol)));
  } else {
    VSW_ASSERT(headers.payload == headers.l4);
  }
  if (headers.has(Headers::kLaterFragment)) VSW_ASSERT(headers.has(Headers::kFragment));
}

// Behind a tag, and header by header, the same frame is parsed by other code than parse_plain, to the same end.
void check_tagged(const Bytes& frame, ParseError error, Headers headers) {
  if (frame.size() < Ethernet::kLength || headers.vlan_count != 0) return;
  Bytes tagged = frame;
  const std::byte tag[] = {std::byte{0x81}, std::byte{0}, std::byte{0x12}, std::byte{0x34}};
  tagged.insert(tagged.begin() + Ethernet::kType, std::begin(tag), std::end(tag));
  Headers behind;
  VSW_ASSERT(parse(tagged, static_cast<std::uint32_t>(tagged.size()), false, behind) == error);
  if (error != ParseError::kNone) return;
  ++headers.vlan_count;
  headers.vlan_tci = 0x1234;
  headers.l3 += Vlan::kLength;
  headers.end += Vlan::kLength;
  if (headers.l4 != 0) headers.l4 += Vlan::kLength, headers.payload += Vlan::kLength;
  VSW_ASSERT(headers == behind);
}

void check(const Bytes& frame) {
  const auto length = static_cast<std::uint32_t>(frame.size());
  Headers headers;
  const ParseError error = parse(frame, length, false, headers);
  Headers any;
  VSW_ASSERT(parse_any(frame, length, false, any) == error && (error != ParseError::kNone || any == headers));
  check_tagged(frame, error, headers);
  VSW_ASSERT(!dissect(frame).empty());
  if (error != ParseError::kNone) return;
  check_inside(headers, length, length);
  // With its headers alone at hand, and with one byte less.
  for (std::uint32_t less = 0; less < 2; ++less) {
    const std::uint32_t needed = headers.payload > headers.l3 ? headers.payload : headers.l3;
    const Bytes head(frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(needed - less));
    Headers again;
    if (parse(head, length, false, again) != ParseError::kNone) continue;
    check_inside(again, needed - less, length);
    if (less == 0) VSW_ASSERT(headers == again);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto* bytes = reinterpret_cast<const std::byte*>(data);
  Bytes frame(bytes, bytes + size);
  check(frame);
  // Again with its IPv4 checksum made right, which chance would hardly find.
  Headers headers;
  if (parse(frame, static_cast<std::uint32_t>(size), false, headers) == ParseError::kIpv4Malformed &&
      headers.l3 + Ipv4::kLength <= size) {
    std::byte* header = frame.data() + headers.l3;
    const std::uint32_t length = Ipv4::header_length(header);
    if (length >= Ipv4::kLength && headers.l3 + length <= size) {
      const std::uint16_t checksum = checksum_ipv4_header(header, length);
      std::memcpy(header + Ipv4::kChecksum, &checksum, sizeof checksum);
      check(frame);
    }
  }
  return 0;
}
