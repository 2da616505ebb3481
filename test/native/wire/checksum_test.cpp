#include "wire/checksum.hpp"

#include <random>

#include "native/frames.hpp"
#include "native/tap.hpp"
#include "wire/endian.hpp"

using namespace vsw;
using namespace vsw::test;

namespace {

// In memory order, as checksum_fold answers.
std::uint16_t naive_fold(const Bytes& bytes) { return be16(static_cast<std::uint16_t>(naive_sum(bytes))).raw; }

Bytes random_bytes(std::mt19937& random, std::size_t length) {
  Bytes bytes(length);
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(random());
  return bytes;
}

}  // namespace

TEST("wire/checksum: agrees with the naive sum for every length, even and odd") {
  std::mt19937 random(1);
  for (std::size_t length = 0; length <= 300; ++length) {
    const Bytes bytes = random_bytes(random, length);
    CHECK_EQUAL(checksum_fold(checksum_add(0, bytes)), naive_fold(bytes));
  }
}

TEST("wire/checksum: agrees with the naive sum over bytes of all ones, where every addition carries") {
  for (const std::size_t length : {2u, 8u, 64u, 1500u, 65'535u}) {
    const Bytes bytes(length, std::byte{0xff});
    CHECK_EQUAL(checksum_fold(checksum_add(0, bytes)), naive_fold(bytes));
    CHECK_EQUAL(checksum_fold(checksum_add(~std::uint64_t{0}, bytes)), naive_fold(bytes));
  }
}

TEST("wire/checksum: pieces of even length and an odd last one add up to the whole, in any order") {
  std::mt19937 random(2);
  for (int round = 0; round < 500; ++round) {
    const Bytes whole = random_bytes(random, 3 + random() % 3000);
    const std::size_t first = random() % (whole.size() / 2) * 2;
    const std::size_t second = first + random() % ((whole.size() - first) / 2 + 1) * 2;
    const std::span<const std::byte> all(whole);
    std::uint64_t sum = checksum_add(0, all.subspan(second));
    sum = checksum_add(sum, all.subspan(0, first));
    sum = checksum_add(sum, all.subspan(first, second - first));
    CHECK_EQUAL(checksum_fold(sum), naive_fold(whole));
  }
}

TEST("wire/checksum: works at any alignment") {
  std::mt19937 random(3);
  for (std::size_t at = 0; at < 16; ++at) {
    const Bytes bytes = random_bytes(random, 200);
    const auto from = static_cast<std::ptrdiff_t>(at);
    CHECK_EQUAL(checksum_fold(checksum_add(0, std::span(bytes).subspan(at))),
                naive_fold(Bytes(bytes.begin() + from, bytes.end())));
  }
}

TEST("wire/checksum: RFC 1071's own example") {
  const Bytes bytes = from_hex("0001f203f4f5f6f7");
  CHECK_EQUAL(be16(0xddf2).raw, checksum_fold(checksum_add(0, bytes)));
  CHECK_EQUAL(be16(0x220d).raw, checksum_finish(checksum_add(0, bytes)));
}

TEST("wire/checksum: pseudo-headers are those of RFC 9293 and RFC 8200") {
  for (const std::uint32_t length : {8u, 1480u, 65'535u, 70'000u}) {
    const Bytes four = join({kSource4, kDestination4, number(length, 4), number(6, 4)});
    const Bytes six = join({kSource6, kDestination6, number(length, 4), number(17, 4)});
    CHECK_EQUAL(checksum_fold(checksum_pseudo_v4(kSource4.data(), kDestination4.data(), 6, length)), naive_fold(four));
    CHECK_EQUAL(checksum_fold(checksum_pseudo_v6(kSource6.data(), kDestination6.data(), 17, length)), naive_fold(six));
  }
}

TEST("wire/checksum: an IPv4 header's checksum does not depend on what its field holds") {
  for (const std::size_t options : {0u, 4u, 40u}) {
    Bytes datagram = ipv4(17, {}, 0, counting(options));
    const auto right = static_cast<std::uint16_t>(read(datagram, 10, 2));
    write(datagram, 10, 0xbeef, 2);
    CHECK_EQUAL(be16(right).raw, checksum_ipv4_header(datagram.data(), datagram.size()));
  }
}
