// Frames for native tests: written byte by byte from plain parts, with checksums from a naive twin.
//
// Nothing here uses native/wire, so that a mistake there cannot hide behind the same mistake here.
#pragma once
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace vsw::test {

using Bytes = std::vector<std::byte>;

inline Bytes from_hex(std::string_view text) {
  Bytes bytes;
  int high = -1;
  for (const char digit : text) {
    const int value = digit >= '0' && digit <= '9' ? digit - '0' : digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
    if (value < 0) continue;
    if (high < 0) {
      high = value;
    } else {
      bytes.push_back(static_cast<std::byte>(high << 4 | value));
      high = -1;
    }
  }
  return bytes;
}

inline std::string to_hex(const std::byte* at, std::size_t length) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < length; ++i) {
    text += kDigits[std::to_integer<std::size_t>(at[i]) >> 4];
    text += kDigits[std::to_integer<std::size_t>(at[i]) & 0xf];
  }
  return text;
}
inline std::string to_hex(const Bytes& bytes) { return to_hex(bytes.data(), bytes.size()); }

inline Bytes join(std::initializer_list<Bytes> parts) {
  Bytes all;
  for (const Bytes& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

inline Bytes number(std::uint64_t value, std::size_t size) {
  Bytes bytes(size);
  for (std::size_t i = size; i-- > 0; value >>= 8) bytes[i] = static_cast<std::byte>(value & 0xff);
  return bytes;
}

// 0, 1, 2 … so that a byte in the wrong place is seen.
inline Bytes counting(std::size_t length) {
  Bytes bytes(length);
  for (std::size_t i = 0; i < length; ++i) bytes[i] = static_cast<std::byte>((i * 7 + (i >> 8)) & 0xff);
  return bytes;
}

inline std::uint32_t read(const Bytes& bytes, std::size_t at, std::size_t size) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value = value << 8 | std::to_integer<std::uint32_t>(bytes.at(at + i));
  return value;
}

inline void write(Bytes& bytes, std::size_t at, std::uint64_t value, std::size_t size) {
  for (std::size_t i = size; i-- > 0; value >>= 8) bytes.at(at + i) = static_cast<std::byte>(value & 0xff);
}

// RFC 1071 as it is written there: 16 bits at a time, the carry added at once. Not complemented.
inline std::uint32_t naive_sum(const Bytes& bytes, std::uint32_t sum = 0) {
  for (std::size_t i = 0; i < bytes.size(); i += 2) {
    std::uint32_t word = std::to_integer<std::uint32_t>(bytes[i]) << 8;
    if (i + 1 < bytes.size()) word |= std::to_integer<std::uint32_t>(bytes[i + 1]);
    sum += word;
    if (sum > 0xffff) sum -= 0xffff;
  }
  return sum;
}

inline const Bytes kMacs = from_hex("02 00 00 00 00 02  02 00 00 00 00 01");
inline const Bytes kSource4 = from_hex("0a 4d 00 01"), kDestination4 = from_hex("0a 4d 00 02");
inline const Bytes kSource6 = from_hex("fd 00 00 77 00 00 00 00 00 00 00 00 00 00 00 01");
inline const Bytes kDestination6 = from_hex("fd 00 00 77 00 00 00 00 00 00 00 00 00 00 00 02");

inline Bytes ethernet(std::uint16_t type, const Bytes& rest) { return join({kMacs, number(type, 2), rest}); }
inline Bytes tagged(std::uint16_t tpid, std::uint16_t tci, std::uint16_t type, const Bytes& rest) {
  return ethernet(tpid, join({number(tci, 2), number(type, 2), rest}));
}

inline void repair_ipv4(Bytes& header) {
  write(header, 10, 0, 2);
  const std::size_t length = (std::to_integer<std::size_t>(header[0]) & 0xf) * 4;
  write(header, 10, 0xffff & ~naive_sum(Bytes(header.begin(), header.begin() + static_cast<std::ptrdiff_t>(length))),
        2);
}
// A datagram; `fragment` is the word of flags and offset, `options` a multiple of 4 bytes.
inline Bytes ipv4(std::uint8_t protocol, const Bytes& payload, std::uint16_t fragment = 0, const Bytes& options = {}) {
  Bytes header = join({number(0x40 | (5 + options.size() / 4), 1), number(0, 1),
                       number(20 + options.size() + payload.size(), 2), number(0x1234, 2), number(fragment, 2),
                       number(64, 1), number(protocol, 1), number(0, 2), kSource4, kDestination4, options});
  repair_ipv4(header);
  return join({header, payload});
}
inline Bytes ipv6(std::uint8_t next_header, const Bytes& payload) {
  return join({number(0x6000'0000, 4), number(payload.size(), 2), number(next_header, 1), number(64, 1), kSource6,
               kDestination6, payload});
}

inline Bytes tcp(const Bytes& payload, std::uint8_t flags = 0x10, const Bytes& options = {}) {
  return join({number(4242, 2), number(80, 2), number(0x1000'0000, 4), number(0x2000'0000, 4),
               number((5 + options.size() / 4) << 4, 1), number(flags, 1), number(0x7210, 2), number(0, 2),
               number(0, 2), options, payload});
}
inline Bytes udp(const Bytes& payload) {
  return join({number(5353, 2), number(53, 2), number(8 + payload.size(), 2), number(0, 2), payload});
}
inline Bytes sctp(const Bytes& payload) {
  return join({number(3868, 2), number(3869, 2), number(7, 4), number(0, 4), payload});
}
inline Bytes echo(std::uint8_t type, const Bytes& payload) {
  return join({number(type, 1), number(0, 1), number(0, 2), number(77, 2), number(3, 2), payload});
}
inline Bytes arp(std::uint16_t operation) {
  return join({from_hex("0001 0800 06 04"), number(operation, 2), from_hex("020000000001"), kSource4,
               from_hex("000000000000"), kDestination4});
}

// The pseudo-header's sum, as a partial checksum field holds it.
inline std::uint32_t pseudo_sum(const Bytes& source, const Bytes& destination, std::uint8_t protocol,
                                std::size_t length) {
  return naive_sum(join({source, destination, number(length, 4), number(protocol, 4)}));
}

}  // namespace vsw::test
