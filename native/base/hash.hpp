// hash: keyed hashing of a few machine words.
// Home: anywhere.
//
// A multiply-fold hash under a secret seed drawn at start. It is not linear in its input, so frames
// that collide under one seed say nothing about another; CRC32C, though faster, collides under every
// seed and is refused for that reason.
#pragma once
#include <cstdint>

namespace vsw {

struct HashSeed {
  std::uint64_t a = 0xa076'1d64'78bd'642full, b = 0xe703'7ed1'a0b4'28dbull;
};

[[nodiscard]] inline std::uint64_t hash_fold(std::uint64_t a, std::uint64_t b) noexcept {
  __extension__ using Wide = unsigned __int128;
  const Wide product = Wide{a} * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

[[nodiscard]] inline std::uint64_t hash_words(HashSeed seed, std::uint64_t x, std::uint64_t y) noexcept {
  return hash_fold(hash_fold(x ^ seed.a, y ^ seed.b) ^ seed.b, seed.a ^ 0x8ebc'6af0'9c88'c6e3ull);
}

[[nodiscard]] inline std::uint64_t hash_words(HashSeed seed, std::uint64_t x, std::uint64_t y, std::uint64_t z,
                                              std::uint64_t w) noexcept {
  return hash_fold(hash_fold(x ^ seed.a, y ^ seed.b) ^ seed.a, hash_fold(z ^ seed.b, w ^ seed.a) ^ seed.b);
}

}  // namespace vsw
