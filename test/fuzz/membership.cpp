// Fuzz target `membership`: any bytes as IGMP or MLD; nothing past the frame is read, and records lie inside.
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "base/assert.hpp"
#include "wire/checksum.hpp"
#include "wire/icmpv6.hpp"
#include "wire/ipv4.hpp"
#include "wire/ipv6.hpp"
#include "wire/membership.hpp"

namespace {

using namespace vsw;
using Bytes = std::vector<std::byte>;
using Kind = MembershipMessage::Kind;

void check(const Bytes& frame, const Headers& headers, std::size_t at_hand) {
  const Bytes hand(frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(at_hand));
  Headers again;
  if (parse(hand, static_cast<std::uint32_t>(frame.size()), false, again) != ParseError::kNone) return;
  MembershipMessage message;
  if (!MembershipMessage::read(hand, again, message)) return;
  VSW_ASSERT(message.v6 == headers.has(Headers::kIpv6));
  if (message.kind == Kind::kReport || message.kind == Kind::kLeave) VSW_ASSERT(is_multicast(message.group));
  if (message.kind == Kind::kQuery) VSW_ASSERT(message.group.is_unspecified() || is_multicast(message.group));
  if (message.kind != Kind::kRecords) return;
  const std::uint32_t smallest = message.v6 ? 20 : 8;
  std::uint32_t count = 0;
  for (GroupRecord record; message.next_record(std::span(hand).first(again.end), record); ++count)
    VSW_ASSERT(record.wants() + record.abandons() + record.doubts() <= 1);
  VSW_ASSERT(count * smallest <= again.end - again.l4);
}

// The checksums made right, which chance would hardly find.
void repair(Bytes& frame, const Headers& headers) {
  std::byte* ip = frame.data() + headers.l3;
  if (headers.has(Headers::kIpv4)) {
    const std::uint16_t sum = checksum_ipv4_header(ip, Ipv4::header_length(ip));
    std::memcpy(ip + Ipv4::kChecksum, &sum, sizeof sum);
  }
  if (headers.end > frame.size() || headers.end < headers.l4 + 8u) return;
  std::byte* message = frame.data() + headers.l4;
  const std::uint32_t length = headers.end - headers.l4;
  std::memset(message + 2, 0, 2);
  std::uint64_t sum = 0;
  if (headers.has(Headers::kIpv6)) sum = checksum_pseudo_v6(ip + Ipv6::kSource, ip + Ipv6::kDestination, Icmpv6::kNumber, length);
  const std::uint16_t folded = checksum_finish(checksum_add(sum, {message, length}));
  std::memcpy(message + 2, &folded, sizeof folded);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto* bytes = reinterpret_cast<const std::byte*>(data);
  Bytes frame(bytes, bytes + size);
  Headers headers;
  ParseError error = parse(frame, static_cast<std::uint32_t>(size), false, headers);
  if (error == ParseError::kIpv4Malformed && headers.l3 + Ipv4::kLength <= size) {
    std::byte* ip = frame.data() + headers.l3;
    const std::uint32_t length = Ipv4::header_length(ip);
    if (length < Ipv4::kLength || headers.l3 + length > size) return 0;
    const std::uint16_t sum = checksum_ipv4_header(ip, length);
    std::memcpy(ip + Ipv4::kChecksum, &sum, sizeof sum);
    error = parse(frame, static_cast<std::uint32_t>(size), false, headers);
  }
  if (error != ParseError::kNone || !(headers.has(Headers::kIpv4) || headers.has(Headers::kIpv6))) return 0;
  check(frame, headers, size);
  repair(frame, headers);
  check(frame, headers, size);
  if (size > 0) check(frame, headers, size - 1);
  VSW_ASSERT(size == 0 || from_time_code(to_time_code(data[0] * 257u)) <= data[0] * 257u);
  return 0;
}
