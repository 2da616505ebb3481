// Ipv4: where its fields stand, and whether a header's checksum is right (RFC 791).
// Home: anywhere; a value.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace vsw {

struct Ipv4 {
  static constexpr std::uint16_t kNumber = 0x0800;
  static constexpr std::uint32_t kLength = 20;  // without options
  static constexpr std::uint32_t kTotalLength = 2, kId = 4, kFragment = 6, kTtl = 8, kProtocol = 9, kChecksum = 10;
  static constexpr std::uint32_t kSource = 12, kDestination = 16;
  static constexpr std::uint16_t kMoreFragments = 0x2000, kOffsetMask = 0x1fff;  // the offset counts 8 bytes

  [[nodiscard]] static std::uint32_t version(const std::byte* header) noexcept {
    return std::to_integer<std::uint32_t>(header[0]) >> 4;
  }
  // In bytes: 20…60 when the header is a good one.
  [[nodiscard]] static std::uint32_t header_length(const std::byte* header) noexcept {
    return (std::to_integer<std::uint32_t>(header[0]) & 0xf) * 4;
  }
  // `length` is a multiple of 4 and at least 20. Of a good header the words, the checksum among them, add up to
  // 0xffff; so they do four at once, since what is carried out comes in again (RFC 1071): the sum is a multiple of
  // 0xffff still, and never 0, since a header is not.
  [[nodiscard]] static bool checksum_is_right(const std::byte* header, std::uint32_t length) noexcept {
    std::uint64_t words[2];
    std::uint32_t word;
    std::memcpy(words, header, sizeof words);
    std::uint64_t sum = words[0] + words[1];
    sum += sum < words[1] ? 1 : 0;
    for (std::uint32_t at = sizeof words; at < length; at += 4) {
      std::memcpy(&word, header + at, sizeof word);
      sum += word;
      sum += sum < word ? 1 : 0;
    }
    return sum % 0xffff == 0;
  }
};

}  // namespace vsw
