#include "state/sctp_connection.hpp"

#include <string>

#include "native/held_packet.hpp"
#include "native/tap.hpp"

using namespace vsw;
using namespace vsw::test;

namespace {

constexpr std::uint32_t kTagA = 0xaaaa'0001, kTagB = 0xbbbb'0001;  // that A's and B's packets carry

Bytes chunk(std::uint8_t type, const Bytes& rest = {}, std::uint8_t flags = 0) {
  Bytes bytes = join({number(type, 1), number(flags, 1), number(4 + rest.size(), 2), rest});
  bytes.resize((bytes.size() + 3) & ~std::size_t{3});
  return bytes;
}
// INIT and INIT ACK name the tag that packets to their sender carry.
Bytes init(std::uint8_t type, std::uint32_t tag) { return chunk(type, join({number(tag, 4), Bytes(12)})); }
Bytes data() { return chunk(0, Bytes(13)); }

Tracked send(SctpConnection& connection, unsigned sender, std::uint32_t tag, const Bytes& chunks) {
  const Bytes packet = join({number(3868, 2), number(3869, 2), number(tag, 4), number(0, 4), chunks});
  const HeldPacket held(ethernet(0x0800, ipv4(132, packet)), {});
  CHECK(held.error == ParseError::kNone);
  return connection.track(sender, held.packet);
}
const Tracked kValid = Tracked::valid(), kChallenge = Tracked::challenge();

SctpConnection established() {
  SctpConnection connection{};
  CHECK(send(connection, 0, 0, init(1, kTagB)) == kValid);
  CHECK(connection.state() == ConnectionState::k_cookie_wait);
  CHECK(send(connection, 1, kTagB, init(2, kTagA)) == kValid);
  CHECK(send(connection, 0, kTagA, join({chunk(10, Bytes(5)), data()})) == kValid);
  CHECK(connection.state() == ConnectionState::k_cookie_echoed);
  CHECK(send(connection, 1, kTagB, join({chunk(11), data()})) == kValid);
  CHECK(connection.state() == ConnectionState::k_established);
  return connection;
}

}  // namespace

TEST("state/sctp_connection: an association begins with four packets and ends with three") {
  SctpConnection connection = established();
  CHECK(connection.timeout() == Timeout::k_sctp_established);
  CHECK(send(connection, 0, kTagA, data()) == kValid);
  CHECK(send(connection, 1, kTagB, chunk(3, Bytes(12))) == kValid);
  CHECK(send(connection, 1, kTagB, chunk(7, Bytes(4))) == kValid);
  CHECK(connection.state() == ConnectionState::k_shutdown_received);
  CHECK(send(connection, 0, kTagA, chunk(8)) == kValid);
  CHECK(connection.state() == ConnectionState::k_shutdown_ack_sent);
  CHECK(send(connection, 1, kTagB, chunk(14)) == kValid);
  CHECK(connection.state() == ConnectionState::k_closed);
  CHECK(connection.timeout() == Timeout::k_sctp_closed);
  CHECK(send(connection, 0, 0, init(1, kTagB)) == Tracked::reopened());
}

TEST("state/sctp_connection: the end that opened it shuts it down") {
  SctpConnection connection = established();
  CHECK(send(connection, 0, kTagA, chunk(7, Bytes(4))) == kValid);
  CHECK(connection.state() == ConnectionState::k_shutdown_sent);
  CHECK(send(connection, 1, kTagB, chunk(8)) == kValid);
  CHECK(send(connection, 0, kTagB, chunk(14, {}, 1)) == kValid);  // the T bit: the other's tag, reflected
  CHECK(connection.state() == ConnectionState::k_closed);
}

TEST("state/sctp_connection: nothing passes under another tag") {
  SctpConnection connection = established();
  const Tracked wrong = Tracked::invalid(Invalidity::kTag);
  CHECK(send(connection, 0, kTagB, data()) == wrong);
  CHECK(send(connection, 1, kTagB + 1, data()) == wrong);
  CHECK(send(connection, 1, kTagA, chunk(6)) == wrong);
  CHECK(send(connection, 1, kTagB, chunk(6, {}, 1)) == wrong);
  CHECK(send(connection, 1, 0, chunk(6)) == wrong);
  CHECK(connection.state() == ConnectionState::k_established);
  CHECK(send(connection, 1, kTagA, chunk(6, {}, 1)) == kValid);
  CHECK(connection.state() == ConnectionState::k_closed);
  connection = established();
  CHECK(send(connection, 0, kTagA, chunk(6)) == kValid);
  CHECK(connection.state() == ConnectionState::k_closed);
  CHECK(connection.covers(0, kTagA) && !connection.covers(0, kTagB) && connection.covers(1, kTagB));
}

TEST("state/sctp_connection: nothing but an INIT or a heartbeat begins one") {
  SctpConnection connection{};
  CHECK(send(connection, 0, kTagA, data()) == Tracked::invalid(Invalidity::kState));
  CHECK(send(connection, 0, kTagA, init(2, kTagB)) == Tracked::invalid(Invalidity::kState));
  CHECK(send(connection, 0, kTagA, init(1, kTagB)) == Tracked::invalid(Invalidity::kTag));
  CHECK(send(connection, 0, 0, init(1, 0)) == Tracked::invalid(Invalidity::kTag));
  CHECK(connection.state() == ConnectionState::k_new);
  CHECK(!connection.covers(0, 0));
  CHECK(send(connection, 0, kTagA, chunk(4, Bytes(8))) == kValid);
  CHECK(connection.state() == ConnectionState::k_heartbeat_sent);
  CHECK(send(connection, 0, kTagA + 1, chunk(4, Bytes(8))) == Tracked::invalid(Invalidity::kTag));
  CHECK(send(connection, 0, kTagA, data()) == Tracked::invalid(Invalidity::kState));
  CHECK(send(connection, 1, kTagB, chunk(5, Bytes(8))) == kValid);
  CHECK(connection.state() == ConnectionState::k_established);
  CHECK(send(connection, 0, kTagA, data()) == kValid);
  CHECK(send(connection, 1, kTagB, data()) == kValid);
}

TEST("state/sctp_connection: an INIT is refused by an ABORT that knows its tag") {
  SctpConnection connection{};
  CHECK(send(connection, 0, 0, init(1, kTagB)) == kValid);
  CHECK(send(connection, 1, kTagB + 1, chunk(6)) == Tracked::invalid(Invalidity::kTag));
  CHECK(send(connection, 0, kTagA, data()) == Tracked::invalid(Invalidity::kTag));
  CHECK(send(connection, 1, kTagB, chunk(6)) == kValid);
  CHECK(connection.state() == ConnectionState::k_closed);
}

TEST("state/sctp_connection: both ends begin at the same time") {
  SctpConnection connection{};
  CHECK(send(connection, 0, 0, init(1, kTagB)) == kValid);
  CHECK(send(connection, 1, 0, init(1, kTagA)) == kValid);
  CHECK(send(connection, 0, kTagA, init(2, kTagB)) == kValid);
  CHECK(send(connection, 1, kTagB, init(2, kTagA)) == kValid);
  CHECK(send(connection, 0, kTagA, chunk(10)) == kValid);
  CHECK(send(connection, 1, kTagB, chunk(11)) == kValid);
  CHECK(connection.state() == ConnectionState::k_established);
}

TEST("state/sctp_connection: an end that lost the association begins it anew, and a forged INIT does not") {
  SctpConnection connection = established();
  CHECK(send(connection, 0, 0, init(1, 0xcccc'0001)) == kChallenge);
  CHECK(send(connection, 1, kTagB, data()) == kValid);
  CHECK(connection.state() == ConnectionState::k_established);
  CHECK(send(connection, 1, 0xcccc'0002, init(2, 0xdddd'0001)) == Tracked::invalid(Invalidity::kTag));
  CHECK(send(connection, 0, 0xdddd'0001, chunk(10)) == Tracked::invalid(Invalidity::kTag));
  CHECK(send(connection, 1, 0xcccc'0001, init(2, 0xdddd'0001)) == kChallenge);
  CHECK(send(connection, 0, kTagA, data()) == kValid);
  CHECK(send(connection, 0, 0xdddd'0001, chunk(10)) == kValid);
  CHECK(connection.state() == ConnectionState::k_cookie_echoed);
  CHECK(send(connection, 1, 0xcccc'0001, chunk(11)) == kValid);
  CHECK(connection.state() == ConnectionState::k_established);
  CHECK(send(connection, 0, kTagA, data()) == Tracked::invalid(Invalidity::kTag));
}

TEST("state/sctp_connection: chunks that contradict the packet are none") {
  SctpConnection connection = established();
  const Tracked broken = Tracked::invalid(Invalidity::kFlags);
  CHECK(send(connection, 0, kTagA, {}) == broken);
  CHECK(send(connection, 0, kTagA, from_hex("00 00")) == broken);
  CHECK(send(connection, 0, kTagA, from_hex("03 00 00 03")) == broken);
  CHECK(send(connection, 0, 0, from_hex("01 00 00 14 00000001")) == broken);
  CHECK(send(connection, 0, 0, join({init(1, 7), data()})) == broken);
  CHECK(send(connection, 0, kTagA, join({chunk(3, Bytes(12)), chunk(14)})) == broken);
  Bytes many;
  for (int i = 0; i < 100; ++i) many = join({many, chunk(3)});
  CHECK(send(connection, 0, kTagA, many) == kValid);
  CHECK(send(connection, 0, kTagA, chunk(0xc1)) == kValid);
}
