#include "worker/snooper.hpp"

#include <algorithm>
#include <array>

#include "base/assert.hpp"
#include "pipeline/multicast.hpp"
#include "pipeline/prepare.hpp"

namespace vsw {

namespace {

constexpr std::uint32_t kLastMemberMs = 1'000;   // how long an answer to a query for a group may take
constexpr std::uint32_t kSweepAtOnce = 256;      // memberships looked at with the table's lock held
constexpr std::uint32_t kSweepATurn = 4'096;

QuerierTable::Settings settings_of(const NetworkEntry& network) noexcept {
  return {network.multicast.querier, network.multicast.query_ms, network.multicast.response_ms};
}

std::uint32_t ms_of(std::uint64_t ns) noexcept { return static_cast<std::uint32_t>(ns / 1'000'000); }

bool is_member(const NetworkEntry& network, PortId port) noexcept {
  const std::size_t word = port.value / 64u;
  return word < network.member_bits.size() && (network.member_bits[word] >> port.value % 64 & 1) != 0;
}

Ip any_group(bool v6) noexcept {
  constexpr std::uint8_t kNothing[4] = {0, 0, 0, 0};
  return v6 ? Ip{} : Ip::v4(kNothing);
}

}  // namespace

void Snooper::tell(EventType type, NetworkId network, PortId port, const Ip& group) noexcept {
  Event event{type, network, port, {}, 0};
  event.group = group.bytes;
  events_.push(event);
}

void Snooper::take(const Generation& generation, const NetworkEntry& network, const PortEntry& ingress,
                   const Packet& packet, std::uint64_t now_ns) noexcept {
  using Kind = MembershipMessage::Kind;
  MembershipMessage message;
  if (VSW_BUG(!MembershipMessage::read(packet.head(), packet.headers, message))) return;
  const Moment moment{generation, network, ingress, message.v6, now_ns, ms_of(now_ns)};
  GroupRecord record;
  switch (message.kind) {
    case Kind::kQuery:
      hear_query(moment, message);
      break;
    case Kind::kReport:
      want(moment, message.group, message.version1);
      break;
    case Kind::kLeave:
      abandon(moment, message.group, true);
      break;
    case Kind::kRecords:
      while (message.next_record(packet.head().first(packet.headers.end), record)) {
        if (record.wants()) want(moment, record.group, false);
        else if (record.abandons() || record.doubts()) abandon(moment, record.group, record.abandons());
      }
      break;
    case Kind::kUnread:
      give_everything(moment);
      break;
    case Kind::kUnknown:
    case Kind::kMalformed:
      break;
  }
}

void Snooper::hear_query(const Moment& moment, const MembershipMessage& message) noexcept {
  const NetworkId network = moment.network.id;
  const bool general = message.group.is_unspecified();
  const QuerierTable::Settings settings = settings_of(moment.network);
  fabric_.queriers.hear(network, moment.v6,
                        {message.source, querier_address(network, moment.v6), general, message.interval_ms,
                         message.response_ms},
                        settings, moment.now_ms);
  // 0.0.0.0 is a switch that asks, not a router (RFC 4541, 2.1.1).
  if (!message.source.is_unspecified()) {
    const std::uint32_t until_ms = moment.now_ms + fabric_.queriers.router_ms(network, moment.v6, settings);
    (void)fabric_.groups.join(network, message.group, moment.ingress.id, GroupTable::Role::kRouter, until_ms, 0);
  }
  if (general || message.source_count != 0) return;
  // Whoever still wants the group says so now; the querier asks as often as we would.
  const std::uint32_t until_ms = moment.now_ms + QuerierTable::kRobustness * message.response_ms;
  for (const PortId port : moment.network.members)
    (void)fabric_.groups.doubt(network, message.group, port, moment.now_ms, until_ms, 0, 0);
}

void Snooper::want(const Moment& moment, const Ip& group, bool version1) noexcept {
  if (!is_snooped_group(group)) return;
  const NetworkId network = moment.network.id;
  const std::uint32_t until_ms =
      moment.now_ms + fabric_.queriers.membership_ms(network, moment.v6, settings_of(moment.network));
  switch (fabric_.groups.join(network, group, moment.ingress.id, GroupTable::Role::kMember, until_ms,
                              moment.ingress.groups_max)) {
    case GroupTable::Joined::kNew:
      tell(EventType::kGroupJoined, network, moment.ingress.id, group);
      break;
    case GroupTable::Joined::kKnown:
      break;
    case GroupTable::Joined::kRefused:
      page_.add(moment.ingress.id, Counter::k_groups_refused, 1);
      give_everything(moment);
      return;
  }
  if (version1) fabric_.groups.hold_version1(network, group, moment.ingress.id, until_ms);
}

// What the port asked for is not known in full, so for a while it gets all there is.
void Snooper::give_everything(const Moment& moment) noexcept {
  const NetworkId network = moment.network.id;
  const std::uint32_t until_ms =
      moment.now_ms + fabric_.queriers.membership_ms(network, moment.v6, settings_of(moment.network));
  if (fabric_.groups.join(network, any_group(moment.v6), moment.ingress.id, GroupTable::Role::kEverything, until_ms, 0) !=
      GroupTable::Joined::kRefused)
    return;
  fabric_.queriers.flood(network, moment.v6, until_ms);
  fabric_.groups.set_filters(network, moment.v6, false);
}

// `surely`: the group as a whole was left, not some of its sources.
void Snooper::abandon(const Moment& moment, const Ip& group, bool surely) noexcept {
  if (!is_snooped_group(group)) return;
  const NetworkId network = moment.network.id;
  const PortId port = moment.ingress.id;
  if (surely && moment.network.multicast.fast_leave) {
    if (fabric_.groups.leave(network, group, port, moment.now_ms)) tell(EventType::kGroupLeft, network, port, group);
    return;
  }
  // Another querier asks by itself, and then it is heard.
  if (!fabric_.queriers.state(network, moment.v6).asks) return;
  constexpr std::uint8_t kFurther = QuerierTable::kRobustness - 1;
  const std::uint32_t until_ms = moment.now_ms + QuerierTable::kRobustness * kLastMemberMs;
  if (fabric_.groups.doubt(network, group, port, moment.now_ms, until_ms, kFurther, kLastMemberMs))
    ask(moment.generation, moment.network, group, kLastMemberMs, port, moment.now_ns);
}

void Snooper::pass(const Generation& generation, std::uint64_t now_ns, bool everything) noexcept {
  const std::uint32_t now_ms = ms_of(now_ns);
  if (generation.snoops) {
    for (const auto& network : generation.networks) {
      if (!network || !network->multicast.snooping) continue;
      for (const bool v6 : {false, true}) {
        bool filters;
        const bool due = fabric_.queriers.pass(network->id, v6, settings_of(*network), now_ms, filters);
        fabric_.groups.set_filters(network->id, v6, filters);
        if (due) ask(generation, *network, any_group(v6), network->multicast.response_ms, {}, now_ns);
      }
    }
  }
  std::uint32_t left = everything ? fabric_.groups.used() : std::min(kSweepATurn, fabric_.groups.used());
  if (everything) cursor_ = 0;
  while (left > 0) {
    std::array<GroupTable::Due, 32> due;
    std::uint32_t budget = std::min(left, kSweepAtOnce);
    left -= budget;
    const std::uint32_t told = fabric_.groups.sweep(cursor_, budget, now_ms, due.data(), due.size());
    left += budget;  // what was not looked at, because much was due
    for (std::uint32_t i = 0; i < told; ++i) {
      const GroupTable::Membership& membership = due[i].membership;
      if (membership.role != GroupTable::Role::kMember) continue;
      if (due[i].kind == GroupTable::Due::Kind::kExpired) {
        tell(EventType::kGroupLeft, membership.network, membership.port, membership.group);
      } else if (const NetworkEntry* network = generation.network(membership.network); network != nullptr) {
        ask(generation, *network, membership.group, kLastMemberMs, membership.port, now_ns);
      }
    }
  }
}

void Snooper::ask(const Generation& generation, const NetworkEntry& network, const Ip& group, std::uint32_t response_ms,
                  PortId only, std::uint64_t now_ns) noexcept {
  Packet* query = pool_.take();
  if (query == nullptr) return;  // it is asked again
  write_query(network, group, response_ms, *query);
  if (!VSW_BUG(prepare(*query, false) != DropReason::kNone)) {
    egress_.flush(now_ns);
    const auto send = [&](PortId port) noexcept {
      const PortEntry* receiver = generation.port(port);
      if (receiver == nullptr || fabric_.loops.is_held(port)) return;
      page_.add(port, Counter::k_originated_packets, 1);
      egress_.offer(*receiver, network, *query);
      egress_.flush(now_ns);
    };
    if (!only) {
      for (const PortId port : network.members) send(port);
    } else if (is_member(network, only)) {
      send(only);
    }
  }
  pool_.give(*query);
}

}  // namespace vsw
