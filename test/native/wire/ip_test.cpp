#include "wire/ip.hpp"

#include "native/frames.hpp"
#include "native/tap.hpp"

using namespace vsw;
using namespace vsw::test;

TEST("wire/ip: an IPv4 address is kept IPv4-mapped") {
  const Ip ip = Ip::v4(kSource4.data());
  CHECK_EQUAL(to_hex(reinterpret_cast<const std::byte*>(&ip), 16), std::string("00000000000000000000ffff0a4d0001"));
  CHECK(ip.is_v4());
  CHECK(!Ip::v6(kSource6.data()).is_v4());
  CHECK(!Ip{}.is_v4());
}

TEST("wire/ip: both unspecified addresses are unspecified, and differ") {
  const Ip zero4 = Ip::v4(from_hex("00000000").data());
  CHECK(zero4.is_unspecified());
  CHECK(Ip{}.is_unspecified());
  CHECK(!(zero4 == Ip{}));
  CHECK(!Ip::v4(from_hex("00000001").data()).is_unspecified());
  CHECK(!Ip::v6(kSource6.data()).is_unspecified());
}

TEST("wire/ip: addresses and prefixes are ordered by their bytes, then by length") {
  const Ip low = Ip::v4(kSource4.data()), high = Ip::v4(kDestination4.data());
  CHECK(low < high);
  CHECK(low < Ip::v6(kSource6.data()));
  CHECK((Prefix{low, 24} < Prefix{low, 32}));
  CHECK((Prefix{low, 32} < Prefix{high, 0}));
}
