#include "state/tcp_connection.hpp"

#include <atomic>
#include <random>
#include <thread>

#include "native/state/tcp_peers.hpp"
#include "native/state/tcp_story.hpp"

using namespace vsw;
using namespace vsw::test;

namespace {

const std::string kHandshake = R"(
    A S  seq 1000          window 64000 scale 7  valid syn_sent
    B SA seq 5000 ack 1001 window 65000 scale 8  valid syn_received
    A A  seq 1001 ack 5001 window 500            valid established
    B A  seq 5001 ack 1001 window 255            valid established
)";

TcpConnection established() {
  TcpConnection connection{};
  PLAY(connection, kHandshake);
  return connection;
}

bool is_fast(TcpConnection connection, unsigned sender, std::uint32_t sequence, std::uint32_t ack) {
  TcpSegment segment;
  segment.sequence = sequence;
  segment.acknowledgement = ack;
  segment.flags = Tcp::kAck;
  segment.window = 500;
  return connection.track_established(sender, segment);
}

}  // namespace

TEST("state/tcp_connection: a handshake, data both ways, and a retransmission") {
  TcpConnection connection{};
  CHECK(connection.state() == ConnectionState::k_new);
  PLAY(connection, kHandshake);
  CHECK(is_fast(connection, 0, 1001, 5001) && is_fast(connection, 1, 5001, 1001));
  PLAY(connection, R"(
    A PA seq 1001 ack 5001 length 100 window 500  valid established
    A PA seq 1001 ack 5001 length 100 window 500  valid established
    B A  seq 5001 ack 1101            window 255  valid established
    B PA seq 5001 ack 1101 length 900 window 255  valid established
    A A  seq 1101 ack 5901            window 500  valid established
  )");
}

TEST("state/tcp_connection: nothing but a SYN begins a connection, and nonsense is no segment") {
  for (const char* step : {"A A seq 1 ack 1 state new", "A SA seq 1 ack 1 state new", "A R seq 1 state new", "A FA seq 1 ack 1 state new",
                           "A 0 seq 1 flags new", "A SF seq 1 flags new", "A SR seq 1 flags new", "A P seq 1 flags new",
                           "A F seq 1 flags new", "A FSRPAU seq 1 flags new", "A U seq 1 flags new", "A RF seq 1 flags new"}) {
    TcpConnection connection{};
    PLAY(connection, step);
  }
  TcpConnection connection = established();
  PLAY(connection, R"(
    A SF  seq 1001                  flags established
    A SRA seq 1001 ack 5001         flags established
    A 0   seq 1001                  flags established
    A P   seq 1001 length 3         flags established
    A PU  seq 1001 length 3         flags established
    A PAU seq 1001 ack 5001 length 3 valid established
  )");
}

TEST("state/tcp_connection: a SYN that is sent again, and one with another number before it was answered") {
  TcpConnection connection{};
  PLAY(connection, R"(
    A S  seq 1000 window 64000      valid syn_sent
    A S  seq 1000 window 64000      valid syn_sent
    A S  seq 7000 window 64000      valid syn_sent
    B SA seq 5000 ack 1001          acknowledgement syn_sent
    B SA seq 5000 ack 7001          valid syn_received
    A S  seq 7000 window 64000      valid syn_received
    B SA seq 5000 ack 7001          valid syn_received
    B SA seq 6000 ack 7001          valid syn_received
    A A  seq 7001 ack 6001          valid established
    B SA seq 6000 ack 7001          valid established
    B SA seq 9000 ack 7001          sequence established
  )");
}

TEST("state/tcp_connection: both ends open at the same time") {
  TcpConnection connection{};
  PLAY(connection, R"(
    A S  seq 1000          window 100 scale 2  valid syn_sent
    B S  seq 5000          window 100 scale 3  valid syn_received
    A A  seq 1001 ack 5001                     state syn_received
    A SA seq 1000 ack 4999 window 100 scale 2  acknowledgement syn_received
    A SA seq 1000 ack 5001 window 100 scale 2  valid syn_received
    B SA seq 9000 ack 1001 window 100 scale 3  sequence syn_received
    B SA seq 5000 ack 1001 window 100 scale 3  valid established
    A A  seq 1001 ack 5001 window 50           valid established
    B A  seq 5001 ack 1001 window 50           valid established
    A A  seq 1001 ack 5001 length 400          valid established
    A A  seq 1403 ack 5001                     sequence established
  )");
}

TEST("state/tcp_connection: who asked at the same time as the other, gave up and asks anew has another number") {
  TcpConnection connection{};
  PLAY(connection, R"(
    A S  seq 1000                   valid syn_sent
    B S  seq 5000                   valid syn_received
    A S  seq 9000                   valid syn_received
    B SA seq 5000 ack 1001          acknowledgement syn_received
    B SA seq 5000 ack 9001          valid syn_received
    A A  seq 9001 ack 5001          valid established
  )");
}

TEST("state/tcp_connection: who answers a SYN that was a challenge had not heard the one before, and the next one opens") {
  TcpConnection asked{};
  PLAY(asked, R"(
    A S  seq 1000                   valid syn_sent
    B SA seq 5000 ack 1001          valid syn_received
    A S  seq 9000                   challenge syn_received
    B SA seq 5000 ack 9002          acknowledgement syn_received
    B SA seq 5000 ack 9001          acknowledgement closed
    A S  seq 9000                   reopened closed
  )");
  TcpConnection picked_up{};
  const auto loosely = [&picked_up](const std::string& text) { PLAY(picked_up, text, true); };
  loosely(R"(
    A A  seq 1000 ack 4294967294 window 0 valid established
    A S  seq 1000 window 8192       challenge established
    B SA seq 4294967293 ack 1001 window 8192 acknowledgement closed
    A S  seq 1000                   reopened closed
  )");
}

TEST("state/tcp_connection: half-close, data the other way, and the end") {
  TcpConnection connection = established();
  PLAY(connection, R"(
    A FA seq 1001 ack 5001              valid fin_wait
    A FA seq 1001 ack 5001              valid fin_wait
    B A  seq 5001 ack 1002              valid close_wait
    B PA seq 5001 ack 1002 length 1000  valid close_wait
    A A  seq 1002 ack 6001              valid close_wait
    B FA seq 6001 ack 1002              valid last_ack
    A A  seq 1002 ack 6002              valid time_wait
    B FA seq 6001 ack 1002              valid time_wait
    A A  seq 1002 ack 6002              valid time_wait
  )");
}

TEST("state/tcp_connection: both ends close at the same time") {
  TcpConnection connection = established();
  PLAY(connection, R"(
    A FA seq 1001 ack 5001  valid fin_wait
    B FA seq 5001 ack 1001  valid last_ack
    A A  seq 1002 ack 5002  valid last_ack
    B A  seq 5002 ack 1002  valid time_wait
  )");
}

TEST("state/tcp_connection: an old pair of ports opens anew after its end, and not before") {
  const std::string end = R"(
    A FA seq 1001 ack 5001  valid fin_wait
    B FA seq 5001 ack 1002  valid last_ack
    A A  seq 1002 ack 5002  valid time_wait
  )";
  TcpConnection connection = established();
  PLAY(connection, end);
  PLAY(connection, R"(
    A S  seq 900              challenge time_wait
    B A  seq 5002 ack 1002    valid time_wait
    A R  seq 1002             valid closed
    A S  seq 900              reopened closed
  )");
  connection = established();
  PLAY(connection, end);
  PLAY(connection, R"(
    A S  seq 1002             reopened time_wait
    A S  seq 900 timestamps   reopened time_wait
    B S  seq 5002             reopened time_wait
    B S  seq 4000             challenge time_wait
  )");
  connection = established();
  PLAY(connection, R"(
    A FA seq 1001 ack 5001    valid fin_wait
    A S  seq 90000            challenge fin_wait
  )");
}

TEST("state/tcp_connection: a SYN on a living connection passes and changes nothing") {
  TcpConnection connection = established();
  PLAY(connection, R"(
    A S  seq 777777 window 1 scale 0    challenge established
    B A  seq 5001 ack 1001              valid established
    A PA seq 1001 ack 5001 length 100   valid established
    B S  seq 888888 window 65535        challenge established
    B A  seq 5001 ack 1101              valid established
    A A  seq 1101 ack 5001              valid established
  )");
  CHECK(is_fast(connection, 0, 1101, 5001));
}

TEST("state/tcp_connection: an end that lost its connection clears the other's, whatever that answers") {
  TcpConnection connection = established();
  PLAY(connection, R"(
    A S  seq 70000            challenge established
    B A  seq 5001 ack 1001    valid established
    A R  seq 1001             valid closed
    A S  seq 70000            reopened closed
  )");
  connection = established();  // the other has lost it too, and nobody listens there
  PLAY(connection, R"(
    B RA seq 0 ack 70001      reset established
    A S  seq 70000            challenge established
    B RA seq 0 ack 70002      reset established
    B RA seq 0 ack 70001      valid closed
  )");
  connection = established();  // the other has lost it too, and answers
  PLAY(connection, R"(
    A S  seq 70000            challenge established
    B SA seq 90000 ack 70002  sequence established
    B SA seq 90000 ack 70001  sequence closed
    A S  seq 70000            reopened closed
  )");
}

TEST("state/tcp_connection: a SYN that meets an old connection at the other end comes through in the end") {
  TcpConnection connection{};
  PLAY(connection, R"(
    A S  seq 1000             valid syn_sent
    B A  seq 4444 ack 99999   challenge syn_sent
    B PA seq 4444 ack 99999 length 5 state syn_sent
    A R  seq 88888            reset syn_sent
    A R  seq 99999            challenge syn_sent
    A S  seq 1000             valid syn_sent
    B SA seq 7000 ack 1001    valid syn_received
  )");
}

TEST("state/tcp_connection: a reset of what was not answered yet has to name the SYN") {
  TcpConnection connection{};
  PLAY(connection, R"(
    A S  seq 1000             valid syn_sent
    B R  seq 1001             reset syn_sent
    B RA seq 0 ack 1000       reset syn_sent
    B RA seq 0 ack 1002       reset syn_sent
    B RA seq 0 ack 1001       valid closed
  )");
  connection = {};
  PLAY(connection, R"(
    A S  seq 1000             valid syn_sent
    A R  seq 1003             reset syn_sent
    A R  seq 1001             valid closed
  )");
  connection = {};
  PLAY(connection, R"(
    A S  seq 1000             valid syn_sent
    B SA seq 5000 ack 1001    valid syn_received
    B RA seq 0 ack 1002       reset syn_received
    B RA seq 0 ack 1001       valid closed
    B SA seq 5000 ack 1001    state closed
  )");
}

TEST("state/tcp_connection: an exact reset ends it, one in the window leaves it in doubt, others are none") {
  TcpConnection connection = established();
  PLAY(connection, R"(
    B R  seq 4900000          reset established
    B R  seq 80000            reset established
    B R  seq 4000             reset established
    B R  seq 5001             valid closed
    A A  seq 1001 ack 5001    valid closed
  )");
  CHECK(connection.timeout() == Timeout::k_tcp_close);
  connection = established();
  PLAY(connection, "B R seq 6001 valid established");
  CHECK(connection.timeout() == Timeout::k_tcp_close);
  PLAY(connection, "A A seq 1001 ack 5001 valid established");  // the answer of an end that lives
  CHECK(connection.timeout() == Timeout::k_tcp_established);
  CHECK(is_fast(connection, 1, 5001, 1001));
  // Of an end that answers a segment with the number that it acknowledged, though more was sent.
  connection = established();
  PLAY(connection, R"(
    B PA seq 5001 ack 1001 length 1000  valid established
    A A  seq 1001 ack 5501              valid established
    B R  seq 5500                       reset established
    B R  seq 5502                       valid established
    B R  seq 5501                       valid closed
  )");
}

TEST("state/tcp_connection: what an exact reset is does not depend on how much is on its way") {
  TcpConnection wide{};
  PLAY(wide, R"(
    A S  seq 1000          window 64000 scale 7        valid syn_sent
    B SA seq 5000 ack 1001 window 64000 scale 7        valid syn_received
    A A  seq 1001 ack 5001 window 2000                 valid established
    B A  seq 5001 ack 1001 window 2000                 valid established
  )");
  TcpConnection connection = wide;
  PLAY(connection, "B R seq 70537 valid established");  // 65,536 ahead of what is waited for
  CHECK(connection.timeout() == Timeout::k_tcp_close);
  connection = wide;
  PLAY(connection, R"(
    B PA seq 5001 ack 1001 length 64000   valid established
    B PA seq 69001 ack 1001 length 20000  valid established
    B R  seq 5000                         reset established
    B R  seq 23000                        valid established
    B R  seq 5001                         valid closed
  )");
  // What was acknowledged once is, whatever comes late.
  connection = wide;
  PLAY(connection, R"(
    B PA seq 5001 ack 1001 length 1000  valid established
    A A  seq 1001 ack 6001              valid established
    A A  seq 1001 ack 5501              valid established
    B R  seq 5501                       reset established
  )");
  CHECK(connection.timeout() == Timeout::k_tcp_established);
}

TEST("state/tcp_connection: sequence numbers go round") {
  TcpConnection connection{};
  PLAY(connection, R"(
    A S  seq 4294967290             window 64000  valid syn_sent
    B SA seq 4294967295 ack 4294967291 window 64000  valid syn_received
    A A  seq 4294967291 ack 0                     valid established
    B A  seq 0 ack 4294967291                     valid established
    A PA seq 4294967291 ack 0 length 1000         valid established
    B A  seq 0 ack 995                            valid established
    A PA seq 995 ack 0 length 1000                valid established
    B R  seq 4294000000                           reset established
    A PA seq 4294967291 ack 0 length 1000         valid established
  )");
}

TEST("state/tcp_connection: keep-alives, a zero window and its probe") {
  TcpConnection connection = established();
  PLAY(connection, R"(
    A A  seq 1000 ack 5001                      valid established
    A A  seq 1000 ack 5001 length 1             valid established
    B A  seq 5001 ack 1001 window 0             valid established
    A PA seq 1001 ack 5001 length 65280         valid established
    B A  seq 5001 ack 66281 window 0            valid established
    A A  seq 66281 ack 5001 length 1            valid established
    A A  seq 66281 ack 5001 length 2            sequence established
    B A  seq 5001 ack 66281 window 0            valid established
    A A  seq 66280 ack 5001                     valid established
    B A  seq 5001 ack 66281 window 8            valid established
    A A  seq 66281 ack 5001 length 2048         valid established
    A A  seq 68329 ack 5001 length 2            sequence established
  )");
}

TEST("state/tcp_connection: windows are scaled when both offered it, and a super-frame is one segment") {
  TcpConnection connection = established();
  PLAY(connection, R"(
    B PA seq 5001 ack 1001 length 64000   valid established
    B PA seq 69003 ack 1001               sequence established
    A A  seq 1001 ack 69001 window 500    valid established
    B PA seq 69001 ack 1001 length 64000  valid established
  )");
  connection = {};
  PLAY(connection, R"(
    A S  seq 1000          window 1000 scale 7  valid syn_sent
    B SA seq 5000 ack 1001 window 1000          valid syn_received
    A A  seq 1001 ack 5001 window 1000          valid established
    B A  seq 5001 ack 1001 window 1000          valid established
    B A  seq 5001 ack 1001 length 1000          valid established
    B A  seq 6001 ack 1001 length 2             sequence established
  )");
}

TEST("state/tcp_connection: what nobody on the path would send does not pass") {
  const TcpConnection connection = established();
  for (const char* step : {"B PA seq 900000 ack 1001 length 10 sequence established",
                           "B PA seq 4294000000 ack 1001 length 10 sequence established",
                           "B PA seq 5001 ack 1002 length 10 acknowledgement established",
                           "B PA seq 5001 ack 2000000000 length 10 acknowledgement established",
                           "B PA seq 5001 ack 4293000000 length 10 acknowledgement established",
                           "B FA seq 2147483648 ack 1001 sequence established"}) {
    TcpConnection attacked = connection;
    PLAY(attacked, step);
  }
  TcpConnection data_first{};
  PLAY(data_first, R"(
    A S  seq 1000                     valid syn_sent
    A PA seq 1001 ack 1 length 10     state syn_sent
    A SA seq 1000 ack 1               state syn_sent
  )");
}

TEST("state/tcp_connection: data in a SYN, acknowledged with it or without") {
  for (const char* answer : {"B SA seq 5000 ack 1001 valid syn_received", "B SA seq 5000 ack 1301 valid syn_received"}) {
    TcpConnection connection{};
    PLAY(connection, "A S seq 1000 length 300 valid syn_sent");
    CHECK(connection.covers(0, 1000));
    PLAY(connection, answer);
    PLAY(connection, R"(
      B PA seq 5001 ack 1301 length 500  valid syn_received
      A A  seq 1301 ack 5501             valid established
    )");
  }
  TcpConnection connection{};
  PLAY(connection, R"(
    A S  seq 1000 length 300  valid syn_sent
    B SA seq 5000 ack 1302    acknowledgement syn_sent
    B SA seq 5000 ack 1000    acknowledgement syn_sent
  )");
}

TEST("state/tcp_connection: a running connection is picked up, if that is wanted") {
  TcpConnection connection{};
  const auto loosely = [&connection](const std::string& text) { PLAY(connection, text, true); };
  loosely(R"(
    A R  seq 1000                            state new
    A SA seq 1000 ack 5000                   state new
    A PA seq 1000 ack 5000 length 100        valid established
    A PA seq 300000 ack 5000 length 100      valid established
    B PA seq 4000 ack 900 length 200         valid established
    A A  seq 300100 ack 5200 window 100      valid established
    A A  seq 300100 ack 90000 window 100     valid established
    B PA seq 90000 ack 300100 length 64000   valid established
    B PA seq 2100000000 ack 300100 length 1  sequence established
    A R  seq 1999999999                      reset established
    A R  seq 300100                          valid closed
  )");
  connection = {};
  loosely(R"(
    A PA seq 1000 ack 5000 length 100 window 0  valid established
    B A  seq 5000 ack 1100 window 0             valid established
    A A  seq 1100 ack 5000                      valid established
  )");
  CHECK(is_fast(connection, 0, 1100, 5000));
  connection = {};  // a SYN begins it as any other: what is loose is the beginning alone
  loosely(R"(
    A S  seq 77                        valid syn_sent
    B PA seq 5000 ack 1000 length 100  state syn_sent
    B RA seq 0 ack 78                  valid closed
    A FA seq 77 ack 1                  state closed
  )");
  connection = {};
  loosely(R"(
    B FA seq 5000 ack 1000  valid fin_wait
    A A  seq 1000 ack 5001  valid close_wait
    A FA seq 1000 ack 5001  valid last_ack
    B A  seq 5001 ack 1001  valid time_wait
  )");
}

TEST("state/tcp_connection: how long it lives follows from its state, and from what is not acknowledged") {
  TcpConnection connection{};
  PLAY(connection, "A S seq 1000 valid syn_sent");
  CHECK(connection.timeout() == Timeout::k_tcp_syn_sent);
  PLAY(connection, "B SA seq 5000 ack 1001 valid syn_received");
  CHECK(connection.timeout() == Timeout::k_tcp_syn_received);
  PLAY(connection, "A A seq 1001 ack 5001 valid established");
  CHECK(connection.timeout() == Timeout::k_tcp_established);
  PLAY(connection, "B A seq 5001 ack 1001 length 10 valid established");
  CHECK(connection.timeout() == Timeout::k_tcp_unacknowledged);
  PLAY(connection, "A A seq 1001 ack 5011 valid established");
  CHECK(connection.timeout() == Timeout::k_tcp_established);
  PLAY(connection, "A S seq 90000 challenge established");  // anybody may send it, so it shortens nothing
  CHECK(connection.timeout() == Timeout::k_tcp_established);
  PLAY(connection, "A FA seq 1001 ack 5011 valid fin_wait");
  CHECK(connection.timeout() == Timeout::k_tcp_fin_wait);
  PLAY(connection, "B A seq 5011 ack 1002 valid close_wait");
  CHECK(connection.timeout() == Timeout::k_tcp_close_wait);
  PLAY(connection, "B FA seq 5011 ack 1002 valid last_ack");
  CHECK(connection.timeout() == Timeout::k_tcp_last_ack);
  PLAY(connection, "A A seq 1002 ack 5012 valid time_wait");
  CHECK(connection.timeout() == Timeout::k_tcp_time_wait);
}

TEST("state/tcp_connection: an ICMP error is believed for what is on its way, and for nothing else") {
  TcpConnection connection{};
  CHECK(!connection.covers(0, 0) && !connection.covers(1, 0));
  PLAY(connection, "A S seq 1000 valid syn_sent");
  CHECK(connection.covers(0, 1000) && !connection.covers(0, 1001) && !connection.covers(1, 0));
  connection = established();
  PLAY(connection, "A PA seq 1001 ack 5001 length 1000 valid established");
  CHECK(connection.covers(0, 1001) && connection.covers(0, 2001));
  CHECK(!connection.covers(0, 2002) && !connection.covers(0, 3'000'000'000u) && !connection.covers(0, 4'290'000'000u));
  CHECK(connection.covers(1, 5001) && !connection.covers(1, 1001'000));
}

TEST("state/tcp_connection: two workers may track the two directions at the same time") {
  TcpConnection connection = established();
  std::atomic<std::uint32_t> valid{0};
  const auto follow = [&](unsigned sender, TcpSegment segment, std::uint32_t count, std::uint32_t length) {
    for (std::uint32_t i = 0; i < count; ++i, segment.sequence += length) {
      segment.length = length;
      segment.flags = static_cast<std::uint8_t>(Tcp::kAck | (i + 1 == count ? Tcp::kFin : 0));
      if (connection.track(sender, segment, false) == Tracked::valid()) valid.fetch_add(1);
    }
  };
  TcpSegment from_one, from_other;
  from_one.sequence = from_other.acknowledgement = 1001;
  from_other.sequence = from_one.acknowledgement = 5001;
  from_one.window = 500;
  from_other.window = 255;
  std::thread one(follow, 0u, from_one, 20'000u, 3u), other(follow, 1u, from_other, 20'000u, 2u);
  one.join();
  other.join();
  CHECK_EQUAL(valid.load(), 40'000u);
  PLAY(connection, R"(
    A A seq 61002 ack 45002  valid last_ack
    B A seq 45002 ack 61002  valid time_wait
  )");
}

TEST("state/tcp_connection: of what honest hosts say, whatever the network does to it, nothing new is refused") {
  std::mt19937_64 random(20261126);
  std::uint32_t tracked = 0, refused = 0;
  for (std::uint32_t round = 0; round < 400; ++round) {
    TcpPeers::Settings settings;
    for (unsigned side : {0u, 1u}) {
      constexpr std::int8_t kScales[] = {-1, 0, 2, 7, 14};
      settings.scale[side] = kScales[random() % 5];
      settings.buffer[side] = static_cast<std::uint32_t>(random() % 2 == 0 ? 1'000 + random() % 5'000 : 1 + random() % 500'000);
      // A window of nothing but fractions would never open.
      if (settings.scale[side] > 0) settings.buffer[side] += 2u << settings.scale[side];
      settings.bytes[side] = static_cast<std::uint32_t>(random() % 300'000);
      settings.first[side] = static_cast<std::uint32_t>(random() % 2 == 0 ? random() : 0 - random() % 100'000);
    }
    settings.both_open = round % 5 == 1;
    settings.aborts = round % 5 == 2;
    if (round % 5 == 3) settings.picked_up_at = static_cast<std::uint32_t>(1 + random() % 300);
    TcpPeers peers(settings, round);
    peers.run(3'000'000);
    tracked += peers.tracked;
    refused += peers.refused;
    const ConnectionState state = peers.connection.state();
    const bool ended = state == ConnectionState::k_time_wait || state == ConnectionState::k_closed;
    const bool settled = peers.aborted_ ? peers.connection.timeout() == Timeout::k_tcp_close : ended;
    if (peers.useful_refused > 0 || !peers.is_over() || (!settled && settings.picked_up_at == 0)) {
      const TcpSegment& segment = peers.first_refused;
      fail(__FILE__, __LINE__, "round " + std::to_string(round) + ": " + std::to_string(peers.useful_refused) + " of " +
           std::to_string(peers.tracked) + " refused, over " + show(peers.is_over()) + ", " + name_of(state) + "; first by " +
           std::to_string(peers.first_refused_sender) + ": flags " + std::to_string(segment.flags) + " seq " +
           std::to_string(segment.sequence) + " ack " + std::to_string(segment.acknowledgement) + " length " +
           std::to_string(segment.length) + ": " + sentence_of(peers.first_why));
      return;
    }
  }
  CHECK(tracked > 100'000);
  CHECK(refused < tracked / 100);
}
