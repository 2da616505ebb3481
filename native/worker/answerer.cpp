#include "worker/answerer.hpp"

#include "action/icmp_error.hpp"
#include "action/tcp_reset.hpp"
#include "base/assert.hpp"
#include "pipeline/prepare.hpp"
#include "pipeline/respond.hpp"
#include "wire/tcp.hpp"

namespace vsw {

namespace {

// What a port may be told of its frames that were too large or not allowed: enough to find the ways to many others at
// once, and too little to keep a worker busy.
constexpr std::uint32_t kAnswersPerSecond = 100;
constexpr std::uint32_t kIpv6MtuMin = 1'280;  // RFC 8200, section 5

}  // namespace

void Answerer::originate(const PortEntry& receiver, const NetworkEntry& network, Packet& packet,
                          std::uint64_t now_ns) noexcept {
  if (VSW_BUG(prepare(packet, false) != DropReason::kNone)) packet.wire_packets = 1;
  page_.add(receiver.id, Counter::k_originated_packets, 1);
  egress_.offer(receiver, network, packet);
  egress_.flush(now_ns);
}

bool Answerer::answer(const Lane& lane, const Moment& moment, const Packet& packet, const Mac& mac) noexcept {
  Packet* reply = pool_.take();
  if (reply == nullptr) return false;
  write_answer(packet, mac, *reply);
  send_back(lane, moment, packet, *reply);
  return true;
}

// The packet dies in deliver, by its MTU. Its sender is told, so that it finds the path's MTU: with DF
// clear, too, since a switch does not fragment, and a host that is told then fragments itself.
void Answerer::tell_too_big(const Lane& lane, const Moment& moment, const PortEntry& receiver,
                             const Packet& packet) noexcept {
  const std::uint32_t mtu = receiver.settings.mtu;
  // Behind a tag that is payload the sender is in a network of the hosts' own, where nothing of ours is heard.
  if (!receiver.device || packet.headers.vlan_count != 0 || !may_be_answered(packet)) return;
  // No host may send less than IPv6's smallest packet, so no answer would help.
  if (packet.headers.has(Headers::kIpv6) && mtu < kIpv6MtuMin) return;
  Packet* reply = may_answer(moment) ? pool_.take() : nullptr;
  if (reply == nullptr) {
    page_.add(moment.ingress.id, Counter::k_answers_refused, 1);
    return;
  }
  write_icmp_error(packet, IcmpError::too_big(mtu), moment.ingress.settings.mtu, *reply);
  send_back(lane, moment, packet, *reply);
}

// The answer comes from where the packet went: a reset, or that a filter forbids it (RFC 1812, 5.2.7.1; RFC 4443, 3.1).
void Answerer::reject(const Lane& lane, const Moment& moment, const Packet& packet) noexcept {
  constexpr IcmpError kProhibited{3, 13, 1, 1};
  if (packet.headers.vlan_count != 0) return;
  const bool tcp = packet.headers.protocol == Tcp::kNumber;
  if (tcp ? !may_be_reset(packet) : !may_be_answered(packet)) return;
  Packet* reply = may_answer(moment) ? pool_.take() : nullptr;
  if (reply == nullptr) {
    page_.add(moment.ingress.id, Counter::k_answers_refused, 1);
    return;
  }
  if (tcp) write_tcp_reset(TcpReset::answering(packet), *reply);
  else write_icmp_error(packet, kProhibited, moment.ingress.settings.mtu, *reply);
  send_back(lane, moment, packet, *reply);
}

bool Answerer::may_answer(const Moment& moment) noexcept {
  return fabric_.answers(moment.ingress.id).take(1, kAnswersPerSecond, moment.now_ns);
}

// Both ends of a connection that may not live on are told so, each in the name of the other.
template <class Key>
void Answerer::end_both(const Flow<Key>& flow, const Generation& generation, std::uint64_t now_ns) noexcept {
  const NetworkEntry* network = generation.network(NetworkId{flow.key.network});
  if (flow.key.protocol != Tcp::kNumber || network == nullptr) return;
  egress_.flush(now_ns);
  for (const unsigned side : {0u, 1u}) {
    const PortEntry* port = generation.port(flow.end[side].port);
    Packet* reset = port != nullptr && port->device ? pool_.take() : nullptr;
    if (reset == nullptr) continue;
    const unsigned other = side ^ 1;
    write_tcp_reset({flow.end[other].mac, flow.end[side].mac, address_of(flow.key, other), address_of(flow.key, side),
                     flow.key.port[other], flow.key.port[side], flow.connection.tcp().end_of(other),
                     flow.connection.tcp().end_of(side), true},
                    *reset);
    originate(*port, *network, *reset, now_ns);
    pool_.give(*reset);
  }
}
template void Answerer::end_both(const Flow4&, const Generation&, std::uint64_t) noexcept;
template void Answerer::end_both(const Flow6&, const Generation&, std::uint64_t) noexcept;

// What the switch itself says to who sent `asked`; the answer goes back to the pool.
void Answerer::send_back(const Lane& lane, const Moment& moment, const Packet& asked, Packet& answer) noexcept {
  egress_.flush(moment.now_ns);
  answer.tag = asked.tag;
  originate(moment.ingress, *lane.network, answer, moment.now_ns);
  pool_.give(answer);
}

}  // namespace vsw
