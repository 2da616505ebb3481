#include "wire/endian.hpp"

#include "native/frames.hpp"
#include "native/tap.hpp"

using namespace vsw;
using namespace vsw::test;

TEST("wire/endian: be16 and be32 hold network byte order and give back host order") {
  const be16 two(0x1234);
  const be32 four(0x12345678);
  CHECK_EQUAL(to_hex(reinterpret_cast<const std::byte*>(&two), 2), std::string("1234"));
  CHECK_EQUAL(to_hex(reinterpret_cast<const std::byte*>(&four), 4), std::string("12345678"));
  CHECK_EQUAL(two.value(), 0x1234);
  CHECK_EQUAL(four.value(), 0x12345678u);
}

TEST("wire/endian: load and store work at any alignment") {
  for (std::size_t at = 0; at < 8; ++at) {
    Bytes bytes(16);
    store16(bytes.data() + at, 0xabcd);
    store32(bytes.data() + at + 2, 0x01020304);
    CHECK_EQUAL(to_hex(bytes.data() + at, 6), std::string("abcd01020304"));
    CHECK_EQUAL(load16(bytes.data() + at), 0xabcd);
    CHECK_EQUAL(load32(bytes.data() + at + 2), 0x01020304u);
  }
}
