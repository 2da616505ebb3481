#include "worker/finding.hpp"

#include "pipeline/acl.hpp"
#include "pipeline/bridge.hpp"
#include "wire/icmp.hpp"
#include "wire/icmp_inner.hpp"
#include "wire/icmpv6.hpp"
#include "wire/mac.hpp"
#include "wire/sctp.hpp"
#include "wire/tcp.hpp"

namespace vsw {

namespace {

void refuse(Standing& standing, DropReason reason) noexcept {
  standing.kind = Standing::Kind::kInvalid;
  standing.reason = reason;
}

// A whole segment of a TCP connection that is under way.
bool is_under_way(const Packet& packet) noexcept {
  const Headers& headers = packet.headers;
  return headers.protocol == Tcp::kNumber && headers.has(Headers::kTransport) && !headers.has(Headers::kFragment) &&
         (Tcp::flags(packet.data + headers.l4) & Tcp::kSyn) == 0;
}

// Who speaks first after a restart need not be who opened the connection. Nothing tells but the ports: hosts open
// connections from where Linux (and, higher up, RFC 6335) has its ephemeral ones, to others.
bool comes_from_server(const Packet& packet) noexcept {
  constexpr std::uint16_t kEphemeral = 32'768;
  return packet.headers.source_port < kEphemeral && packet.headers.destination_port >= kEphemeral;
}

// Whether its sender's end of a connection is another's, who is where the record says: then it answers nothing.
template <class Key>
bool is_anothers(const FlowCache<Key>& cache, const Fabric& fabric, const NetworkEntry& network, PortId ingress,
                 const FlowKey& key) noexcept {
  return cache.find(key.hash, [&](const Flow<Key>& flow) noexcept {
    const auto& end = flow.end[key.side];
    return flow.action == Program::Action::kOutput && flow.key == key.as<Key>() && !(end.port == ingress) &&
           find_station(network, fabric.macs, end.mac) == end.port;
  }) != FlowCache<Key>::kNone;
}

// The first packet of a connection, or of what may be picked up as one.
void begin(Standing& standing, TrackedConnection connection, const Packet& packet, unsigned side, bool loose) noexcept {
  standing.kind = Standing::Kind::kNew;
  standing.of_initiator = true;
  if (connection.track(packet, side, loose).what == Tracked::What::kInvalid)
    refuse(standing, DropReason::k_connection_invalid);
  else
    standing.state = connection.state(packet.headers.protocol);
}

template <class Key>
void find_in(const FlowCache<Key>& cache, const Fabric& fabric, const Generation& generation,
             const NetworkEntry& network, PortId ingress, const Packet& packet, const FlowKey& key,
             Finding& finding) noexcept {
  const FrameEnds ends = FrameEnds::read(packet.data, ingress);
  const unsigned side = key.side;
  Standing& standing = finding.standing;
  finding.number = cache.find(key.hash, [&](const Flow<Key>& flow) noexcept {
    return flow.action == Program::Action::kOutput && flow.matches(key.as<Key>(), side, ends);
  });
  const bool has_header = !packet.headers.has(Headers::kLaterFragment);
  if (finding.number != FlowCache<Key>::kNone) {
    finding.worth = weigh(fabric, generation, network, cache.record(finding.number), side);
    finding.is_stale = finding.worth.what == Worth::What::kStale;
  }
  if (finding.number == FlowCache<Key>::kNone || finding.is_stale) {
    if (!has_header) return;
    begin(standing, {}, packet, side, network.tcp_loose);
    const bool answers = is_under_way(packet) && comes_from_server(packet);
    standing.of_initiator = !answers || is_anothers(cache, fabric, network, ingress, key);
    return;
  }

  const Flow<Key>& flow = cache.record(finding.number);
  const std::uint8_t marks = Grounds{finding.worth.word}.marks();
  standing.rule = finding.worth.rule;
  standing.other = flow.end[side ^ 1].port;
  standing.of_initiator = flow.initiator == side;
  standing.state = flow.connection.state(flow.key.protocol);
  if ((marks & Marks::kDenied) != 0) {
    standing.kind = Standing::Kind::kDenied;
    standing.reject = (marks & Marks::kReject) != 0;
    standing.log = (marks & Marks::kLog) != 0;
    standing.reason = (marks & Marks::kByEgress) != 0 ? DropReason::k_egress_denied : DropReason::k_ingress_denied;
    return;
  }
  standing.kind = Standing::Kind::kEstablished;
  if (!has_header) return;
  TrackedConnection connection = flow.connection;
  const Tracked tracked = connection.track(packet, side, true);
  if (tracked.what == Tracked::What::kInvalid) return refuse(standing, DropReason::k_connection_invalid);
  if (tracked.what == Tracked::What::kReopened) begin(standing, {}, packet, side, network.tcp_loose);
}

// The connection of which an ICMP error speaks. It must come from where that connection's packets went, go to who sent
// them, and quote what only who saw them knows.
template <class Key>
bool relate(const FlowCache<Key>& cache, const Fabric& fabric, const Generation& generation, const NetworkEntry& network,
            PortId ingress, const Packet& packet, const FlowKey& key, const IcmpInner& inner, Standing& standing) noexcept {
  const unsigned side = key.side;  // of who sent what is quoted
  const Mac receiver = Mac::read(packet.data);
  const std::uint32_t number = cache.find(key.hash, [&](const Flow<Key>& flow) noexcept {
    if (flow.action != Program::Action::kOutput || flow.key != key.as<Key>() || flow.end[side ^ 1].port != ingress) return false;
    if (flow.end[side].mac != receiver) return false;
    if (inner.protocol == Tcp::kNumber) return flow.connection.tcp().covers(side, inner.proof);
    return inner.protocol != Sctp::kNumber || flow.connection.sctp().covers(side, inner.proof);
  });
  if (number == FlowCache<Key>::kNone) return false;
  const Flow<Key>& flow = cache.record(number);
  const Worth worth = weigh(fabric, generation, network, flow, side ^ 1);
  if (worth.what == Worth::What::kStale || (Grounds{worth.word}.marks() & Marks::kDenied) != 0) return false;
  standing.kind = Standing::Kind::kRelated;
  standing.of_initiator = flow.initiator != side;
  standing.state = flow.connection.state(flow.key.protocol);
  standing.rule = worth.rule;
  standing.other = flow.end[side].port;
  return true;
}

bool is_error(const Packet& packet) noexcept {
  const Headers& headers = packet.headers;
  const bool v6 = headers.has(Headers::kIpv6);
  return headers.has(Headers::kTransport) && headers.protocol == (v6 ? Icmpv6::kNumber : Icmp::kNumber) &&
         IcmpInner::is_error(v6, std::to_integer<std::uint8_t>(packet.data[headers.l4 + Icmp::kType]));
}

// What every error is that speaks of nothing known is invalid: nobody has a use for it but who forged it.
void find_related(const Fabric& fabric, const Generation& generation, const NetworkEntry& network, PortId ingress,
                  const Packet& packet, Standing& standing) noexcept {
  IcmpInner inner;
  FlowKey key;
  refuse(standing, DropReason::k_related_unmatched);
  if (!IcmpInner::read(packet.head(), packet.headers, inner)) return;
  const bool v6 = packet.headers.has(Headers::kIpv6);
  make_flow_key(v6, inner.source, inner.destination, inner.protocol, inner.source_port, inner.destination_port, network.id,
                fabric.seed, key);
  (void)(v6 ? relate(fabric.flows6, fabric, generation, network, ingress, packet, key, inner, standing)
            : relate(fabric.flows4, fabric, generation, network, ingress, packet, key, inner, standing));
}

}  // namespace

void make_datagram_key(const Packet& packet, NetworkId network, HashSeed seed, FlowKey& key) noexcept {
  const Headers& headers = packet.headers;
  if (!is_judged(packet)) return;
  const bool v6 = headers.has(Headers::kIpv6);
  if (headers.protocol == (v6 ? Icmpv6::kNumber : Icmp::kNumber) && headers.has(Headers::kTransport)) {
    const auto type = std::to_integer<std::uint8_t>(packet.data[headers.l4 + Icmp::kType]);
    if (v6 ? !Icmpv6::is_echo(type) : !Icmp::is_echo(type)) return;
  }
  const Tuple tuple = tuple_of(packet, network);
  make_flow_key(v6, tuple.source, tuple.destination, headers.protocol, headers.source_port, headers.destination_port, network,
                seed, key);
}

Finding find_connection(const Fabric& fabric, const Generation& generation, const NetworkEntry& network, PortId ingress,
                        const Packet& packet, const FlowKey& key) noexcept {
  Finding finding;
  if (!network.tracks || !is_judged(packet)) return finding;
  if (Mac::read(packet.data).is_group() || packet.headers.vlan_count != 0) return finding;
  if (is_error(packet)) {
    find_related(fabric, generation, network, ingress, packet, finding.standing);
    return finding;
  }
  if (key.kind == FlowKind::kNone || key.kind == FlowKind::kEther) return finding;
  if (key.kind == FlowKind::kIpv4) find_in(fabric.flows4, fabric, generation, network, ingress, packet, key, finding);
  else find_in(fabric.flows6, fabric, generation, network, ingress, packet, key, finding);
  return finding;
}

}  // namespace vsw
