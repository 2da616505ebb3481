#include "base/hash.hpp"

#include <algorithm>
#include <bit>
#include <set>
#include <vector>

#include "native/tap.hpp"

using namespace vsw;

namespace {

// SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014): words that owe nothing to hash.hpp.
std::uint64_t word(std::uint64_t number) {
  std::uint64_t z = (number + 1) * 0x9e37'79b9'7f4a'7c15ull;
  z = (z ^ z >> 30) * 0xbf58'476d'1ce4'e5b9ull;
  z = (z ^ z >> 27) * 0x94d0'49bb'1331'11ebull;
  return z ^ z >> 31;
}
HashSeed seed(std::uint64_t number) { return {word(2 * number), word(2 * number + 1)}; }

std::uint64_t hash(HashSeed secret, const std::uint64_t (&words)[4], bool wide) {
  return wide ? hash_words(secret, words[0], words[1], words[2], words[3]) : hash_words(secret, words[0], words[1]);
}

}  // namespace

TEST("base/hash: the same words under the same seed hash to the same, and the place of a word counts") {
  const HashSeed one = seed(1);
  CHECK_EQUAL(hash_words(one, 7, 8), hash_words(one, 7, 8));
  CHECK(hash_words(one, 7, 8) != hash_words(one, 8, 7));
  CHECK_EQUAL(hash_words(one, 1, 2, 3, 4), hash_words(one, 1, 2, 3, 4));
  std::set<std::uint64_t> orders;
  std::uint64_t words[4] = {1, 2, 3, 4};
  for (int a = 0; a < 4; ++a)
    for (int b = 0; b < 4; ++b)
      for (int c = 0; c < 4; ++c)
        if (a != b && b != c && a != c) orders.insert(hash_words(one, words[a], words[b], words[c], words[6 - a - b - c]));
  CHECK_EQUAL(orders.size(), std::size_t{24});
}

TEST("base/hash: both halves of the seed matter") {
  const HashSeed one{word(1), word(2)}, other_a{word(3), word(2)}, other_b{word(1), word(4)};
  for (std::uint64_t i = 0; i < 100; ++i) {
    CHECK(hash_words(one, i, 0) != hash_words(other_a, i, 0));
    CHECK(hash_words(one, i, 0) != hash_words(other_b, i, 0));
    CHECK(hash_words(one, i, 0, 0, 0) != hash_words(other_a, i, 0, 0, 0));
    CHECK(hash_words(one, i, 0, 0, 0) != hash_words(other_b, i, 0, 0, 0));
  }
}

TEST("base/hash: every bit of the input turns about half the bits of the hash") {
  for (const bool wide : {false, true})
    for (unsigned bit = 0; bit < (wide ? 256u : 128u); ++bit) {
      unsigned turned = 0;
      for (std::uint64_t i = 0; i < 64; ++i) {
        std::uint64_t words[4] = {word(4 * i), word(4 * i + 1), word(4 * i + 2), word(4 * i + 3)};
        const std::uint64_t before = hash(seed(9), words, wide);
        words[bit / 64] ^= std::uint64_t{1} << bit % 64;
        turned += static_cast<unsigned>(std::popcount(before ^ hash(seed(9), words, wide)));
      }
      CHECK(turned > 64 * 24 && turned < 64 * 40);  // half of 64 × 64 is 64 × 32
    }
}

// What a linear hash such as CRC32C fails at: there the difference of two hashes follows from that of the inputs.
TEST("base/hash: is not linear: equal differences of the input make different ones of the hash") {
  for (const bool wide : {false, true}) {
    std::set<std::uint64_t> differences;
    for (std::uint64_t i = 0; i < 1'000; ++i) {
      std::uint64_t words[4] = {word(i), 5, 6, 7};
      const std::uint64_t before = hash(seed(2), words, wide);
      words[0] ^= 0x1234'5678;
      differences.insert(before ^ hash(seed(2), words, wide));
    }
    CHECK_EQUAL(differences.size(), std::size_t{1'000});
  }
}

TEST("base/hash: inputs that fall into one bucket under one seed are spread by another") {
  constexpr std::uint64_t kBuckets = 1 << 12;
  for (const bool high : {false, true}) {
    const auto bucket = [&](HashSeed secret, std::uint64_t i) {
      const std::uint64_t value = hash_words(secret, 0x0a4d'0001'0a4d'0002, i);
      return (high ? value >> 32 : value) & (kBuckets - 1);
    };
    std::vector<std::uint64_t> together;
    for (std::uint64_t i = 0; together.size() < 64; ++i)
      if (bucket(seed(3), i) == 0) together.push_back(i);
    std::set<std::uint64_t> apart;
    for (const std::uint64_t i : together) apart.insert(bucket(seed(4), i));
    CHECK(apart.size() > 48);  // 64 among 4,096: one collision or two by chance
  }
}

TEST("base/hash: neighbouring addresses and ports fill buckets evenly, by the low bits and by the high ones") {
  constexpr std::uint32_t kBuckets = 1'024, kPerBucket = 64;
  for (const unsigned shift : {0u, 32u}) {
    std::vector<std::uint32_t> filled(kBuckets);
    for (std::uint32_t i = 0; i < kBuckets * kPerBucket; ++i) {
      const std::uint64_t addresses = std::uint64_t{0x0a4d'0000 + (i >> 8)} << 32 | 0x0a4d'ffff;
      ++filled[hash_words(seed(5), addresses, i & 0xff) >> shift & (kBuckets - 1)];
    }
    double square = 0;  // chi-square: its mean is kBuckets - 1, its deviation about 45
    for (const std::uint32_t count : filled) square += (count - double{kPerBucket}) * (count - double{kPerBucket}) / kPerBucket;
    CHECK(square > kBuckets - 1 - 300 && square < kBuckets - 1 + 300);
  }
}

TEST("base/hash: two hundred thousand neighbouring keys collide nowhere in all 64 bits") {
  std::vector<std::uint64_t> seen;
  for (std::uint64_t i = 0; i < 200'000; ++i) seen.push_back(hash_words(seed(6), i, 1));
  std::sort(seen.begin(), seen.end());
  CHECK(std::adjacent_find(seen.begin(), seen.end()) == seen.end());
}
