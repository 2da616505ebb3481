// What IGMP and MLD messages mean, and which of them are refused. Bytes as the RFCs draw them.
#include "wire/membership.hpp"

#include "native/frames.hpp"
#include "native/stations.hpp"
#include "native/tap.hpp"
#include "wire/dissect.hpp"

namespace vsw::test {
namespace {

using Kind = MembershipMessage::Kind;

const Bytes kAlert4 = from_hex("94 04 00 00"), kGroup4 = from_hex("ef 01 02 03");
const Bytes kGroup6 = from_hex("ff05 0000 0000 0000 0000 0000 0001 0003");
const Bytes kAlert6 = from_hex("3a 00 05 02 00 00 01 00");
const Bytes kLinkLocal = from_hex("fe80 0000 0000 0000 0000 00ff fe00 0001");

Bytes with_igmp_sum(Bytes message) {
  write(message, 2, 0, 2);
  write(message, 2, 0xffff & ~naive_sum(message), 2);
  return message;
}

Bytes igmp_frame(const Bytes& message, const Bytes& options = kAlert4, std::uint8_t ttl = 1, std::uint16_t fragment = 0) {
  Bytes datagram = ipv4(2, with_igmp_sum(message), fragment, options);
  write(datagram, 8, ttl, 1);
  repair_ipv4(datagram);
  return ethernet(0x0800, datagram);
}

Bytes mld_frame(const Bytes& message, const Bytes& source = kLinkLocal, const Bytes& options = kAlert6,
                std::uint8_t hop_limit = 1) {
  const Bytes destination = from_hex("ff02 0000 0000 0000 0000 0000 0000 0016");
  const Bytes payload = join({options, icmp6_message(source, destination, message)});
  return ethernet(0x86dd, join({number(0x6000'0000, 4), number(payload.size(), 2), number(options.empty() ? 58 : 0, 1),
                                number(hop_limit, 1), source, destination, payload}));
}

struct Read {
  bool is = false;
  MembershipMessage message;
  std::vector<GroupRecord> records;
};

Read read_frame(const Bytes& whole, std::size_t at_hand = 65'535) {
  const Bytes frame(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(std::min(at_hand, whole.size())));
  Headers headers;
  Read result;
  if (parse(frame, static_cast<std::uint32_t>(whole.size()), false, headers) != ParseError::kNone) return result;
  result.is = MembershipMessage::read(frame, headers, result.message);
  if (result.message.kind != Kind::kRecords) return result;
  MembershipMessage message = result.message;
  for (GroupRecord record; message.next_record(std::span(frame).first(headers.end), record);) result.records.push_back(record);
  return result;
}
Kind kind_of(const Bytes& frame, std::size_t at_hand = 65'535) { return read_frame(frame, at_hand).message.kind; }

Bytes igmp_record(std::uint8_t type, const Bytes& group, std::uint16_t sources, std::uint8_t auxiliary = 0) {
  return join({number(type, 1), number(auxiliary, 1), number(sources, 2), group, counting(4u * sources + 4u * auxiliary)});
}
Bytes mld_record(std::uint8_t type, const Bytes& group, std::uint16_t sources) {
  return join({number(type, 1), number(0, 1), number(sources, 2), group, counting(16u * sources)});
}
Bytes report3(std::uint8_t type, std::uint16_t count, const Bytes& records) {
  return join({number(type, 1), number(0, 5), number(count, 2), records});
}

}  // namespace

TEST("wire/membership: IGMP reports and leaves of versions 1 and 2") {
  const Read report = read_frame(igmp_frame(join({from_hex("16 00 0000"), kGroup4})));
  CHECK(report.is && report.message.kind == Kind::kReport && !report.message.version1 && !report.message.v6);
  CHECK_EQUAL(to_string(report.message.group), "239.1.2.3");
  CHECK_EQUAL(to_string(report.message.source), "10.77.0.1");
  CHECK(read_frame(igmp_frame(join({from_hex("12 00 0000"), kGroup4}), {})).message.version1);
  CHECK(kind_of(igmp_frame(join({from_hex("17 00 0000"), kGroup4}))) == Kind::kLeave);
  CHECK(kind_of(igmp_frame(join({from_hex("16 00 0000"), kGroup4}), {})) == Kind::kReport);
  CHECK(kind_of(igmp_frame(join({from_hex("16 00 0000"), from_hex("0a010203")}))) == Kind::kMalformed);
  CHECK(!read_frame(ethernet(0x0800, ipv4(17, udp(counting(4))))).is);
}

TEST("wire/membership: queries of every version, with their times") {
  const Read v1 = read_frame(igmp_frame(from_hex("11 00 0000 00000000"), {}));
  CHECK(v1.message.kind == Kind::kQuery && v1.message.version1 && v1.message.group.is_unspecified());
  CHECK_EQUAL(v1.message.response_ms, 10'000u);
  const Read v2 = read_frame(igmp_frame(join({from_hex("11 0a 0000"), kGroup4})));
  CHECK(v2.message.kind == Kind::kQuery && !v2.message.version1);
  CHECK_EQUAL(v2.message.response_ms, 1'000u);
  CHECK_EQUAL(v2.message.interval_ms, 0u);
  const Read v3 = read_frame(igmp_frame(join({from_hex("11 64 0000 00000000 02 7d 0000")})));
  CHECK(v3.message.kind == Kind::kQuery);
  CHECK_EQUAL(v3.message.response_ms, 10'000u);
  CHECK_EQUAL(v3.message.interval_ms, 125'000u);
  const Read sourced = read_frame(igmp_frame(join({from_hex("11 8f 0000"), kGroup4, from_hex("02 ff 0002 0a000001 0a000002")})));
  CHECK(sourced.message.kind == Kind::kQuery);
  CHECK_EQUAL(sourced.message.source_count, 2u);
  CHECK_EQUAL(sourced.message.response_ms, 24'800u);
  CHECK_EQUAL(sourced.message.interval_ms, 31'744'000u);
  const Read mld1 = read_frame(mld_frame(join({from_hex("82 00 0000 2710 0000"), number(0, 16)})));
  CHECK(mld1.message.kind == Kind::kQuery && mld1.message.v6 && mld1.message.group.is_unspecified());
  CHECK_EQUAL(mld1.message.response_ms, 10'000u);
  const Read mld2 = read_frame(mld_frame(join({from_hex("82 00 0000 8001 0000"), kGroup6, from_hex("02 7d 0000")})));
  CHECK(mld2.message.kind == Kind::kQuery);
  CHECK_EQUAL(mld2.message.response_ms, 0x1001u << 3);
  CHECK_EQUAL(to_string(mld2.message.group), "ff05::1:3");
}

TEST("wire/membership: records say what is wanted and what is not") {
  const Bytes records = join({igmp_record(4, kGroup4, 0), igmp_record(3, kGroup4, 0, 2), igmp_record(3, kGroup4, 2),
                              igmp_record(6, kGroup4, 1), igmp_record(5, kGroup4, 1), igmp_record(9, kGroup4, 1)});
  const Read read = read_frame(igmp_frame(report3(0x22, 6, records)));
  CHECK(read.message.kind == Kind::kRecords);
  REQUIRE(read.records.size() == 6);
  CHECK(read.records[0].wants() && !read.records[0].abandons());
  CHECK(read.records[1].abandons() && !read.records[1].wants());
  CHECK(read.records[2].wants() && !read.records[2].abandons());
  CHECK(read.records[3].doubts() && !read.records[3].wants());
  CHECK(read.records[4].wants());
  CHECK(!read.records[5].wants() && !read.records[5].abandons() && !read.records[5].doubts());
  const Read wide = read_frame(mld_frame(report3(143, 2, join({mld_record(2, kGroup6, 1), mld_record(1, kGroup6, 0)}))));
  CHECK(wide.message.kind == Kind::kRecords);
  REQUIRE(wide.records.size() == 2);
  CHECK(wide.records[0].wants() && wide.records[1].abandons());
  CHECK_EQUAL(to_string(wide.records[0].group), "ff05::1:3");
  CHECK(read_frame(mld_frame(report3(143, 0, {}), number(0, 16))).message.kind == Kind::kRecords);
}

TEST("wire/membership: what contradicts itself is malformed") {
  const Bytes report = join({from_hex("16 00 0000"), kGroup4});
  Bytes wrong_sum = igmp_frame(report);
  wrong_sum[wrong_sum.size() - 1] ^= std::byte{1};
  CHECK(kind_of(wrong_sum) == Kind::kMalformed);
  CHECK(kind_of(igmp_frame(report, kAlert4, 2)) == Kind::kMalformed);
  CHECK(kind_of(igmp_frame(report, kAlert4, 1, 0x2000)) == Kind::kMalformed);
  CHECK(kind_of(igmp_frame(from_hex("16 00 0000 ef01"))) == Kind::kMalformed);
  CHECK(kind_of(igmp_frame(from_hex("11 64 0000 00000000 02"))) == Kind::kMalformed);
  CHECK(kind_of(igmp_frame(from_hex("11 64 0000 00000000 02 7d 0001"))) == Kind::kMalformed);
  CHECK(kind_of(igmp_frame(from_hex("11 64 0000 00000000"), {})) == Kind::kMalformed);
  CHECK(kind_of(igmp_frame(from_hex("11 64 0000 0a000001"))) == Kind::kMalformed);
  const Bytes record = igmp_record(4, kGroup4, 0);
  CHECK(kind_of(igmp_frame(report3(0x22, 1, record), {})) == Kind::kMalformed);
  CHECK(kind_of(igmp_frame(report3(0x22, 1, record), from_hex("94 04 00 01"))) == Kind::kMalformed);
  CHECK(kind_of(igmp_frame(report3(0x22, 2, record))) == Kind::kMalformed);
  CHECK(kind_of(igmp_frame(report3(0x22, 1, Bytes(record.begin(), record.end() - 1)))) == Kind::kMalformed);
  CHECK(kind_of(igmp_frame(report3(0x22, 1, igmp_record(1, kGroup4, 255)))) == Kind::kRecords);
  Bytes lying = record;
  write(lying, 2, 0xffff, 2);
  CHECK(kind_of(igmp_frame(report3(0x22, 1, lying))) == Kind::kMalformed);

  const Bytes done = join({from_hex("84 00 0000 0000 0000"), kGroup6});
  CHECK(kind_of(mld_frame(done)) == Kind::kLeave);
  CHECK(kind_of(mld_frame(done, kSource6)) == Kind::kMalformed);
  CHECK(kind_of(mld_frame(done, kLinkLocal, {})) == Kind::kMalformed);
  CHECK(kind_of(mld_frame(done, kLinkLocal, from_hex("3a 00 01 04 00000000"))) == Kind::kMalformed);
  CHECK(kind_of(mld_frame(done, kLinkLocal, kAlert6, 255)) == Kind::kMalformed);
  CHECK(kind_of(mld_frame(Bytes(done.begin(), done.end() - 1))) == Kind::kMalformed);
  CHECK(kind_of(mld_frame(join({from_hex("82 00 0000 2710 0000"), number(0, 16)}), number(0, 16))) == Kind::kMalformed);
  CHECK(!read_frame(mld_frame(join({from_hex("87 00 0000 0000 0000"), kGroup6}))).is);
}

TEST("wire/membership: another type of IGMP is passed on, whatever its TTL; a report in two pieces is not read") {
  CHECK(kind_of(igmp_frame(from_hex("13 01 0000 00000000"), {}, 64)) == Kind::kUnknown);
  Bytes many;
  for (int i = 0; i < 100; ++i) many = join({many, igmp_record(4, kGroup4, 0)});
  CHECK(kind_of(igmp_frame(report3(0x22, 100, many)), 200) == Kind::kUnread);
  CHECK(kind_of(igmp_frame(report3(0x22, 100, many), {}), 200) == Kind::kMalformed);  // without a router alert
  CHECK(kind_of(igmp_frame(report3(0x22, 100, many))) == Kind::kRecords);
  CHECK(kind_of(igmp_frame(join({from_hex("16 00 0000"), kGroup4, counting(400)})), 200) == Kind::kMalformed);
}

TEST("wire/membership: which groups may be kept from anybody") {
  const auto v4 = [](const char* hex) { return is_snooped_group(Ip::v4(from_hex(hex).data())); };
  const auto v6 = [](const char* hex) { return is_snooped_group(Ip::v6(join({from_hex(hex), number(1, 14)}).data())); };
  CHECK(!v4("e0000001") && !v4("e00000fb") && v4("e0000101") && v4("ef010203") && v4("e8000001") && !v4("0a000001") &&
        !v4("ffffffff"));
  CHECK(!v6("ff02") && !v6("ff01") && !v6("ff00") && !v6("ff12") && v6("ff05") && v6("ff0e") && v6("ff3e") && !v6("fe80"));
}

TEST("wire/membership: times in eight bits never come back longer") {
  for (const std::uint32_t value : {0u, 1u, 127u, 128u, 135u, 136u, 1000u, 3600u, 31'743u, 31'744u, 1'000'000u}) {
    const std::uint32_t back = from_time_code(to_time_code(value));
    CHECK(back <= value && (value > 31'744 || back + back / 16 + 1 >= value));
  }
  CHECK_EQUAL(from_time_code(0xff), 31'744u);
}

}  // namespace vsw::test
