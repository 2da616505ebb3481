#include "wire/membership.hpp"

#include <bit>

#include "wire/checksum.hpp"
#include "wire/endian.hpp"
#include "wire/icmpv6.hpp"
#include "wire/ipv4.hpp"
#include "wire/ipv6.hpp"

namespace vsw {

namespace {

constexpr std::uint8_t kIgmp = 2;
constexpr std::uint8_t kIgmpQuery = 0x11, kIgmpReport1 = 0x12, kIgmpReport2 = 0x16, kIgmpLeave = 0x17, kIgmpReport3 = 0x22;
constexpr std::uint8_t kMldQuery = 130, kMldReport1 = 131, kMldDone = 132, kMldReport2 = 143;
constexpr std::uint32_t kIgmpLength = 8, kIgmpQuery3Length = 12, kMldLength = 24, kMldQuery2Length = 28, kReportLength = 8;

std::uint8_t load8(const std::byte* from) noexcept { return std::to_integer<std::uint8_t>(*from); }

// Whether a list of options holds a router alert (RFC 2113, RFC 2711). IPv4 and IPv6 differ in what a
// type's length counts; a list that runs past its end holds nothing.
bool alerts_routers(const std::byte* options, std::uint32_t length, bool v6) noexcept {
  constexpr std::uint8_t kAlert4 = 148, kAlert6 = 5, kPad = 1;
  for (std::uint32_t at = 0; at < length;) {
    const std::uint8_t type = load8(options + at);
    if (v6 ? type == 0 : type == kPad) {  // one byte of padding
      ++at;
      continue;
    }
    if ((!v6 && type == 0) || at + 2 > length) return false;
    const std::uint32_t size = load8(options + at + 1) + (v6 ? 2u : 0u);
    if (size < 2 || size > length - at) return false;
    if (type == (v6 ? kAlert6 : kAlert4)) return size == 4 && load16(options + at + 2) == 0;
    at += size;
  }
  return false;
}

Ip read_group(const std::byte* from, bool v6) noexcept { return v6 ? Ip::v6(from) : Ip::v4(from); }

// MLDv2's 16 bits for a time in milliseconds (RFC 3810, 5.1.3).
std::uint32_t long_time(std::uint16_t code) noexcept {
  if (code < 0x8000) return code;
  return ((code & 0xfffu) | 0x1000u) << ((code >> 12 & 7u) + 3);
}

bool is_link_local(const Ip& address) noexcept {
  return address.bytes[0] == 0xfe && (address.bytes[1] & 0xc0) == 0x80;
}

void read_igmp_query(const std::byte* message, std::uint32_t length, MembershipMessage& out) noexcept {
  const std::uint8_t code = load8(message + 1);
  if (length == kIgmpLength) {
    out.version1 = code == 0;
    out.response_ms = code == 0 ? 10'000 : code * 100u;
  } else {
    out.response_ms = from_time_code(code) * 100;
    out.source_count = load16(message + 10);
    out.interval_ms = from_time_code(load8(message + 9)) * 1000;
    if (kIgmpQuery3Length + 4 * out.source_count > length) return;
  }
  out.group = Ip::v4(message + 4);
  if (out.group.is_unspecified() || is_multicast(out.group)) out.kind = MembershipMessage::Kind::kQuery;
}

void read_mld_query(const std::byte* message, std::uint32_t length, MembershipMessage& out) noexcept {
  const std::uint16_t code = load16(message + 4);
  if (length == kMldLength) {
    out.response_ms = code;
  } else {
    out.response_ms = long_time(code);
    out.source_count = load16(message + 26);
    out.interval_ms = from_time_code(load8(message + 25)) * 1000;
    if (kMldQuery2Length + 16 * out.source_count > length) return;
  }
  out.group = Ip::v6(message + 8);
  if (out.group.is_unspecified() || is_multicast(out.group)) out.kind = MembershipMessage::Kind::kQuery;
}

}  // namespace

bool is_multicast(const Ip& address) noexcept {
  return address.is_v4() ? (address.bytes[12] & 0xf0) == 0xe0 : address.bytes[0] == 0xff;
}

bool is_snooped_group(const Ip& group) noexcept {
  if (!is_multicast(group)) return false;
  if (group.is_v4()) return !(group.bytes[12] == 224 && group.bytes[13] == 0 && group.bytes[14] == 0);
  constexpr std::uint8_t kLinkLocalScope = 2;
  return (group.bytes[1] & 0xf) > kLinkLocalScope;
}

std::uint8_t to_time_code(std::uint32_t value) noexcept {
  if (value < 128) return static_cast<std::uint8_t>(value);
  const auto bits = static_cast<std::uint32_t>(std::bit_width(value));
  if (bits > 15) return 0xff;
  const std::uint32_t exponent = bits - 8;
  return static_cast<std::uint8_t>(0x80 | exponent << 4 | (value >> (exponent + 3) & 0xf));
}

std::uint32_t from_time_code(std::uint8_t code) noexcept {
  if (code < 128) return code;
  return ((code & 0xfu) | 0x10u) << ((code >> 4 & 7u) + 3);
}

bool GroupRecord::wants() const noexcept {
  switch (static_cast<Type>(type)) {
    case Type::kIsExclude:
    case Type::kToExclude:
      return true;
    case Type::kIsInclude:
    case Type::kToInclude:
    case Type::kAllowNew:
      return source_count > 0;
    case Type::kBlockOld:
      break;
  }
  return false;
}

bool GroupRecord::abandons() const noexcept {
  return source_count == 0 && (type == static_cast<std::uint8_t>(Type::kToInclude) ||
                               type == static_cast<std::uint8_t>(Type::kIsInclude));
}

bool GroupRecord::doubts() const noexcept {
  return source_count > 0 && type == static_cast<std::uint8_t>(Type::kBlockOld);
}

bool MembershipMessage::read(std::span<const std::byte> bytes, const Headers& headers, MembershipMessage& out) noexcept {
  out = {};
  out.v6 = headers.has(Headers::kIpv6);
  const bool igmp = headers.has(Headers::kIpv4) && headers.protocol == kIgmp;
  if (!igmp && !(out.v6 && headers.protocol == Icmpv6::kNumber)) return false;
  const std::byte* ip = bytes.data() + headers.l3;
  const std::byte* message = bytes.data() + headers.l4;
  const std::uint32_t length = headers.end - headers.l4;
  // What MLD is, only its first byte says; a later fragment has none.
  if (out.v6) {
    if (!headers.has(Headers::kTransport)) return false;
    const std::uint8_t type = load8(message);
    if (type != kMldQuery && type != kMldReport1 && type != kMldDone && type != kMldReport2) return false;
  }
  out.source = out.v6 ? Ip::v6(ip + Ipv6::kSource) : Ip::v4(ip + Ipv4::kSource);
  if (headers.has(Headers::kFragment) || length < kIgmpLength || headers.l4 + kIgmpLength > bytes.size()) return true;

  const std::uint8_t type = load8(message);
  const bool query = type == (out.v6 ? kMldQuery : kIgmpQuery);
  const bool records = type == (out.v6 ? kMldReport2 : kIgmpReport3);
  const bool leave = type == (out.v6 ? kMldDone : kIgmpLeave);
  const bool report = out.v6 ? type == kMldReport1 : type == kIgmpReport1 || type == kIgmpReport2;
  const bool known = query || records || leave || report;
  if (known && load8(ip + (out.v6 ? Ipv6::kHopLimit : Ipv4::kTtl)) != 1) return true;
  const bool alert = out.v6 ? load8(ip + Ipv6::kNextHeader) == Ipv6::kHopByHop &&
                                  alerts_routers(ip + Ipv6::kLength + 2,
                                                 (load8(ip + Ipv6::kLength + 1) + 1u) * 8 - 2, true)
                            : alerts_routers(ip + Ipv4::kLength, headers.l4 - headers.l3 - Ipv4::kLength, false);
  const bool local = !out.v6 || is_link_local(out.source) || (out.source.is_unspecified() && !query);
  // A report that fills a jumbo frame lies in two pieces; what it wants is then not known in detail.
  if (headers.end > bytes.size()) {
    if (!known) out.kind = Kind::kUnknown;
    else if (records && alert && local) out.kind = Kind::kUnread;
    return true;
  }
  std::uint64_t sum = 0;
  if (out.v6) sum = checksum_pseudo_v6(ip + Ipv6::kSource, ip + Ipv6::kDestination, Icmpv6::kNumber, length);
  if (checksum_fold(checksum_add(sum, {message, length})) != 0xffff) return true;

  if (!known) {
    out.kind = Kind::kUnknown;
    return true;
  }
  if (out.v6) {
    if (!alert || !local) return true;
    if (type != kMldReport2 && length < kMldLength) return true;
  }
  if (records) {
    if (!alert) return true;
    out.records_left_ = load16(message + 6);
    out.at_ = headers.l4 + kReportLength;
    // Every record must lie in the message before any is believed.
    MembershipMessage probe = out;
    GroupRecord record;
    while (probe.next_record(bytes.first(headers.end), record)) {}
    if (probe.records_left_ == 0) out.kind = Kind::kRecords;
    return true;
  }
  if (query) {
    const std::uint32_t first = out.v6 ? kMldLength : kIgmpLength;
    const std::uint32_t second = out.v6 ? kMldQuery2Length : kIgmpQuery3Length;
    const bool first_version = !out.v6 && length == first && load8(message + 1) == 0;
    if ((length != first && length < second) || (!alert && !first_version)) return true;
    if (out.v6) read_mld_query(message, length, out);
    else read_igmp_query(message, length, out);
    return true;
  }
  out.version1 = !out.v6 && type == kIgmpReport1;
  out.group = read_group(message + (out.v6 ? 8 : 4), out.v6);
  if (is_multicast(out.group)) out.kind = leave ? Kind::kLeave : Kind::kReport;
  return true;
}

bool MembershipMessage::next_record(std::span<const std::byte> bytes, GroupRecord& out) noexcept {
  const std::uint32_t address = v6 ? 16 : 4, fixed = 4 + address;
  const auto end = static_cast<std::uint32_t>(bytes.size());
  if (records_left_ == 0 || at_ + fixed > end) return false;
  const std::byte* record = bytes.data() + at_;
  out.type = load8(record);
  out.source_count = load16(record + 2);
  out.group = read_group(record + 4, v6);
  const std::uint32_t length = fixed + out.source_count * address + load8(record + 1) * 4u;
  if (length > end - at_) return false;
  at_ += length;
  --records_left_;
  return true;
}

}  // namespace vsw
