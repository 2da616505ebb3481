#include "commit/transaction.hpp"

#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <set>

#include "commit/draft.hpp"
#include "native/edits.hpp"
#include "native/tap.hpp"

using namespace vsw;
using namespace vsw::test;

namespace {

// The one edit that the bytes hold; null, with a failure, when they hold another or none.
template <class Wanted>
const Wanted* only(const Result<Transaction>& result) {
  if (!result || result.value().edits().size() != 1) {
    fail(__FILE__, __LINE__, result ? "not one edit" : "refused: " + result.error().message);
    return nullptr;
  }
  const Wanted* edit = std::get_if<Wanted>(&result.value().edits()[0]);
  if (edit == nullptr) fail(__FILE__, __LINE__, "another edit");
  return edit;
}

Bytes bytes_of(const Mac& mac) {
  Bytes bytes(6);
  mac.write(bytes.data());
  return bytes;
}
Bytes bytes_of(const Ip& ip) {
  Bytes bytes(16);
  std::memcpy(bytes.data(), ip.bytes.data(), 16);
  return bytes;
}

std::string refusal(const Bytes& bytes) {
  const Result<Transaction> result = Transaction::decode(bytes);
  if (result) return "not refused";
  if (result.error().code != ErrorCode::kMalformed) fail(__FILE__, __LINE__, "not malformed, but something else");
  return result.error().message;
}

const PlannedNetwork kNetwork{7, "dev", 9'000, 123'456, {0x88cc, 0x8847}, true, false, 100, true, 11, 70'000, 0,
                              2'000, 30'000, true, false, true, false, 126'000, 9'000};
PlannedPort full_port() {
  PlannedPort port;
  port.id = 513;
  port.network = 7;
  port.type = 3;
  port.further_addresses = {600};
  port.anti_spoof = false;
  port.offloads = true;
  port.persist = false;
  port.mtu = 1'400;
  port.macs_max = 70'000;
  port.flows_max = 80'000;
  port.netns = "/run/netns/web-1";
  port.device = "eth0";
  port.pcap_read = "/tmp/a.pcap";
  port.pcap_write = "/tmp/b.pcap";
  port.pcap_repeat = true;
  port.hairpin = true;
  port.groups_max = 90'000;
  port.multicast_router = true;
  port.queues = 3;
  port.trunk = {7, 8, 0xfffe};
  port.trunk_addresses = {{8, 601}};
  port.routes = {{mapped(from_hex("00000000")), 0, mapped(from_hex("0a4d00fe"))}, {from_hex("fd00 0078 0000 0000 0000 0000 0000 0000"), 64, number(0, 16)}};
  return port;
}

PlannedRule full_rule() {
  return {70'000, 3, 4, 9, 80'000, 90'000, {{6, 443, 8'443, 0}, {256, 0, 0xffff, 12}}, {{1, 2}}};
}

// Every edit there is, each once.
std::vector<Edits> every_edit() {
  return {Edits().put_network(kNetwork), Edits().delete_network(7),          Edits().put_port(full_port()),
          Edits().delete_port(3),        Edits().close_port(4),              Edits().put_static_mac(7, 9, 513),
          Edits().delete_static_mac(7, 9),
          Edits().put_address_sets(7, mapped(ip4_of(1)), {1, 70'000}),
          Edits().delete_address_sets(7, ip6_of(1)),
          Edits().put_prefix_set(9, 0, mapped(ip4_of(1)), 32),
          Edits().delete_prefix_set(9),
          Edits().put_service_sets(7, ip6_of(1), 132, 3'868, {5}),
          Edits().delete_service_sets(7, ip6_of(1), 132, 3'868),
          Edits().put_rules(1, {full_rule(), {}}),
          Edits().splice_rules(1, 1, 2, {full_rule()}),
          Edits().delete_rules(1),
          Edits().put_port_policy(513, 1, 2, 3, 4)};
}

}  // namespace

TEST("commit/transaction: no bytes are no edits") {
  const Result<Transaction> result = Transaction::decode({});
  REQUIRE(result.ok());
  CHECK(result.value().edits().empty());
}

TEST("commit/transaction: a network comes as it was written") {
  const Result<Transaction> result = Transaction::decode(Edits().put_network(kNetwork));
  const auto* edit = only<PutNetwork>(result);
  REQUIRE(edit != nullptr);
  CHECK_EQUAL(edit->network, 7);
  CHECK_EQUAL(edit->name, std::string("dev"));
  CHECK_EQUAL(edit->mtu, 9'000);
  CHECK_EQUAL(edit->mac_age_ms, 123'456u);
  CHECK(edit->ether_types == (std::vector<std::uint16_t>{0x88cc, 0x8847}));
  CHECK_EQUAL(edit->ingress_allowed, 1);
  CHECK_EQUAL(edit->egress_allowed, 0);
  CHECK_EQUAL(edit->vlan, 100);
  CHECK_EQUAL(edit->carries_tags, 1);
  CHECK_EQUAL(edit->storm_broadcast, 11u);
  CHECK_EQUAL(edit->storm_multicast, 70'000u);
  CHECK_EQUAL(edit->storm_unknown_unicast, 0u);
  CHECK_EQUAL(edit->snooping, 1);
  CHECK_EQUAL(edit->querier, 0);
  CHECK_EQUAL(edit->fast_leave, 1);
  CHECK_EQUAL(edit->flood_unknown, 0);
  CHECK_EQUAL(edit->query_ms, 126'000u);
  CHECK_EQUAL(edit->response_ms, 9'000u);
}

TEST("commit/transaction: a port comes as it was written") {
  const Result<Transaction> result = Transaction::decode(Edits().put_port(full_port()));
  const auto* edit = only<PutPort>(result);
  REQUIRE(edit != nullptr);
  CHECK_EQUAL(edit->port, 513);
  CHECK_EQUAL(edit->name, std::string("port-513"));
  CHECK_EQUAL(edit->network, 7);
  CHECK_EQUAL(edit->type, 3);
  CHECK_EQUAL(edit->netns, std::string("/run/netns/web-1"));
  CHECK_EQUAL(edit->device, std::string("eth0"));
  CHECK_EQUAL(to_hex(bytes_of(edit->mac)), to_hex(mac_of(513)));
  REQUIRE(edit->addresses.size() == 3);
  CHECK_EQUAL(to_hex(bytes_of(edit->addresses[0].address)), to_hex(mapped(ip4_of(513))));
  CHECK_EQUAL(edit->addresses[0].length, 16);
  CHECK_EQUAL(to_hex(bytes_of(edit->addresses[1].address)), to_hex(ip6_of(513)));
  CHECK_EQUAL(edit->addresses[1].length, 64);
  CHECK_EQUAL(to_hex(bytes_of(edit->addresses[2].address)), to_hex(mapped(ip4_of(600))));
  CHECK_EQUAL(edit->addresses[2].length, 32);
  REQUIRE(edit->routes.size() == 2);
  CHECK_EQUAL(edit->routes[0].to.length, 0);
  CHECK_EQUAL(to_hex(bytes_of(edit->routes[0].via)), to_hex(mapped(from_hex("0a4d00fe"))));
  CHECK_EQUAL(edit->routes[1].to.length, 64);
  CHECK(edit->routes[1].via == Ip{});
  CHECK_EQUAL(edit->mtu, 1'400);
  CHECK_EQUAL(edit->anti_spoof, 0);
  CHECK_EQUAL(edit->persist, 0);
  CHECK_EQUAL(edit->offloads, 1);
  CHECK_EQUAL(edit->macs_max, 70'000u);
  CHECK_EQUAL(edit->flows_max, 80'000u);
  CHECK_EQUAL(edit->pcap_read, std::string("/tmp/a.pcap"));
  CHECK_EQUAL(edit->pcap_write, std::string("/tmp/b.pcap"));
  CHECK_EQUAL(edit->pcap_repeat, 1);
  CHECK_EQUAL(edit->hairpin, 1);
  CHECK_EQUAL(edit->groups_max, 90'000u);
  CHECK_EQUAL(edit->multicast_router, 1);
  CHECK_EQUAL(edit->queues, 3);
  CHECK(edit->trunk == (std::vector<std::uint16_t>{7, 8, 0xfffe}));
  REQUIRE(edit->trunk_addresses.size() == 1);
  CHECK_EQUAL(edit->trunk_addresses[0].network.value, 8);
  CHECK_EQUAL(to_hex(bytes_of(edit->trunk_addresses[0].prefix.address)), to_hex(mapped(ip4_of(601))));
}

TEST("commit/transaction: the small edits come as they were written") {
  const Result<Transaction> networks = Transaction::decode(Edits().delete_network(7));
  const Result<Transaction> deleted = Transaction::decode(Edits().delete_port(0xfffe));
  const Result<Transaction> closed = Transaction::decode(Edits().close_port(4));
  const Result<Transaction> put = Transaction::decode(Edits().put_static_mac(7, 9, 513));
  const Result<Transaction> gone = Transaction::decode(Edits().delete_static_mac(8, 10));
  if (const auto* edit = only<DeleteNetwork>(networks)) CHECK_EQUAL(edit->network, 7);
  if (const auto* edit = only<DeletePort>(deleted)) CHECK_EQUAL(edit->port, 0xfffe);
  if (const auto* edit = only<ClosePort>(closed)) CHECK_EQUAL(edit->port, 4);
  if (const auto* edit = only<PutStaticMac>(put)) {
    CHECK_EQUAL(edit->network, 7);
    CHECK_EQUAL(to_hex(bytes_of(edit->mac)), to_hex(mac_of(9)));
    CHECK_EQUAL(edit->port, 513);
  }
  if (const auto* edit = only<DeleteStaticMac>(gone)) {
    CHECK_EQUAL(edit->network, 8);
    CHECK_EQUAL(to_hex(bytes_of(edit->mac)), to_hex(mac_of(10)));
  }
}

TEST("commit/transaction: empty texts and lists are texts and lists") {
  Edits edits;
  edits.put_network({.id = 1, .name = "", .ether_types = {}});
  const Result<Transaction> result = Transaction::decode(edits);
  if (const auto* edit = only<PutNetwork>(result)) CHECK(edit->name.empty() && edit->ether_types.empty());
}

TEST("commit/transaction: edits stay in the order in which they were written") {
  Edits all;
  for (int round = 0; round < 2; ++round)
    for (const Edits& edits : every_edit()) all.append(edits.bytes());
  const Result<Transaction> result = Transaction::decode(all);
  REQUIRE(result.ok());
  REQUIRE(result.value().edits().size() == 34);
  for (std::size_t i = 0; i < 34; ++i) CHECK_EQUAL(result.value().edits()[i].index(), i % 17);
}

// Whoever reads past the bytes that are there is caught by the address sanitizer: each has memory of its own size.
TEST("commit/transaction: whatever is cut off, what is left is refused as a whole, with its place") {
  Bytes whole;
  std::set<std::size_t> boundaries{0};
  for (const Edits& edits : every_edit()) {
    whole.insert(whole.end(), edits.bytes().begin(), edits.bytes().end());
    boundaries.insert(whole.size());
  }
  for (std::size_t length = 0; length <= whole.size(); ++length) {
    Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
    cut.shrink_to_fit();
    if (boundaries.count(length) != 0) {
      CHECK(Transaction::decode(cut).ok());
      continue;
    }
    const auto next = boundaries.upper_bound(length);
    const auto edit = static_cast<std::size_t>(std::distance(boundaries.begin(), next)) - 1;
    const std::string wanted = "edit " + std::to_string(edit) + " at byte " + std::to_string(*std::prev(next)) + " (tag " +
                               std::to_string(edit + 1) + ") is cut short, unknown or out of range";
    CHECK_EQUAL(refusal(cut), wanted);
  }
}

TEST("commit/transaction: an unknown tag is refused, also behind good edits") {
  for (unsigned tag = 0; tag < 256; ++tag) {
    if (tag >= 1 && tag <= 17) continue;
    CHECK_EQUAL(refusal(Edits().delete_port(1).add(tag, 1).append(Bytes(64)).bytes()),
                "edit 1 at byte 3 (tag " + std::to_string(tag) + ") is cut short, unknown or out of range");
  }
}

TEST("commit/transaction: a length that is greater than what is left is refused, and asks for no memory") {
  CHECK(refusal(Edits().add(1, 1).add(7, 2).add(0xffff, 2).add(0x41, 1).bytes()) != "not refused");
  CHECK(refusal(Edits().add(1, 1).add(7, 2).text("dev").add(1'500, 2).add(1, 4).add(0xffff, 2).add(0x88cc, 2).bytes()) != "not refused");
}

TEST("commit/transaction: rules come as they were written") {
  const Result<Transaction> result = Transaction::decode(Edits().splice_rules(3, 70'000, 2, {full_rule(), {}}));
  const auto* edit = only<SpliceRules>(result);
  REQUIRE(edit != nullptr);
  CHECK_EQUAL(edit->list, 3u);
  CHECK_EQUAL(edit->at, 70'000u);
  CHECK_EQUAL(edit->removed, 2u);
  REQUIRE(edit->inserted.size() == 2);
  const Rule& rule = edit->inserted[0];
  CHECK_EQUAL(rule.id.value, 70'000u);
  CHECK(rule.action == RuleAction::kPass && rule.tier == 4 && rule.has(Rule::kLog) && rule.has(Rule::kKill) && !rule.has(Rule::kKeep));
  CHECK(rule.source == 80'000 && rule.destination == 90'000);
  CHECK(rule.services == (std::vector<Service>{{6, 443, 8'443, 0}, {256, 0, 0xffff, 12}}));
  CHECK(rule.source_ports == (std::vector<PortRange>{{1, 2}}));
  CHECK(edit->inserted[1].services.empty() && edit->inserted[1].action == RuleAction::kAllow);
}

TEST("commit/transaction: a rule that means nothing is refused") {
  for (const PlannedRule& rule : {PlannedRule{.id = 0}, PlannedRule{.action = 4}, PlannedRule{.services = {{257, 0, 0, 0}}},
                                  PlannedRule{.services = {{6, 2, 1, 0}}}, PlannedRule{.source_ports = {{2, 1}}}})
    CHECK(refusal(Edits().put_rules(1, {rule}).bytes()) != "not refused");
}

TEST("commit/transaction: memberships come as they were written") {
  const Result<Transaction> sets = Transaction::decode(Edits().put_address_sets(7, mapped(ip4_of(1)), {1, 70'000}));
  const auto* edit = only<PutAddressSets>(sets);
  REQUIRE(edit != nullptr);
  CHECK(edit->network == 7 && edit->sets == (std::vector<std::uint32_t>{1, 70'000}));
  CHECK_EQUAL(to_hex(bytes_of(edit->address)), to_hex(mapped(ip4_of(1))));
  const Result<Transaction> prefixes = Transaction::decode(Edits().put_prefix_set(9, 3, mapped(ip4_of(1)), 24));
  const auto* prefix = only<PutPrefixSet>(prefixes);
  REQUIRE(prefix != nullptr && prefix->prefixes.size() == 1);
  CHECK(prefix->set == 9 && prefix->prefixes[0].network.value == 3 && prefix->prefixes[0].prefix.length == 24);
  const Result<Transaction> policy = Transaction::decode(Edits().put_port_policy(513, 1, 2, 3, 4));
  const auto* port = only<PutPortPolicy>(policy);
  REQUIRE(port != nullptr);
  CHECK(port->port == 513 && port->ingress == 1 && port->egress == 2 && port->ingress_audit == 3 && port->egress_audit == 4);
}

TEST("commit/transaction: a text with a zero byte is refused: a system call would read less of it") {
  Edits edits;
  edits.put_network({.name = std::string("de\0v", 4)});
  CHECK(refusal(edits.bytes()) != "not refused");
  PlannedPort port = full_port();
  port.netns = std::string("/run/netns/web\0/../x", 20);
  CHECK(refusal(Edits().put_port(port).bytes()) != "not refused");
}

TEST("commit/transaction: a prefix is no longer than its family's addresses") {
  const auto with_route = [](const Bytes& to, std::uint8_t length) {
    PlannedPort port = full_port();
    port.hairpin = true;
  port.trunk = {7, 8, 0xfffe};
  port.trunk_addresses = {{8, 601}};
  port.routes = {{to, length, number(0, 16)}};
    return Transaction::decode(Edits().put_port(port)).ok();
  };
  CHECK(with_route(mapped(ip4_of(1)), 32));
  CHECK(!with_route(mapped(ip4_of(1)), 33));
  CHECK(!with_route(mapped(ip4_of(1)), 128));
  CHECK(with_route(ip6_of(1), 128));
  CHECK(!with_route(ip6_of(1), 129));
  CHECK(!with_route(ip6_of(1), 255));
}

// They change with edits.def; nothing else would say so, since what is refused does no harm either.
TEST("commit/transaction: the seeds of the fuzz target are transactions of today") {
  const std::string here = __FILE__, folder = "test/fuzz/corpus/transaction_decode";
  const std::filesystem::path seeds = std::filesystem::is_directory(folder) ? folder : here.substr(0, here.rfind("test/native/")) + folder;
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(seeds)) {
    const std::string name = entry.path().filename();
    if (name.find('-') == std::string::npos) continue;  // found by a fuzzer, and named by its hash
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const auto bytes = std::as_bytes(std::span(text));
    REQUIRE(bytes.size() > 2);
    const std::size_t middle = std::to_integer<std::size_t>(bytes[0]) | std::to_integer<std::size_t>(bytes[1]) << 8;
    REQUIRE(2 + middle < bytes.size());
    const Result<Transaction> first = Transaction::decode(bytes.subspan(2, middle));
    const Result<Transaction> second = Transaction::decode(bytes.subspan(2 + middle));
    if (!first || !second) {
      fail(__FILE__, __LINE__, name + ": " + (first ? second : first).error().message + "; remedy: /usr/bin/python3 test/fuzz/seeds.py");
      continue;
    }
    Generation none;
    none.id = GenerationId{1};
    Draft draft(none, GenerationId{2}, 64);
    if (const Outcome outcome = draft.apply(first.value()); !outcome) fail(__FILE__, __LINE__, name + ": " + outcome.error().message);
    ++count;
  }
  CHECK(count >= 12);
}
