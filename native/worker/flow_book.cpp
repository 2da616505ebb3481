#include "worker/flow_book.hpp"

#include <algorithm>

#include "pipeline/bridge.hpp"

namespace vsw {

template <class Key>
[[gnu::noinline]] bool FlowBook::renew(FlowCache<Key>& cache, std::uint32_t number, const Lane& lane,
                                        const Moment& moment) noexcept {
  Flow<Key>& flow = cache.record(number);
  const Worth worth = weigh(fabric_, moment.generation, *lane.network, flow, lane.key.side);
  if (worth.what == Worth::What::kStale) cache.remove(number, lane.key.hash);
  if (worth.what != Worth::What::kTrue || !settle(flow, worth, moment.generation, moment.now_ns)) return false;
  return (worth.word & Grounds::judged(lane.key.side)) != 0;
}

// Writes what a record is worth, unless somebody else wrote there since it was weighed.
template <class Key>
bool FlowBook::settle(Flow<Key>& flow, const Worth& worth, const Generation& generation, std::uint64_t now_ns) noexcept {
  if (worth.word == worth.seen) return true;
  std::uint64_t seen = worth.seen;
  if (!flow.confirmed.compare_exchange_strong(seen, worth.word, std::memory_order_acq_rel)) return false;
  const bool is_news = worth.rule.value != flow.rule.load();
  flow.rule.store(worth.rule.value);
  const std::uint8_t before = Grounds{worth.seen}.marks(), after = Grounds{worth.word}.marks();
  if ((before & (Marks::kKill | Marks::kDenied)) == Marks::kKill && (after & Marks::kDenied) != 0)
    answerer_.end_both(flow, generation, now_ns);
  // Of what is denied the packet that comes next tells, as each one after it.
  if (worth.is_asked && (after & Marks::kDenied) == 0) witness(flow, worth, is_news, now_ns);
  return true;
}

// Rules were asked again about the connection's first packet.
template <class Key>
void FlowBook::witness(const Flow<Key>& flow, const Worth& worth, bool is_news, std::uint64_t now_ns) noexcept {
  const Tuple tuple = tuple_of(flow);
  const PortId first = flow.end[flow.initiator].port, second = flow.end[flow.initiator ^ 1].port;
  witness_.see(worth.egress, {tuple, true, first, second, first, now_ns}, is_news);
  if (worth.egress.allows()) witness_.see(worth.ingress, {tuple, false, second, first, first, now_ns}, is_news);
}

void FlowBook::forget(const Lane& lane, Finding& finding) noexcept {
  if (lane.key.kind == FlowKind::kIpv4) fabric_.flows4.remove(finding.number, lane.key.hash);
  else fabric_.flows6.remove(finding.number, lane.key.hash);
  finding.number = 0;
}

// What is no part of the connection may tell that the connection is none any more.
void FlowBook::refuse(const Lane& lane, const Moment& moment, const Finding& finding, const Packet& packet) noexcept {
  if (finding.number == 0 || finding.standing.kind != Standing::Kind::kInvalid) return;
  if (lane.key.kind == FlowKind::kIpv4) (void)track(fabric_.flows4.record(finding.number), lane.key.side, moment, packet);
  else (void)track(fabric_.flows6.record(finding.number), lane.key.side, moment, packet);
}

DropReason FlowBook::note(const Lane& lane, const Moment& moment, const Packet& packet, const Program& program,
                           Finding& finding) noexcept {
  // What is only taken for an answer makes no record and costs nobody's share: who was answered speaks soon.
  if (!program.cacheable || lane.key.kind == FlowKind::kNone || finding.standing.is_answer()) return DropReason::kNone;
  // A flow serves both directions. Where the sender's MAC was not learned (its port's share is used
  // up), frames back to it are floods, each judged anew.
  const Mac source = Mac::read(packet.data + 6);
  if (program.learn && !(find_station(*lane.network, fabric_.macs, source) == moment.ingress.id)) return DropReason::kNone;
  if (finding.number != 0 && finding.standing.kind == Standing::Kind::kNew) forget(lane, finding);
  return lane.key.kind == FlowKind::kIpv4 ? remember(fabric_.flows4, lane, moment, packet, program)
                                          : remember(fabric_.flows6, lane, moment, packet, program);
}

template <class Key>
DropReason FlowBook::remember(FlowCache<Key>& cache, const Lane& lane, const Moment& moment, const Packet& packet,
                               const Program& program) noexcept {
  const Key& key = lane.key.as<Key>();
  const unsigned side = lane.key.side;
  const PortId other = program.action == Program::Action::kOutput ? program.output : PortId{};
  const bool tracked = lane.network->tracks && other && !lane.key.holds_ether();
  const FrameEnds ends = FrameEnds::read(packet.data, moment.ingress.id);
  const auto is_same = [&](const Flow<Key>& flow) noexcept {
    return flow.end[side ^ 1].port == other && flow.matches(key, side, ends);
  };
  // The other end made the record; from now on it speaks for this end, too.
  if (const std::uint32_t number = cache.find(lane.key.hash, is_same); number != FlowCache<Key>::kNone)
    return join(cache.record(number), lane, moment, packet);
  const std::uint32_t number = take(cache, moment, tracked);
  if (number == FlowCache<Key>::kNone) {
    page_.add(moment.ingress.id, Counter::k_flows_refused, 1);
    return tracked ? DropReason::k_connections_exhausted : DropReason::kNone;
  }
  Flow<Key>& flow = cache.record(number);
  const std::uint8_t marks = tracked ? marks_of(program.egress, program.ingress) : std::uint8_t{0};
  flow.key = key;
  flow.end[side] = {moment.ingress.id, Mac::read(packet.data + 6)};
  flow.end[side ^ 1] = {other, Mac::read(packet.data)};
  flow.action = program.action;
  flow.flood_set = program.flood_set;
  flow.connection = TrackedConnection{};
  if (other) {
    if (tracked) (void)flow.connection.track(packet, side, lane.network->tcp_loose);
  } else {
    flow.flood_group = program.group;
  }
  flow.initiator = static_cast<std::uint8_t>(side);
  flow.rule.store(program.rule.value);
  flow.created_ms = moment.now_ms;
  for (unsigned end = 0; end < 2; ++end) {
    flow.direction[end].packets.store(0, std::memory_order_relaxed);
    flow.direction[end].bytes.store(0, std::memory_order_relaxed);
    flow.heard_ms[end].store(moment.now_ms, std::memory_order_relaxed);
  }
  flow.direction[side].count(packet.wire_packets, packet.wire_bytes());
  // Learning this very packet's sender may have moved a MAC: the stamp of before is the safe one.
  flow.confirmed.store(moment.grounds.word | Grounds::about(marks, Grounds::judged(side)), std::memory_order_relaxed);
  const std::uint32_t kept = cache.insert(moment.worker, number, lane.key.hash, is_same);
  if (kept == number) {
    fabric_.flows_held(moment.ingress.id).fetch_add(1, std::memory_order_relaxed);
    return DropReason::kNone;
  }
  if (kept != FlowCache<Key>::kNone) return join(cache.record(kept), lane, moment, packet);
  page_.add(moment.ingress.id, Counter::k_flows_refused, 1);
  return tracked ? DropReason::k_connections_exhausted : DropReason::kNone;
}

// A record to fill in; kNone: the port's share is used up, or nothing may give way.
template <class Key>
std::uint32_t FlowBook::take(FlowCache<Key>& cache, const Moment& moment, bool tracked) noexcept {
  constexpr std::uint32_t kLookedAt = 32, kTimesLeft = 3;
  const auto hash = [this](const Key& key) noexcept { return hash_of(key, fabric_.seed); };
  const auto released = [this](const Flow<Key>& flow) noexcept {
    fabric_.flows_held(flow.end[flow.initiator].port).fetch_sub(1, std::memory_order_relaxed);
  };
  const PortId port = moment.ingress.id;
  const auto of_the_port = [port](const Flow<Key>& flow) noexcept {
    return flow.end[flow.initiator].port == port && flow.may_give_way();
  };
  const std::uint32_t held = fabric_.flows_held(port).load(std::memory_order_relaxed);
  std::uint32_t share = moment.ingress.flows_max;
  // However large the shares are together: what one port may have shrinks with what is left for all.
  if (tracked) share = std::min({share, moment.ingress.connections_max, kTimesLeft * cache.left(moment.worker)});
  // Its own go first, whether the share or the table is used up.
  if (held >= share && (!tracked || !cache.evict(moment.worker, kLookedAt, hash, of_the_port, released))) return FlowCache<Key>::kNone;
  if (tracked && cache.is_scarce(moment.worker) && !cache.evict(moment.worker, kLookedAt, hash, of_the_port, released))
    (void)cache.evict(moment.worker, kLookedAt, hash, [](const Flow<Key>& flow) noexcept { return flow.may_give_way(); }, released);
  return cache.take(moment.worker);
}

// The record speaks for this end's frames, too, if it is true under our grounds and nobody writes there meanwhile.
template <class Key>
DropReason FlowBook::join(Flow<Key>& flow, const Lane& lane, const Moment& moment, const Packet& packet) noexcept {
  const unsigned side = lane.key.side;
  Worth worth = weigh(fabric_, moment.generation, *lane.network, flow, side);
  Tracked tracked;
  if ((Grounds{worth.word}.marks() & Marks::kTracked) != 0) tracked = track(flow, side, moment, packet);
  if (tracked.what == Tracked::What::kInvalid) return DropReason::k_connection_invalid;
  count(flow, side, moment, packet);
  if (tracked.what != Tracked::What::kChallenge) flow.heard(side, moment.now_ms);
  if (worth.what != Worth::What::kTrue) return DropReason::kNone;
  worth.word |= Grounds::judged(side);
  (void)settle(flow, worth, moment.generation, moment.now_ns);
  return DropReason::kNone;
}

template <class Key>
void FlowBook::recheck(Flow<Key>& flow, const Generation& generation, std::uint64_t now_ns) noexcept {
  const std::uint64_t word = flow.confirmed.load(std::memory_order_acquire);
  const std::uint8_t marks = Grounds{word}.marks();
  if ((marks & (Marks::kKill | Marks::kDenied)) != Marks::kKill || Grounds{word}.generation() == number_of(generation.id)) return;
  const NetworkEntry* network = generation.network(NetworkId{flow.key.network});
  if (network == nullptr) return;
  const Worth worth = weigh(fabric_, generation, *network, flow, flow.initiator);
  if (worth.what != Worth::What::kTrue || !settle(flow, worth, generation, now_ns)) return;
  // No packet will tell: the connection ends here.
  if (worth.is_asked && (Grounds{worth.word}.marks() & Marks::kDenied) != 0) witness(flow, worth, true, now_ns);
}


template bool FlowBook::renew(FlowCache<FlowKey4>&, std::uint32_t, const Lane&, const Moment&) noexcept;
template bool FlowBook::renew(FlowCache<FlowKey6>&, std::uint32_t, const Lane&, const Moment&) noexcept;
template void FlowBook::recheck(Flow4&, const Generation&, std::uint64_t) noexcept;
template void FlowBook::recheck(Flow6&, const Generation&, std::uint64_t) noexcept;

}  // namespace vsw
