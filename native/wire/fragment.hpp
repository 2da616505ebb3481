// Fragment: which piece of which datagram a fragment is (RFC 791; RFC 8200, 4.5).
// Home: anywhere; a value.
//
// Of IPv6 the datagram is named by addresses and identification alone: the protocol that a later fragment states
// is nobody's to believe. What IPv6 fragments is what follows the fragment header, further headers too.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include "wire/ip.hpp"
#include "wire/parse.hpp"

namespace vsw {

struct Fragment {
  Ip source, destination;
  std::uint32_t id = 0;
  std::uint32_t offset = 0, length = 0;  // of its piece, in bytes
  std::uint8_t protocol = 0;             // as `parse` found it: what is at `l4`
  bool v6 = false;
  bool more = false;                     // it is not the last one

  [[nodiscard]] std::uint32_t end() const noexcept { return offset + length; }
  [[nodiscard]] bool is_first() const noexcept { return offset == 0; }
  // What no honest sender makes: a piece of nothing, one that ends where the next cannot begin, and a later one that
  // begins inside the transport header (RFC 1858, RFC 3128). That the first one holds it, parse has seen to.
  [[nodiscard]] bool is_tiny() const noexcept;

  // Of a frame that was parsed and has kFragment.
  [[nodiscard]] static Fragment read(std::span<const std::byte> frame, const Headers& headers) noexcept;
};

}  // namespace vsw
