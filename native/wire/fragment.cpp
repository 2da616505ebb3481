#include "wire/fragment.hpp"

#include "wire/endian.hpp"
#include "wire/ipv4.hpp"
#include "wire/ipv6.hpp"
#include "wire/sctp.hpp"
#include "wire/tcp.hpp"

namespace vsw {

namespace {

constexpr std::uint32_t kUnit = 8;  // what offsets count

void read_ipv4(const std::byte* header, const Headers& headers, Fragment& out) noexcept {
  const std::uint16_t word = load16(header + Ipv4::kFragment);
  out.source = Ip::v4(header + Ipv4::kSource);
  out.destination = Ip::v4(header + Ipv4::kDestination);
  out.id = load16(header + Ipv4::kId);
  out.offset = (word & Ipv4::kOffsetMask) * kUnit;
  out.length = headers.end - headers.l4;
  out.more = (word & Ipv4::kMoreFragments) != 0;
}

// parse has walked this chain: it is whole, and a fragment header is in it.
void read_ipv6(const std::byte* header, const Headers& headers, Fragment& out) noexcept {
  out.v6 = true;
  out.source = Ip::v6(header + Ipv6::kSource);
  out.destination = Ip::v6(header + Ipv6::kDestination);
  std::uint32_t at = Ipv6::kLength;
  std::uint8_t next = std::to_integer<std::uint8_t>(header[Ipv6::kNextHeader]);
  for (std::uint32_t count = 0; next != Ipv6::kFragment && count < Ipv6::kExtensionsMax; ++count) {
    const std::uint32_t units = std::to_integer<std::uint32_t>(header[at + 1]);
    const std::uint32_t length = next == Ipv6::kAuthentication ? (units + 2) * 4 : (units + 1) * 8;
    next = std::to_integer<std::uint8_t>(header[at]);
    at += length;
  }
  const std::uint16_t word = load16(header + at + Ipv6::kFragmentOffset);
  out.id = load32(header + at + 4);
  out.offset = word & Ipv6::kOffsetMask;
  out.length = headers.end - headers.l3 - at - Ipv6::kExtensionLength;
  out.more = (word & Ipv6::kMoreFragments) != 0;
}

}  // namespace

bool Fragment::is_tiny() const noexcept {
  if (length == 0 || (more && length % kUnit != 0)) return true;
  if (is_first()) return false;
  return offset < (protocol == Tcp::kNumber ? Tcp::kLength : protocol == Sctp::kNumber ? Sctp::kLength : 0);
}

Fragment Fragment::read(std::span<const std::byte> frame, const Headers& headers) noexcept {
  Fragment fragment;
  fragment.protocol = headers.protocol;
  const std::byte* header = frame.data() + headers.l3;
  if (headers.has(Headers::kIpv6)) {
    read_ipv6(header, headers, fragment);
  } else {
    read_ipv4(header, headers, fragment);
  }
  return fragment;
}

}  // namespace vsw
