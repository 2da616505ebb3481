#include "worker/worth.hpp"

#include <algorithm>

#include "pipeline/bridge.hpp"
#include "pipeline/multicast.hpp"
#include "wire/icmp.hpp"
#include "wire/icmpv6.hpp"

namespace vsw {

namespace {

// Whether frames of a flooded flow go where they went.
template <class Key>
bool still_flooded(const Fabric& fabric, const NetworkEntry& network, const Flow<Key>& flow, unsigned side) noexcept {
  if (!network.multicast.snooping || flow.flood_set == FloodSet::kUndeclared ||
      flow.key.kind == static_cast<std::uint8_t>(FlowKind::kEther) || flow.end[side ^ 1].mac.is_broadcast())
    return true;
  const GroupFlood now = group_flood(network, fabric.groups, address_of(flow.key, side ^ 1));
  return now == GroupFlood{flow.flood_set, flow.group()};
}

// Whether a station is where a record says. Of a connection it is, too, when it was silent for so long that its MAC was
// forgotten: the connection is not.
bool still_there(const Fabric& fabric, const NetworkEntry& network, const PortEntry& port, const Mac& mac, bool tracked) noexcept {
  const PortId station = find_station(network, fabric.macs, mac);
  return station ? station == port.id : tracked && !port.anti_spoof && port.is_in(network.id);
}

std::uint32_t list_changed(const Generation& generation, std::uint32_t list) noexcept {
  const RuleListEntry* entry = generation.rule_list(list);
  return entry != nullptr ? number_of(entry->changed) : 0;
}

// When anything last changed that rules read of this tuple, by a port that sends and one that receives (or none).
std::uint32_t rules_changed(const Generation& generation, const NetworkEntry& network, const PortEntry& sender,
                            const PortEntry* receiver, const Tuple& tuple) noexcept {
  std::uint32_t latest = std::max({number_of(network.judged), number_of(sender.judged),
                                   list_changed(generation, sender.policy.egress)});
  if (receiver != nullptr)
    latest = std::max({latest, number_of(receiver->judged), list_changed(generation, receiver->policy.ingress)});
  if (generation.addresses != nullptr)
    latest = std::max({latest, number_of(generation.addresses->changed(tuple.network, tuple.source)),
                       number_of(generation.addresses->changed(tuple.network, tuple.destination))});
  if (generation.services != nullptr)
    latest = std::max(latest, number_of(generation.services->changed({tuple.network, tuple.destination,
                                                                      static_cast<std::uint8_t>(tuple.protocol),
                                                                      tuple.destination_port})));
  return latest;
}

// 3 kill, 2 recheck, 1 keep, 0: no policy allowed it.
unsigned strictness_of(const Ruling& ruling) noexcept {
  if ((ruling.flags & Rule::kKill) != 0) return 3;
  if ((ruling.flags & Rule::kKeep) != 0) return 1;
  return ruling.rule == kDefaultRule ? 0 : 2;
}

}  // namespace

std::uint8_t marks_of(const Ruling& egress, const Ruling& ingress) noexcept {
  const unsigned strictness = std::max(strictness_of(egress), strictness_of(ingress));
  return static_cast<std::uint8_t>(Marks::kTracked | (strictness == 3 ? Marks::kKill : strictness == 1 ? Marks::kKeep : 0));
}

template <class Key>
Tuple tuple_of(const Flow<Key>& flow) noexcept {
  const unsigned from = flow.initiator, to = from ^ 1;
  Tuple tuple{NetworkId{flow.key.network}, address_of(flow.key, from), address_of(flow.key, to), flow.key.protocol,
              flow.key.port[from], flow.key.port[to]};
  const bool v6 = flow.key.kind == static_cast<std::uint8_t>(FlowKind::kIpv6);
  if (flow.key.protocol == (v6 ? Icmpv6::kNumber : Icmp::kNumber)) {
    tuple.source_port = 0;
    tuple.destination_port = static_cast<std::uint16_t>((v6 ? Icmpv6::kEchoRequest : Icmp::kEchoRequest) << 8);
  }
  return tuple;
}

template <class Key>
Worth weigh(const Fabric& fabric, const Generation& generation, const NetworkEntry& network, const Flow<Key>& flow,
            unsigned side) noexcept {
  Worth worth;
  worth.seen = worth.word = flow.confirmed.load(std::memory_order_acquire);
  worth.rule = RuleId{flow.rule.load()};
  const Grounds grounds = Grounds::of(generation.id, fabric.taught_version());
  if (grounds.same_as(worth.word)) return worth;
  const auto stale = [&worth] { worth.what = Worth::What::kStale; return worth; };

  const std::uint32_t confirmed = Grounds{worth.word}.generation();
  if (confirmed > number_of(generation.id)) worth.what = Worth::What::kAhead;
  const PortEntry* sender = generation.port(flow.end[side].port);
  if (sender == nullptr || fabric.loops.is_held(sender->id) || fabric.loops.is_held(flow.end[side ^ 1].port)) return stale();
  const bool at_home = sender->anti_spoof || find_station(network, fabric.macs, flow.end[side].mac) == sender->id;
  const bool is_ip = flow.key.kind != static_cast<std::uint8_t>(FlowKind::kEther);

  if (flow.action == Program::Action::kFlood) {
    const std::uint32_t rules = network.tracks && is_ip ? rules_changed(generation, network, *sender, nullptr, tuple_of(flow))
                                                        : number_of(network.judged);
    if (worth.what == Worth::What::kAhead || !at_home || number_of(sender->changed) > confirmed || rules > confirmed ||
        number_of(network.flooded) > confirmed || !still_flooded(fabric, network, flow, side))
      return stale();
    worth.word = grounds.word | (worth.word & Grounds::kAbout);
    return worth;
  }

  const PortEntry* receiver = generation.port(flow.end[side ^ 1].port);
  std::uint8_t marks = Grounds{worth.word}.marks();
  if (receiver == nullptr || !still_there(fabric, network, *receiver, flow.end[side ^ 1].mac, (marks & Marks::kTracked) != 0))
    return stale();
  const bool whole_changed = number_of(network.judged) > confirmed;
  const bool sender_changed = whole_changed || number_of(sender->changed) > confirmed || !at_home;
  const bool receiver_changed = whole_changed || number_of(receiver->changed) > confirmed;
  const bool tracks = network.tracks && is_ip;
  if (!tracks && (worth.what == Worth::What::kAhead || sender_changed || receiver_changed)) return stale();

  std::uint64_t judged = worth.word & Grounds::kJudged;
  if (sender_changed) judged &= ~Grounds::judged(side);
  if (receiver_changed) judged &= ~Grounds::judged(side ^ 1);
  if (tracks) {
    const Tuple tuple = tuple_of(flow);
    const bool forth = flow.initiator == side;
    const PortEntry& first = forth ? *sender : *receiver;
    const PortEntry& second = forth ? *receiver : *sender;
    const bool unasked = (marks & Marks::kTracked) == 0 || worth.what == Worth::What::kAhead;
    if (unasked || rules_changed(generation, network, first, &second, tuple) > confirmed) {
      const Question question = question_of(generation, tuple);
      const Ruling egress = worth.egress = rule_egress(generation, network, first, question);
      const Ruling ingress = worth.ingress = rule_ingress(generation, network, second, question);
      const bool kept = (marks & Marks::kKeep) != 0 && (marks & Marks::kDenied) == 0;
      if (egress.allows() && ingress.allows()) {
        marks = marks_of(egress, ingress);
        worth.rule = ingress.rule;
        worth.is_asked = true;
      } else if (!kept) {
        const Ruling& denial = egress.allows() ? ingress : egress;
        const bool told = denial.action == RuleAction::kReject || (marks & Marks::kKill) != 0;
        marks = static_cast<std::uint8_t>(Marks::kTracked | Marks::kDenied | (told ? Marks::kReject : 0) |
                                          (egress.allows() ? 0 : Marks::kByEgress) |
                                          ((denial.flags & Rule::kLog) != 0 ? Marks::kLog : 0));
        worth.rule = denial.rule;
        worth.is_asked = true;
      }
    }
  } else {
    marks = 0;
    worth.rule = kDefaultRule;
  }
  worth.word = grounds.word | Grounds::about(marks, judged);
  return worth;
}

template Tuple tuple_of(const Flow4&) noexcept;
template Tuple tuple_of(const Flow6&) noexcept;
template Worth weigh(const Fabric&, const Generation&, const NetworkEntry&, const Flow4&, unsigned) noexcept;
template Worth weigh(const Fabric&, const Generation&, const NetworkEntry&, const Flow6&, unsigned) noexcept;

}  // namespace vsw
