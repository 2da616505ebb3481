#include "wire/icmp_inner.hpp"

#include "wire/endian.hpp"
#include "wire/icmp.hpp"
#include "wire/icmpv6.hpp"
#include "wire/ipv4.hpp"
#include "wire/ipv6.hpp"
#include "wire/sctp.hpp"
#include "wire/tcp.hpp"
#include "wire/udp.hpp"

namespace vsw {

namespace {

constexpr std::uint32_t kProven = 8;  // bytes of a transport header that every error quotes (RFC 792)

// What is quoted: `length` bytes are there, of `stated` that the packet had.
struct Quote {
  const std::byte* at;
  std::uint32_t length;
  std::uint32_t stated = 0;

  [[nodiscard]] bool holds(std::uint32_t offset, std::uint32_t size) const noexcept {
    return offset + size <= length && offset + size <= stated;
  }
};

bool read_transport(const Quote& quote, std::uint32_t offset, bool v6, IcmpInner& out) noexcept {
  const bool ports = out.protocol == Tcp::kNumber || out.protocol == Udp::kNumber || out.protocol == Sctp::kNumber;
  const bool echo = out.protocol == (v6 ? Icmpv6::kNumber : Icmp::kNumber);
  if (!ports && !echo) return true;
  if (!quote.holds(offset, kProven)) return false;
  const std::byte* header = quote.at + offset;
  if (echo) {
    const auto type = std::to_integer<std::uint8_t>(header[Icmp::kType]);
    out.source_port = out.destination_port = load16(header + Icmp::kIdentifier);
    return v6 ? Icmpv6::is_echo(type) : Icmp::is_echo(type);
  }
  out.source_port = load16(header);
  out.destination_port = load16(header + 2);
  if (out.protocol != Udp::kNumber) out.proof = load32(header + 4);
  return true;
}

bool read_ipv4(Quote quote, IcmpInner& out) noexcept {
  if (quote.length < Ipv4::kLength || Ipv4::version(quote.at) != 4) return false;
  const std::uint32_t header_length = Ipv4::header_length(quote.at);
  quote.stated = load16(quote.at + Ipv4::kTotalLength);
  if (header_length < Ipv4::kLength || !quote.holds(0, header_length)) return false;
  if ((load16(quote.at + Ipv4::kFragment) & Ipv4::kOffsetMask) != 0) return false;
  out.source = Ip::v4(quote.at + Ipv4::kSource);
  out.destination = Ip::v4(quote.at + Ipv4::kDestination);
  out.protocol = std::to_integer<std::uint8_t>(quote.at[Ipv4::kProtocol]);
  return read_transport(quote, header_length, false, out);
}

bool read_ipv6(Quote quote, IcmpInner& out) noexcept {
  if (quote.length < Ipv6::kLength || Ipv6::version(quote.at) != 6) return false;
  quote.stated = Ipv6::kLength + load16(quote.at + Ipv6::kPayloadLength);
  out.source = Ip::v6(quote.at + Ipv6::kSource);
  out.destination = Ip::v6(quote.at + Ipv6::kDestination);
  std::uint32_t offset = Ipv6::kLength;
  std::uint8_t next = std::to_integer<std::uint8_t>(quote.at[Ipv6::kNextHeader]);
  for (std::uint32_t count = 0; Ipv6::is_extension(next); ++count) {
    if (count == Ipv6::kExtensionsMax || !quote.holds(offset, Ipv6::kExtensionLength)) return false;
    const std::byte* header = quote.at + offset;
    const std::uint32_t units = std::to_integer<std::uint32_t>(header[1]);
    if (next == Ipv6::kFragment) {
      if ((load16(header + Ipv6::kFragmentOffset) & Ipv6::kOffsetMask) != 0) return false;
      offset += Ipv6::kExtensionLength;
    } else {
      offset += next == Ipv6::kAuthentication ? (units + 2) * 4 : (units + 1) * 8;
    }
    next = std::to_integer<std::uint8_t>(header[0]);
  }
  out.protocol = next;
  return offset <= quote.length && read_transport(quote, offset, true, out);
}

}  // namespace

bool IcmpInner::read(std::span<const std::byte> frame, const Headers& headers, IcmpInner& out) noexcept {
  const bool v6 = headers.has(Headers::kIpv6);
  if (headers.protocol != (v6 ? Icmpv6::kNumber : Icmp::kNumber) || !headers.has(Headers::kTransport)) return false;
  if (headers.has(Headers::kFragment)) return false;
  const std::byte* ip = frame.data() + headers.l3;
  if (!is_error(v6, std::to_integer<std::uint8_t>(frame[headers.l4 + Icmp::kType]))) return false;
  const std::uint32_t end = headers.end < frame.size() ? headers.end : static_cast<std::uint32_t>(frame.size());
  out = IcmpInner{};
  const Quote quote{frame.data() + headers.payload, end - headers.payload};
  if (v6 ? !read_ipv6(quote, out) : !read_ipv4(quote, out)) return false;
  return out.source == (v6 ? Ip::v6(ip + Ipv6::kDestination) : Ip::v4(ip + Ipv4::kDestination));
}

}  // namespace vsw
