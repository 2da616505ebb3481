// Who asks, when, and since when the answers are trusted.
#include "state/querier_table.hpp"

#include "native/frames.hpp"
#include "native/tap.hpp"

namespace vsw::test {
namespace {

const NetworkId kNetwork{1};
constexpr QuerierTable::Settings kAsks{true, 100'000, 10'000}, kListens{false, 100'000, 10'000};

Ip ip4(std::uint32_t value) { return Ip::v4(number(value, 4).data()); }
const Ip kNothing4 = ip4(0);

QuerierTable::Query query_from(const Ip& source, bool general = true, std::uint32_t interval_ms = 0) {
  return {source, kNothing4, general, interval_ms, 10'000};
}

struct Passed {
  bool asks, filters;
};
Passed pass(QuerierTable& table, const QuerierTable::Settings& settings, std::uint32_t now_ms) {
  bool filters = false;
  const bool asks = table.pass(kNetwork, false, settings, now_ms, filters);
  return {asks, filters};
}

}  // namespace

TEST("state/querier_table: the switch asks twice at the start, then in its interval, and trusts the answers when they are in") {
  QuerierTable table;
  CHECK(pass(table, kAsks, 0).asks);
  CHECK(!pass(table, kAsks, 0).asks && !pass(table, kAsks, 9'999).filters);
  CHECK(pass(table, kAsks, 10'000).filters && !pass(table, kAsks, 24'999).asks);
  CHECK(pass(table, kAsks, 25'000).asks);
  CHECK(!pass(table, kAsks, 50'000).asks && !pass(table, kAsks, 124'999).asks);
  const Passed later = pass(table, kAsks, 125'000);
  CHECK(later.asks && later.filters);
  CHECK(table.state(kNetwork, false).asks && !table.state(kNetwork, false).heard && !table.state(kNetwork, true).asks);
}

TEST("state/querier_table: without a querier everything floods, with one heard it does not, for as long as it is heard") {
  QuerierTable table;
  CHECK(!pass(table, kListens, 0).filters && !pass(table, kListens, 1'000'000).filters);
  table.hear(kNetwork, false, query_from(ip4(0x0a000001)), kListens, 1'000'000);
  CHECK(!pass(table, kListens, 1'009'999).filters);
  CHECK(pass(table, kListens, 1'010'000).filters);
  CHECK(pass(table, kListens, 1'204'999).filters);
  const Passed gone = pass(table, kListens, 1'205'000);
  CHECK(!gone.filters && !gone.asks);
  CHECK(!pass(table, kListens, 1'300'000).filters);
}

TEST("state/querier_table: the switch gives way to a querier, and takes over when it falls silent") {
  QuerierTable table;
  CHECK(pass(table, kAsks, 0).asks);
  (void)pass(table, kAsks, 10'000);
  table.hear(kNetwork, false, query_from(ip4(0x0a000009)), kAsks, 20'000);
  CHECK(table.state(kNetwork, false).heard && !table.state(kNetwork, false).asks);
  CHECK(!pass(table, kAsks, 25'000).asks && !pass(table, kAsks, 224'999).asks);
  const Passed over = pass(table, kAsks, 225'000);
  CHECK(over.asks && over.filters);
  CHECK(pass(table, kAsks, 250'000).asks);
}

TEST("state/querier_table: the lowest address is elected, and 0.0.0.0 is nobody's") {
  QuerierTable table;
  CHECK(pass(table, kAsks, 0).asks);
  table.hear(kNetwork, false, query_from(kNothing4), kAsks, 10);
  CHECK(!table.state(kNetwork, false).heard);
  table.hear(kNetwork, false, query_from(ip4(9)), kAsks, 20);
  table.hear(kNetwork, false, query_from(ip4(5)), kAsks, 30);
  table.hear(kNetwork, false, query_from(ip4(7)), kAsks, 40);
  CHECK(table.state(kNetwork, false).querier == ip4(5));
  // With an address of its own (MLD) the switch keeps asking against a higher one.
  const Ip low = Ip::v6(from_hex("fe80000000000000 0000000000000001").data());
  const Ip own = Ip::v6(from_hex("fe80000000000000 0000000000000005").data());
  const Ip high = Ip::v6(from_hex("fe80000000000000 0000000000000009").data());
  bool filters;
  CHECK(table.pass(kNetwork, true, kAsks, 0, filters));
  table.hear(kNetwork, true, {high, own, true, 0, 10'000}, kAsks, 10);
  CHECK(table.state(kNetwork, true).asks && !table.state(kNetwork, true).heard);
  table.hear(kNetwork, true, {own, own, true, 0, 10'000}, kAsks, 10);
  CHECK(table.state(kNetwork, true).asks);
  table.hear(kNetwork, true, {low, own, true, 0, 10'000}, kAsks, 20);
  CHECK(!table.state(kNetwork, true).asks && table.state(kNetwork, true).querier == low);
}

TEST("state/querier_table: lives follow the interval of whoever asks") {
  QuerierTable table;
  CHECK_EQUAL(table.membership_ms(kNetwork, false, kAsks), 210'000u);
  CHECK_EQUAL(table.router_ms(kNetwork, false, kAsks), 205'000u);
  table.hear(kNetwork, false, query_from(ip4(5), true, 30'000), kAsks, 0);
  CHECK_EQUAL(table.membership_ms(kNetwork, false, kAsks), 70'000u);
  CHECK_EQUAL(table.membership_ms(kNetwork, true, kAsks), 210'000u);
  table.forget(kNetwork);
  CHECK_EQUAL(table.membership_ms(kNetwork, false, kAsks), 210'000u);
}

TEST("state/querier_table: a query for one group settles nothing") {
  QuerierTable table;
  table.hear(kNetwork, false, query_from(ip4(5), false), kListens, 0);
  CHECK(!pass(table, kListens, 50'000).filters);
  table.hear(kNetwork, false, query_from(ip4(5)), kListens, 60'000);
  CHECK(pass(table, kListens, 70'000).filters);
}

TEST("state/querier_table: what found no room at all makes the network flood for a while") {
  QuerierTable table;
  (void)pass(table, kAsks, 0);
  CHECK(pass(table, kAsks, 10'000).filters);
  table.flood(kNetwork, false, 15'000);
  CHECK(!pass(table, kAsks, 14'999).filters && !table.state(kNetwork, false).filters);
  CHECK(pass(table, kAsks, 15'000).filters);
}

}  // namespace vsw::test
