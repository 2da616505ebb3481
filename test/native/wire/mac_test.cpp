#include "wire/mac.hpp"

#include "native/frames.hpp"
#include "native/tap.hpp"

using namespace vsw;
using namespace vsw::test;

static Mac mac(std::string_view hex) { return Mac::read(from_hex(hex).data()); }

TEST("wire/mac: bytes, number and back are the same address") {
  const Mac address = mac("02005e102030");
  CHECK_EQUAL(address.number(), 0x0200'5e10'2030ull);
  CHECK(Mac::from_number(0x0200'5e10'2030ull) == address);
  Bytes bytes(6);
  address.write(bytes.data());
  CHECK_EQUAL(to_hex(bytes), std::string("02005e102030"));
}

TEST("wire/mac: tells group, broadcast, zero and link-local group addresses") {
  CHECK(mac("01005e000001").is_group());
  CHECK(!mac("02005e000001").is_group());
  CHECK(kBroadcastMac.is_broadcast() && kBroadcastMac.is_group());
  CHECK(!mac("fffffffffffe").is_broadcast());
  CHECK(mac("000000000000").is_zero());
  CHECK(!mac("000000000001").is_zero());
  CHECK(mac("0180c2000000").is_link_local_group());
  CHECK(mac("0180c200000f").is_link_local_group());
  CHECK(!mac("0180c2000010").is_link_local_group());
  CHECK(!mac("0080c2000000").is_link_local_group());
}
