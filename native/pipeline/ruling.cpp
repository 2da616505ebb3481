#include "pipeline/ruling.hpp"

namespace vsw {

namespace {

constexpr std::uint8_t kIcmp = 1, kIcmpv6 = 58;

bool is_audited(const Rule& rule) noexcept { return (rule.flags & Rule::kAudited) != 0; }

// What would have become of it if all policies were enforced.
void audit(const RuleList& rules, RuleAction otherwise, const Question& question, Ruling& ruling) noexcept {
  RuleList::Passed passed;
  const Rule* would = rules.decide(question, passed);
  const Rule* audited = would != nullptr && is_audited(*would) ? would : nullptr;
  for (std::size_t i = 0; i < passed.count; ++i) {
    const Rule& rule = *passed.rules[i];
    if (!is_audited(rule)) continue;
    ruling.passed.add(rule.id, rule.flags);
    if (audited == nullptr) audited = &rule;
  }
  if (audited == nullptr) return;
  ruling.audited = audited->id;
  ruling.audited_action = would != nullptr ? would->action : otherwise;
}

Ruling rule_by(const Generation& generation, std::uint32_t list, std::uint32_t audit_list, bool allowed_otherwise,
               const Question& question) noexcept {
  const RuleAction otherwise = allowed_otherwise ? RuleAction::kAllow : RuleAction::kDrop;
  Ruling ruling;
  ruling.rule = kDefaultRule;
  ruling.action = otherwise;
  if (const RuleListEntry* entry = generation.rule_list(list); entry != nullptr) {
    RuleList::Passed passed;
    if (const Rule* rule = entry->rules->decide(question, passed); rule != nullptr) {
      ruling.action = rule->action;
      ruling.flags = rule->flags;
      ruling.rule = rule->id;
    }
    for (std::size_t i = 0; i < passed.count; ++i) ruling.passed.add(passed.rules[i]->id, passed.rules[i]->flags);
  }
  if (const RuleListEntry* entry = generation.rule_list(audit_list); entry != nullptr) audit(*entry->rules, otherwise, question, ruling);
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
  const bool whole = headers.has(Headers::kTransport);
  if (!whole && !headers.has(Headers::kLaterFragment)) return tuple;
  if (icmp && whole) {
    const std::byte* message = packet.data + headers.l4;
    tuple.destination_port = static_cast<std::uint16_t>(static_cast<unsigned>(message[0]) << 8 | static_cast<unsigned>(message[1]));
    return tuple;
  }
  // A later fragment has been told what the first one said.
  if (!icmp) tuple.source_port = headers.source_port;
  tuple.destination_port = headers.destination_port;
  return tuple;
}

}  // namespace vsw
