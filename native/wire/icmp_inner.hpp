// IcmpInner: the packet that an ICMP or ICMPv6 error speaks of, as far as the error quotes it.
// Home: anywhere; a value.
//
// The quote is what whoever sent the error claims. So it is read defensively: both addresses, and of a protocol
// with ports its first 8 bytes, must be there and inside of what the quoted header says; whoever gets the error
// must be who sent the quoted packet. The quote is often cut short and its checksums may be stale: neither is
// looked at. It is of no use when it is a later fragment or an error itself, and a redirect or a source
// quench is no error that a connection has (RFC 5927, RFC 6633).
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include "wire/ip.hpp"
#include "wire/parse.hpp"

namespace vsw {

struct IcmpInner {
  Ip source, destination;
  std::uint8_t protocol = 0;
  std::uint16_t source_port = 0, destination_port = 0;  // as parse has them: an echo's identifier in both
  // TCP's sequence number or SCTP's verification tag, which nobody off the path knows; 0 for others.
  std::uint32_t proof = 0;

  // Of a frame that was parsed, `frame` being its contiguous start. False: it is no error, or nothing follows from it.
  [[nodiscard]] static bool read(std::span<const std::byte> frame, const Headers& headers, IcmpInner& out) noexcept;
  // Whether this type of message is an error about a packet that it quotes.
  [[nodiscard]] static constexpr bool is_error(bool v6, std::uint8_t type) noexcept {
    return v6 ? type >= 1 && type <= 4 : type == 3 || type == 11 || type == 12;
  }
};

}  // namespace vsw
