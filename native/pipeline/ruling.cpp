#include "pipeline/ruling.hpp"

namespace vsw {

namespace {

constexpr std::uint8_t kIcmp = 1, kIcmpv6 = 58;

Ruling rule_by(const Generation& generation, std::uint32_t list, std::uint32_t audit, bool allowed_otherwise,
               const Question& question) noexcept {
  Ruling ruling;
  ruling.rule = kDefaultRule;
  ruling.action = allowed_otherwise ? RuleAction::kAllow : RuleAction::kDrop;
  const RuleListEntry* entry = generation.rule_list(list);
  if (const Rule* rule = entry != nullptr ? entry->rules->decide(question) : nullptr; rule != nullptr) {
    ruling.action = rule->action;
    ruling.flags = rule->flags;
    ruling.rule = rule->id;
  }
  const RuleListEntry* audited = generation.rule_list(audit);
  const Rule* would = audited != nullptr ? audited->rules->decide(question) : nullptr;
  if (would != nullptr && (would->flags & Rule::kAudited) != 0) {
    ruling.audited = would->id;
    ruling.audited_action = would->action;
    ruling.audited_flags = would->flags;
  }
  return ruling;
}

}  // namespace

Ruling rule_egress(const Generation& generation, const NetworkEntry& network, const PortEntry& sender,
                   const Question& question) noexcept {
  return rule_by(generation, sender.policy.egress, sender.policy.egress_audit, network.egress_allowed, question);
}

Ruling rule_ingress(const Generation& generation, const NetworkEntry& network, const PortEntry& receiver,
                    const Question& question) noexcept {
  return rule_by(generation, receiver.policy.ingress, receiver.policy.ingress_audit, network.ingress_allowed, question);
}

Question question_of(const Generation& generation, const Tuple& tuple) noexcept {
  Question question{tuple, {}, {}, {}};
  if (generation.addresses != nullptr) {
    question.source = generation.addresses->find(tuple.network, tuple.source);
    question.destination = generation.addresses->find(tuple.network, tuple.destination);
  }
  if (generation.services != nullptr && tuple.protocol < kAnyProtocol)
    question.services = generation.services->find(
        {tuple.network, tuple.destination, static_cast<std::uint8_t>(tuple.protocol), tuple.destination_port});
  return question;
}

Tuple tuple_of(const Packet& packet, NetworkId network) noexcept {
  const Headers& headers = packet.headers;
  const std::byte* ip = packet.data + headers.l3;
  Tuple tuple{network, {}, {}, headers.protocol, 0, 0};
  if (headers.has(Headers::kIpv4)) {
    tuple.source = Ip::v4(ip + 12);
    tuple.destination = Ip::v4(ip + 16);
  } else {
    tuple.source = Ip::v6(ip + 8);
    tuple.destination = Ip::v6(ip + 24);
  }
  const bool icmp = headers.protocol == kIcmp || headers.protocol == kIcmpv6;
  if (!headers.has(Headers::kTransport) && (icmp || !headers.has(Headers::kLaterFragment))) return tuple;
  if (icmp) {
    const std::byte* message = packet.data + headers.l4;
    tuple.destination_port = static_cast<std::uint16_t>(static_cast<unsigned>(message[0]) << 8 | static_cast<unsigned>(message[1]));
    return tuple;
  }
  tuple.source_port = headers.source_port;
  tuple.destination_port = headers.destination_port;
  return tuple;
}

}  // namespace vsw
