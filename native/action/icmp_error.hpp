// IcmpError: what the switch tells a sender, in the receiver's name, about a packet that it cannot deliver.
// Home: worker.
//
// The answer comes from the address that the packet was sent to, and from the MAC that it was sent to.
// It quotes the packet as a wire would have carried it: of a super-frame the first segment, with its
// own lengths and a complete checksum. As much is quoted as fits 576 bytes of IPv4 (RFC 1812, 4.3.2.3)
// or 1,280 of IPv6 (RFC 4443, 2.4 (c)).
//
// Nobody answers an error with an error: `may_be_answered` holds what RFC 1812, 4.3.2.7 and RFC 4443,
// 2.4 (e) forbid. How often is the caller's business.
#pragma once
#include <cstdint>
#include "packet/packet.hpp"

namespace vsw {

struct IcmpError {
  std::uint8_t type4, code4;  // ICMP
  std::uint8_t type6, code6;  // ICMPv6
  std::uint32_t word = 0;     // behind the checksum

  // The path takes packets up to `mtu`: RFC 1191, 4; RFC 4443, 3.2.
  [[nodiscard]] static constexpr IcmpError too_big(std::uint32_t mtu) noexcept { return {3, 4, 2, 0, mtu}; }
};

// Needs `packet.headers` of a packet that passed `prepare`. False for what is not IP, was not sent to
// one station or by one host, is a later fragment, or is itself an ICMP error or a redirect.
[[nodiscard]] bool may_be_answered(const Packet& packet) noexcept;

// Writes the frame into `answer`, a fresh packet of the pool; it is at most `mtu` long inside Ethernet.
void write_icmp_error(const Packet& packet, const IcmpError& error, std::uint32_t mtu, Packet& answer) noexcept;

}  // namespace vsw
