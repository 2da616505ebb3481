#include "state/connection.hpp"

#include "wire/sctp.hpp"

namespace vsw {

Tracked TrackedConnection::track_other(const Packet& packet, unsigned sender) noexcept {
  const Headers& headers = packet.headers;
  if (headers.protocol == Sctp::kNumber) return sctp_.track(sender, packet);
  const bool icmp = headers.protocol == Icmp::kNumber || headers.protocol == Icmpv6::kNumber;
  if (icmp && headers.has(Headers::kTransport)) return track_echo(packet, sender);
  if (pair_.heard[sender].load() == 0) pair_.heard[sender].store(1);
  return Tracked::valid();
}

Tracked TrackedConnection::track_echo(const Packet& packet, unsigned sender) noexcept {
  const auto type = std::to_integer<std::uint8_t>(packet.data[packet.headers.l4 + Icmp::kType]);
  const bool v6 = packet.headers.protocol == Icmpv6::kNumber;
  if (v6 ? !Icmpv6::is_echo(type) : !Icmp::is_echo(type)) return Tracked::invalid(Invalidity::kState);
  const bool asks = type == (v6 ? Icmpv6::kEchoRequest : Icmp::kEchoRequest);
  const unsigned other = sender ^ 1;
  // 1: it asks; 2: it replies.
  const std::uint8_t before = pair_.heard[sender].load(), opposite = pair_.heard[other].load();
  if (asks) {
    if (opposite == 1 || before == 2) return Tracked::reopened();
    if (before == 0) pair_.heard[sender].store(1);
    return Tracked::valid();
  }
  if (opposite != 1) return Tracked::invalid(Invalidity::kState);
  if (before == 0) pair_.heard[sender].store(2);
  return Tracked::valid();
}

ConnectionState TrackedConnection::state(std::uint8_t protocol) const noexcept {
  if (protocol == Tcp::kNumber) return tcp_.state();
  if (protocol == Sctp::kNumber) return sctp_.state();
  const bool both = pair_.heard[0].load() != 0 && pair_.heard[1].load() != 0;
  return both ? ConnectionState::k_established : ConnectionState::k_new;
}

Timeout TrackedConnection::timeout(std::uint8_t protocol) const noexcept {
  switch (protocol) {
    case Tcp::kNumber: return tcp_.timeout();
    case Sctp::kNumber: return sctp_.timeout();
    case Udp::kNumber: return state(protocol) == ConnectionState::k_established ? Timeout::k_udp_stream : Timeout::k_udp;
    case Icmp::kNumber: return Timeout::k_icmp;
    case Icmpv6::kNumber: return Timeout::k_icmpv6;
    default: return Timeout::k_generic;
  }
}

}  // namespace vsw
