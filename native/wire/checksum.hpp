// The Internet checksum: full, in pieces, and incremental (RFC 1071, RFC 1624).
// Home: worker.
//
// A sum is kept as 64 bits of not yet folded 16-bit words in memory order, so pieces of even length
// can be added in any order; only the last piece may have an odd length. A frame's bytes may lie in
// two pieces (a slot and a spill), which is why everything here works in pieces.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

namespace vsw {

[[nodiscard]] std::uint64_t checksum_add(std::uint64_t sum, std::span<const std::byte> bytes) noexcept;

// Folded and complemented, in memory order: store it with memcpy.
[[nodiscard]] std::uint16_t checksum_finish(std::uint64_t sum) noexcept;
// Folded, not complemented: what a partial checksum field holds.
[[nodiscard]] std::uint16_t checksum_fold(std::uint64_t sum) noexcept;

// The pseudo-header of TCP, UDP and ICMPv6. `length` is that of the transport header and its payload.
[[nodiscard]] std::uint64_t checksum_pseudo_v4(const void* source, const void* destination, std::uint8_t protocol,
                                               std::uint32_t length) noexcept;
[[nodiscard]] std::uint64_t checksum_pseudo_v6(const void* source, const void* destination, std::uint8_t protocol,
                                               std::uint32_t length) noexcept;

// An IPv4 header of `length` bytes: its checksum field as it should be.
[[nodiscard]] std::uint16_t checksum_ipv4_header(const void* header, std::size_t length) noexcept;

}  // namespace vsw
