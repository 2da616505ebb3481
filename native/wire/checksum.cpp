// The Internet checksum, eight bytes at a time.
#include "wire/checksum.hpp"

#include <cstring>

#include "wire/ipv4.hpp"

namespace vsw {
namespace {

// Addition modulo 2^64 - 1, which 65,535 divides: the carry comes back in below, as in RFC 1071.
std::uint64_t add_around(std::uint64_t a, std::uint64_t b) noexcept {
  const std::uint64_t sum = a + b;
  return sum + (sum < a ? 1 : 0);
}

std::uint64_t load_word(const std::byte* from) noexcept {
  std::uint64_t word;
  std::memcpy(&word, from, sizeof word);
  return word;
}

// Two words of 64 bits that are added at once: every 64-bit machine of today has registers for that.
using Lanes [[gnu::vector_size(16)]] = std::uint64_t;

std::uint64_t pseudo(std::uint64_t addresses, std::uint8_t protocol, std::uint32_t length) noexcept {
  return add_around(add_around(addresses, __builtin_bswap32(length)), std::uint64_t{protocol} << 8);
}

}  // namespace

std::uint64_t checksum_add(std::uint64_t sum, std::span<const std::byte> bytes) noexcept {
  const std::byte* at = bytes.data();
  std::size_t left = bytes.size();
  if (left >= 64) {
    // Low and high halves are summed apart, so that no carry is lost: 2^32 additions fit.
    Lanes low[2] = {}, high[2] = {};
    for (; left >= 32; at += 32, left -= 32) {
      for (std::size_t i = 0; i < 2; ++i) {
        Lanes words;
        std::memcpy(&words, at + i * sizeof words, sizeof words);
        low[i] += words & 0xffff'ffff;
        high[i] += words >> 32;
      }
    }
    const Lanes total = low[0] + low[1] + high[0] + high[1];
    sum = add_around(add_around(sum, total[0]), total[1]);
  }
  for (; left >= 8; at += 8, left -= 8) sum = add_around(sum, load_word(at));
  if (left != 0) {
    // In memory order a missing byte is one of zero behind those that are there.
    std::uint64_t word = 0;
    std::memcpy(&word, at, left);
    sum = add_around(sum, word);
  }
  return sum;
}

std::uint16_t checksum_fold(std::uint64_t sum) noexcept {
  sum = (sum & 0xffff'ffff) + (sum >> 32);
  sum = (sum & 0xffff'ffff) + (sum >> 32);
  sum = (sum & 0xffff) + (sum >> 16);
  sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(sum);
}

std::uint16_t checksum_finish(std::uint64_t sum) noexcept { return static_cast<std::uint16_t>(~checksum_fold(sum)); }

std::uint64_t checksum_pseudo_v4(const void* source, const void* destination, std::uint8_t protocol,
                                 std::uint32_t length) noexcept {
  const std::uint64_t addresses = checksum_add(0, {static_cast<const std::byte*>(source), 4});
  return pseudo(checksum_add(addresses, {static_cast<const std::byte*>(destination), 4}), protocol, length);
}

std::uint64_t checksum_pseudo_v6(const void* source, const void* destination, std::uint8_t protocol,
                                 std::uint32_t length) noexcept {
  const std::uint64_t addresses = checksum_add(0, {static_cast<const std::byte*>(source), 16});
  return pseudo(checksum_add(addresses, {static_cast<const std::byte*>(destination), 16}), protocol, length);
}

std::uint16_t checksum_ipv4_header(const void* header, std::size_t length) noexcept {
  const auto* bytes = static_cast<const std::byte*>(header);
  const std::uint64_t sum = checksum_add(0, {bytes, Ipv4::kChecksum});
  const std::size_t behind = Ipv4::kChecksum + 2;
  return checksum_finish(checksum_add(sum, {bytes + behind, length - behind}));
}

}  // namespace vsw
