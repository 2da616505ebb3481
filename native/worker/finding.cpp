#include "worker/finding.hpp"

#include "pipeline/acl.hpp"
#include "wire/mac.hpp"

namespace vsw {

namespace {

void refuse(Standing& standing, DropReason reason) noexcept {
  standing.kind = Standing::Kind::kInvalid;
  standing.reason = reason;
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
  if (finding.number == FlowCache<Key>::kNone) return begin(standing, {}, packet, side, network.tcp_loose);
  const Flow<Key>& flow = cache.record(finding.number);
  finding.worth = weigh(fabric, generation, network, flow, side);
  finding.is_stale = finding.worth.what == Worth::What::kStale;
  if (finding.is_stale) return begin(standing, {}, packet, side, true);

  const std::uint8_t marks = Grounds{finding.worth.word}.marks();
  standing.rule = finding.worth.rule;
  standing.of_initiator = flow.initiator == side;
  standing.state = flow.connection.state(flow.key.protocol);
  if ((marks & Marks::kDenied) != 0) {
    standing.kind = Standing::Kind::kDenied;
    standing.reject = (marks & Marks::kReject) != 0;
    standing.reason = (marks & Marks::kByEgress) != 0 ? DropReason::k_egress_denied : DropReason::k_ingress_denied;
    return;
  }
  standing.kind = Standing::Kind::kEstablished;
  TrackedConnection connection = flow.connection;
  const Tracked tracked = connection.track(packet, side, true);
  if (tracked.what == Tracked::What::kInvalid) return refuse(standing, DropReason::k_connection_invalid);
  if (tracked.what == Tracked::What::kReopened) begin(standing, {}, packet, side, network.tcp_loose);
}

}  // namespace

Finding find_connection(const Fabric& fabric, const Generation& generation, const NetworkEntry& network, PortId ingress,
                        const Packet& packet, const FlowKey& key) noexcept {
  Finding finding;
  if (!network.tracks || !is_judged(packet)) return finding;
  if (Mac::read(packet.data).is_group() || key.kind == FlowKind::kNone || key.kind == FlowKind::kEther) return finding;
  if (key.kind == FlowKind::kIpv4) find_in(fabric.flows4, fabric, generation, network, ingress, packet, key, finding);
  else find_in(fabric.flows6, fabric, generation, network, ingress, packet, key, finding);
  return finding;
}

}  // namespace vsw
