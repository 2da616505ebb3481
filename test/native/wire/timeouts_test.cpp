#include "wire/timeouts.hpp"

#include "native/tap.hpp"

using namespace vsw;

TEST("wire/timeouts: starts with the defaults of nf_conntrack") {
  const Timeouts timeouts;
  CHECK_EQUAL(timeouts.of(Timeout::k_tcp_syn_sent), 120u);
  CHECK_EQUAL(timeouts.of(Timeout::k_tcp_established), 432'000u);
  CHECK_EQUAL(timeouts.of(Timeout::k_udp), 30u);
  CHECK_EQUAL(timeouts.of(Timeout::k_udp_stream), 120u);
  CHECK_EQUAL(timeouts.of(Timeout::k_generic), 600u);
  CHECK_EQUAL(timeouts.ms_of(Timeout::k_tcp_close), 10'000u);
  for (std::size_t i = 0; i < Timeouts::kCount; ++i) {
    const std::uint32_t seconds = timeouts.of(static_cast<Timeout>(i));
    CHECK(seconds > 0 && seconds <= Timeouts::kMax);
  }
}

TEST("wire/timeouts: takes another number for one, and refuses what cannot be counted") {
  Timeouts timeouts;
  const auto udp = static_cast<std::size_t>(Timeout::k_udp);
  CHECK(timeouts.set(udp, 7));
  CHECK_EQUAL(timeouts.of(Timeout::k_udp), 7u);
  CHECK_EQUAL(timeouts.of(Timeout::k_udp_stream), 120u);
  const Timeouts before = timeouts;
  CHECK(!timeouts.set(udp, 0));
  CHECK(!timeouts.set(udp, Timeouts::kMax + 1));
  CHECK(!timeouts.set(Timeouts::kCount, 7));
  CHECK(timeouts == before);
  CHECK(timeouts.set(udp, Timeouts::kMax));
  CHECK_EQUAL(timeouts.ms_of(Timeout::k_udp), 2'000'000'000u);
}
