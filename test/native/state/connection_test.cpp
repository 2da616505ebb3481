#include "state/connection.hpp"

#include "native/held_packet.hpp"
#include "native/tap.hpp"

using namespace vsw;
using namespace vsw::test;

namespace {

constexpr std::uint8_t kGre = 47;

Tracked send4(TrackedConnection& connection, unsigned sender, std::uint8_t protocol, const Bytes& payload) {
  const HeldPacket held(ethernet(0x0800, ipv4(protocol, payload)), {});
  CHECK(held.error == ParseError::kNone);
  return connection.track(held.packet, sender, false);
}
Tracked send6(TrackedConnection& connection, unsigned sender, std::uint8_t protocol, const Bytes& payload) {
  const HeldPacket held(ethernet(0x86dd, ipv6(protocol, payload)), {});
  CHECK(held.error == ParseError::kNone);
  return connection.track(held.packet, sender, false);
}
const Tracked kValid = Tracked::valid(), kReopened = Tracked::reopened();
const Tracked kNotInThisState = Tracked::invalid(Invalidity::kState);

}  // namespace

TEST("state/connection: UDP is established once it was answered") {
  TrackedConnection connection{};
  const Timeouts timeouts;
  CHECK(send4(connection, 1, 17, udp(counting(5))) == kValid);
  CHECK(send4(connection, 1, 17, udp(counting(5))) == kValid);
  CHECK(connection.state(17) == ConnectionState::k_new);
  CHECK_EQUAL(connection.timeout_ms(17, timeouts), 30'000u);
  CHECK(send4(connection, 0, 17, udp({})) == kValid);
  CHECK(connection.state(17) == ConnectionState::k_established);
  CHECK_EQUAL(connection.timeout_ms(17, timeouts), 120'000u);
}

TEST("state/connection: an echo is asked by one end and answered by the other") {
  TrackedConnection connection{};
  CHECK(send4(connection, 0, 1, echo(0, {})) == kNotInThisState);
  CHECK(send4(connection, 0, 1, echo(8, {})) == kValid);
  CHECK(connection.state(1) == ConnectionState::k_new);
  CHECK(send4(connection, 0, 1, echo(0, {})) == kNotInThisState);
  CHECK(send4(connection, 1, 1, echo(0, {})) == kValid);
  CHECK(connection.state(1) == ConnectionState::k_established);
  CHECK(send4(connection, 0, 1, echo(8, {})) == kValid);
  CHECK(send4(connection, 1, 1, echo(8, {})) == kReopened);
  CHECK(connection.timeout(1) == Timeout::k_icmp);
  CHECK(send4(connection, 1, 1, echo(13, Bytes(12))) == kNotInThisState);

  TrackedConnection wide{};
  CHECK(send6(wide, 0, 58, echo(129, {})) == kNotInThisState);
  CHECK(send6(wide, 0, 58, echo(128, {})) == kValid);
  CHECK(send6(wide, 1, 58, echo(128, {})) == kReopened);
  CHECK(send6(wide, 1, 58, echo(129, {})) == kValid);
  CHECK(wide.timeout(58) == Timeout::k_icmpv6);
  CHECK(send6(wide, 1, 58, echo(1, {})) == kNotInThisState);
}

TEST("state/connection: TCP and SCTP are what their own state says") {
  TrackedConnection connection{};
  CHECK(send4(connection, 0, 6, tcp({}, 0x10)) == kNotInThisState);
  CHECK(send4(connection, 0, 6, tcp({}, 0x02)) == kValid);
  CHECK(connection.state(6) == ConnectionState::k_syn_sent);
  CHECK(connection.timeout(6) == Timeout::k_tcp_syn_sent);
  CHECK(connection.tcp().covers(0, 0x1000'0000));
  TrackedConnection association{};
  const Bytes chunk = join({from_hex("01 00 00 14 00000009"), Bytes(12)});
  Bytes packet = sctp(chunk);
  write(packet, 4, 0, 4);
  CHECK(send4(association, 0, 132, packet) == kValid);
  CHECK(association.state(132) == ConnectionState::k_cookie_wait);
  CHECK(association.timeout(132) == Timeout::k_sctp_cookie_wait);
  CHECK(association.sctp().covers(1, 9));
}

TEST("state/connection: any other protocol is established once both ends were heard") {
  TrackedConnection connection{};
  CHECK(send4(connection, 0, kGre, counting(8)) == kValid);
  CHECK(connection.state(kGre) == ConnectionState::k_new);
  CHECK(send4(connection, 1, kGre, counting(8)) == kValid);
  CHECK(connection.state(kGre) == ConnectionState::k_established);
  CHECK(connection.timeout(kGre) == Timeout::k_generic);
  // ICMPv6 over IPv4 has no header that anybody reads.
  TrackedConnection odd{};
  CHECK(send4(odd, 0, 58, echo(1, {})) == kValid);
}
