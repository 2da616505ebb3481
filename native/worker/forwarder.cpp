#include "worker/forwarder.hpp"

#include <cstring>

#include "action/tag.hpp"
#include "pipeline/multicast.hpp"
#include "pipeline/pipeline.hpp"
#include "pipeline/prepare.hpp"
#include "wire/loop_probe.hpp"

namespace vsw {

namespace {

// What is asked of a fragment by itself, before it is held against its datagram.
using FragmentPipeline = Pipeline<Admit, AntiSpoof, Defragment>;

Lookup lookup_of(const Generation& generation, const PortEntry& ingress, const NetworkEntry& network,
                 const Fabric& fabric, const Packet& packet) noexcept {
  return {packet, generation, ingress, network, fabric.macs, fabric.loops, fabric.groups, Mac::read(packet.data + 6), Mac::read(packet.data),
          nullptr};
}

}  // namespace

Forwarder::Forwarder(Fabric& fabric, std::uint32_t worker, Pool& pool, EventRing& events)
    : fabric_(fabric),
      worker_(worker),
      pool_(pool),
      events_(events),
      page_(fabric.counters.page(worker)),
      egress_(pool, page_, fabric.drop_log, fabric.capture, worker, fabric.limits.workers),
      snooper_(fabric, pool, events, page_, egress_),
      answerer_(fabric, pool, page_, egress_),
      witness_(fabric, worker, page_, events),
      book_(fabric, page_, answerer_, witness_),
      fragments_(fabric.seed) {}

Forwarder::~Forwarder() {
  const std::uint64_t now_ns = fabric_.clock.now_ns();
  fragments_.clear(DropReason::k_port_not_active, [this, now_ns](Packet& held, DropReason reason) noexcept {
    end_held(held, reason, now_ns);
    pool_.give(held);
  });
}

// The packet is noted as it came, and is of no use afterwards.
void Forwarder::drop(PortId port, Packet& packet, DropReason reason, std::uint64_t now_ns) noexcept {
  if (packet.is_tagged()) put_on_tag(packet, packet.tag);
  page_.drop_received(port, reason, packet.wire_packets, packet.wire_bytes());
  fabric_.drop_log.write(port, reason, now_ns, packet.head(), packet.frame_length(), packet.wire_packets);
  packet.died = true;
  if (fabric_.capture.active()) fabric_.capture.write(worker_, port, packet, false, reason, now_ns);
}

// Behind the batch, so that what it caused is seen together with it. The packets are of no use afterwards.
void Forwarder::capture(PortId port, const Batch& batch, std::uint64_t now_ns) noexcept {
  for (Packet* packet : batch.packets()) {
    if (packet->died) continue;
    if (packet->is_tagged()) put_on_tag(*packet, packet->tag);
    fabric_.capture.write(worker_, port, *packet, false, DropReason::kNone, now_ns);
  }
  fabric_.capture.publish(worker_);
}

void Forwarder::process(const Generation& generation, PortId ingress_id, Batch& batch, std::uint64_t now_ns) noexcept {
  const PortEntry* ingress = generation.port(ingress_id);
  const bool trunk = ingress != nullptr && ingress->is_trunk();
  const NetworkEntry* home = ingress != nullptr ? generation.network(ingress->network) : nullptr;
  const std::uint32_t size = batch.size();
  std::uint64_t received = 0, bytes = 0;

  for (std::uint32_t i = 0; i < size; ++i) {
    Packet& packet = *batch.packets()[i];
    Lane& lane = lanes_[i];
    lane.packet = &packet;
    packet.ingress = ingress_id;
    packet.wire_packets = 1;
    const DropReason reason = prepare(packet, trunk);
    received += packet.wire_packets;
    bytes += packet.wire_bytes();
    if (packet.is_tagged()) bytes += packet.wire_packets * Vlan::kLength;
    lane.network = trunk ? generation.network(ingress->network_of(packet.tag)) : home;
    lane.dead = reason != DropReason::kNone || lane.network == nullptr;
    if (lane.dead) {
      lane.key.kind = FlowKind::kNone;
      const DropReason homeless = trunk ? DropReason::k_vlan_not_carried : DropReason::k_port_not_active;
      drop(ingress_id, packet, reason != DropReason::kNone ? reason : homeless, now_ns);
      continue;
    }
    make_flow_key(packet, lane.network->id, fabric_.seed, lane.key);
    if (lane.key.kind == FlowKind::kIpv4) fabric_.flows4.prefetch_bucket(lane.key.hash);
    else if (lane.key.kind != FlowKind::kNone) fabric_.flows6.prefetch_bucket(lane.key.hash);
  }
  page_.add(ingress_id, Counter::k_received_packets, received);
  page_.add(ingress_id, Counter::k_received_bytes, bytes);

  if (ingress != nullptr) {
    Lane* const end = lanes_.data() + size;
    for (Lane* lane = lanes_.data(); lane != end;) {
      if (lane->key.kind == FlowKind::kIpv4) lane = look_up(fabric_.flows4, lane, end);
      else if (lane->key.kind != FlowKind::kNone) lane = look_up(fabric_.flows6, lane, end);
      else ++lane;
    }
    Moment moment{generation, *ingress, Grounds::of(generation.id, fabric_.taught_version()), now_ns,
                  static_cast<std::uint32_t>(now_ns / 1'000'000), worker_, ingress->info.queues > 1};
    for (const Lane* lane = lanes_.data(); lane != end;) {
      if (lane->key.kind == FlowKind::kIpv4) {
        lane = act(fabric_.flows4, moment, lane, end);
      } else if (lane->key.kind != FlowKind::kNone) {
        lane = act(fabric_.flows6, moment, lane, end);
      } else {
        if (!lane->dead) judge(*lane, moment, *lane->packet);
        ++lane;
      }
    }
    egress_.flush(now_ns);
    page_.add(ingress_id, Counter::k_forwarded_packets, moment.forwarded);
    page_.add(ingress_id, Counter::k_consumed_packets, moment.consumed);
    page_.add(ingress_id, Counter::k_flow_hits, moment.hits);
    page_.add(ingress_id, Counter::k_flow_misses, moment.misses);
  }
  if (fabric_.capture.active()) capture(ingress_id, batch, now_ns);
  pool_.give(batch.packets());
  batch.release();
}

// Both walk the lanes on, as long as their keys are of this kind, and answer where they stopped: what a batch holds
// is mostly of one kind, and in a run of it what is the same for all stays in registers.
template <class Key>
Lane* Forwarder::look_up(const FlowCache<Key>& cache, Lane* lane, const Lane* end) noexcept {
  do lane->candidate = cache.candidate(lane->key.hash);
  while (++lane != end && lane->key.holds<Key>());
  return lane;
}

template <class Key>
const Lane* Forwarder::act(FlowCache<Key>& cache, Moment& moment, const Lane* lane,
                                      const Lane* end) noexcept {
  do {
    if (!take_hit(cache, *lane, moment, *lane->packet)) [[unlikely]] judge(*lane, moment, *lane->packet);
  } while (++lane != end && lane->key.holds<Key>());
  return lane;
}

// The steady state. True: the packet's fate is known and done.
template <class Key>
[[gnu::always_inline]] inline bool Forwarder::take_hit(FlowCache<Key>& cache, const Lane& lane, Moment& moment,
                                                       Packet& packet) noexcept {
  const std::size_t side = lane.key.side;
  std::uint32_t number = lane.candidate;  // kNone is a record, too: one that covers nothing
  if (!cache.record(number).matches(lane.key.as<Key>(), side, FrameEnds::read(packet.data, moment.ingress.id))) [[unlikely]] {
    number = find(cache, lane, moment.ingress.id);
    if (number == FlowCache<Key>::kNone) return false;
  }
  Flow<Key>& flow = cache.record(number);
  std::uint64_t word = flow.confirmed.load(std::memory_order_acquire);
  if (!moment.grounds.speak_for(word, side)) [[unlikely]] {
    if (!book_.renew(cache, number, lane, moment)) return false;
    word = flow.confirmed.load(std::memory_order_acquire);
  }
  constexpr std::uint64_t kAsked = Grounds::about(Marks::kTracked | Marks::kDenied, 0);
  if ((word & kAsked) != 0) {
    const Followed followed = follow(flow, word, side, moment, packet);
    if (followed != Followed::kPasses) [[unlikely]] {
      if (followed != Followed::kProvesNothing) return followed == Followed::kDead;
      ++moment.hits;
      count(flow, side, moment, packet);
      pass_on(flow, lane, moment, packet);
      return true;
    }
  }

  ++moment.hits;
  count(flow, side, moment, packet);
  if (flow.heard_ms[side].load(std::memory_order_relaxed) != moment.now_ms) [[unlikely]] hear(flow, lane, moment);
  // A flooded flow names no receiver, so it is never that of the packet before.
  if (egress_.offer_again(flow.end[side ^ 1].port, *lane.network, packet)) [[likely]] ++moment.forwarded;
  else pass_on(flow, lane, moment, packet);
  return true;
}

// The candidate was another's: every entry with the key's tag, then.
template <class Key>
[[gnu::noinline]] std::uint32_t Forwarder::find(const FlowCache<Key>& cache, const Lane& lane, PortId ingress) const noexcept {
  const FrameEnds ends = FrameEnds::read(lane.packet->data, ingress);
  return cache.find(lane.key.hash, [&](const Flow<Key>& flow) noexcept {
    return flow.matches(lane.key.as<Key>(), lane.key.side, ends);
  });
}

// The first packet of a flow in this millisecond. It keeps the sender's MAC young, too; once a second is often
// enough for ages of minutes.
template <class Key>
[[gnu::noinline]] void Forwarder::hear(Flow<Key>& flow, const Lane& lane, const Moment& moment) noexcept {
  const unsigned side = lane.key.side;
  const std::uint32_t heard_ms = flow.heard_ms[side].load(std::memory_order_relaxed);
  flow.heard(side, moment.now_ms);
  if (!moment.ingress.anti_spoof && heard_ms / 1000 != moment.now_ms / 1000)
    fabric_.macs.refresh(lane.network->id, flow.end[side].mac, moment.ingress.id, moment.now_ms);
}

// A hit's packet whose receiver is not that of the packet before, or that is not a plain one.
template <class Key>
[[gnu::noinline]] void Forwarder::pass_on(Flow<Key>& flow, const Lane& lane, Moment& moment, Packet& packet) noexcept {
  if (flow.action == Program::Action::kFlood) {
    flood(lane, moment, packet, flow.flood_set, flow.group(), {});
    return;
  }
  const PortEntry* receiver = moment.generation.port(flow.end[lane.key.side ^ 1].port);
  if (VSW_BUG(receiver == nullptr)) {
    drop(moment.ingress.id, packet, DropReason::k_bug, moment.now_ns);
    return;
  }
  hand_over(lane, moment, *receiver, packet);
}

// A frame of a connection that is tracked: whether it is part of it.
template <class Key>
[[gnu::always_inline]] inline Forwarder::Followed Forwarder::follow(Flow<Key>& flow, std::uint64_t word, std::size_t side,
                                                                    Moment& moment, Packet& packet) noexcept {
  if ((word & Grounds::about(Marks::kDenied, 0)) != 0) [[unlikely]] return Followed::kJudged;
  const Tracked tracked = track(flow, side, moment, packet);
  if (tracked.what == Tracked::What::kValid) [[likely]] return Followed::kPasses;
  if (tracked.what == Tracked::What::kReopened) return Followed::kJudged;
  if (tracked.what == Tracked::What::kChallenge) return Followed::kProvesNothing;
  drop(moment.ingress.id, packet, DropReason::k_connection_invalid, moment.now_ns);
  return Followed::kDead;
}

// The slow path: the pipeline decides.
void Forwarder::judge(const Lane& lane, Moment& moment, Packet& packet) noexcept {
  ++moment.misses;
  if (packet.headers.has(Headers::kFragment) && lane.network->tracks && packet.headers.vlan_count == 0) {
    judge_fragment(lane, moment, packet);
    return;
  }
  (void)judge_as(find_connection(fabric_, moment.generation, *lane.network, moment.ingress.id, packet, lane.key), lane, moment,
                 packet);
}

// Why the packet died; kNone: it did not.
DropReason Forwarder::judge_as(Finding finding, const Lane& lane, Moment& moment, Packet& packet) noexcept {
  const NetworkEntry& network = *lane.network;
  if (finding.is_stale) book_.forget(lane, finding);
  const Inquiry inquiry(moment.generation, network, packet, finding.standing);
  Lookup lookup = lookup_of(moment.generation, moment.ingress, network, fabric_, packet);
  lookup.standing = finding.standing;
  lookup.question = inquiry.question();
  Program program;
  SenderPipeline::run(lookup, program);
  if (inquiry.asks) witness(lookup, program, moment.now_ns);
  if (program.action == Program::Action::kDrop) {
    if (program.stage == StageId::kConnection) book_.refuse(lane, moment, finding, packet);
    // What died for its destination still told where its sender is, and so did what answers a frame that was flooded.
    if (program.learn && (program.stage == StageId::kBridge || program.stage == StageId::kConnection)) learn(lane, moment, packet);
    deny(lane, moment, packet, program);
    return program.reason;
  }
  if (program.learn) learn(lane, moment, packet);
  switch (program.action) {
    case Program::Action::kRespond:
      if (answerer_.answer(lane, moment, packet, program.answer)) moment.consumed += packet.wire_packets;
      else drop(moment.ingress.id, packet, DropReason::k_out_of_packets, moment.now_ns);
      return DropReason::kNone;
    case Program::Action::kOutput: {
      const PortEntry* receiver = moment.generation.port(program.output);
      if (VSW_BUG(receiver == nullptr)) break;
      if (!ingress_allows(lookup, *receiver, program, moment.now_ns)) {
        deny(lane, moment, packet, program);
        return program.reason;
      }
      if (fabric_.loops.is_held(receiver->id)) {
        moment.forwarded += packet.wire_packets;
        egress_.refuse(*receiver, network, packet, DropReason::k_port_held_down, moment.now_ns);
        return DropReason::kNone;
      }
      if (const DropReason refused = book_.note(lane, moment, packet, program, finding); refused != DropReason::kNone) {
        drop(moment.ingress.id, packet, refused, moment.now_ns);
        return refused;
      }
      hand_over(lane, moment, *receiver, packet);
      return DropReason::kNone;
    }
    case Program::Action::kFlood:
      flood(lane, moment, packet, program.flood_set, program.group, finding.standing);
      finding.number = 0;  // a record of before is none of the flood's
      (void)book_.note(lane, moment, packet, program, finding);
      return DropReason::kNone;
    case Program::Action::kSnoop:
      if (is_storm(lane, moment, packet, lookup.destination)) return DropReason::kNone;
      snooper_.take(moment.generation, *lane.network, moment.ingress, packet, moment.now_ns);
      flood(lane, moment, packet, program.flood_set, program.group, finding.standing, true);
      return DropReason::kNone;
    case Program::Action::kConsume:
      moment.consumed += packet.wire_packets;
      take_back(lane, moment, packet);
      return DropReason::kNone;
    case Program::Action::kNone:
    case Program::Action::kDrop:
      break;
  }
  drop(moment.ingress.id, packet, DropReason::k_bug, moment.now_ns);
  return DropReason::k_bug;
}

// A fragment is judged by its datagram: the first one as the packet that it is the start of, the others as that was.
void Forwarder::judge_fragment(const Lane& lane, Moment& moment, Packet& packet) noexcept {
  Program program;
  FragmentPipeline::run(lookup_of(moment.generation, moment.ingress, *lane.network, fabric_, packet), program);
  if (program.action == Program::Action::kDrop) {
    deny(lane, moment, packet, program);
    return;
  }
  const auto died = [this, &moment, &packet](Packet& held, DropReason reason) noexcept {
    end_held(held, reason, moment.now_ns);
    if (&held != &packet) pool_.give(held);
  };
  // What is held must outlive its batch.
  Packet* copy = packet.headers.has(Headers::kLaterFragment) && packet.tail_length == 0 ? copy_of(packet) : nullptr;
  const FragmentTable::Answer answer = fragments_.take(lane.network->id, copy != nullptr ? *copy : packet, moment.now_ms, died);
  if (copy != nullptr && answer.what != FragmentTable::What::kHeld) pool_.give(*copy);
  switch (answer.what) {
    case FragmentTable::What::kDead:
      drop(moment.ingress.id, packet, answer.reason, moment.now_ns);
      return;
    case FragmentTable::What::kHeld:
      page_.add(moment.ingress.id, Counter::k_held_packets, packet.wire_packets);
      // Longer than its slot, or there was no packet for a copy: it cannot wait, and neither can its datagram.
      if (copy == nullptr) fragments_.forget(answer.datagram, DropReason::k_fragments_exhausted, died);
      return;
    case FragmentTable::What::kJudged:
      pass_fragment(FragmentVerdict::of(*answer.judgement), lane, moment, packet);
      return;
    case FragmentTable::What::kJudge: break;
  }
  const Headers& headers = packet.headers;
  FragmentVerdict verdict{DropReason::kNone, {}, headers.protocol, headers.source_port, headers.destination_port,
                          tuple_of(packet, lane.network->id).destination_port, is_judged(packet)};
  Lane whole = lane;
  make_datagram_key(packet, lane.network->id, fabric_.seed, whole.key);
  verdict.has_key = whole.key.kind != FlowKind::kNone;
  const Finding finding = find_connection(fabric_, moment.generation, *lane.network, moment.ingress.id, packet, whole.key);
  verdict.reason = judge_as(finding, whole, moment, packet);
  fragments_.judged(answer.datagram, verdict.judgement(), [&](Packet& held) noexcept {
    page_.add(held.ingress, Counter::k_held_packets, ~std::uint64_t{0} * held.wire_packets);
    pass_fragment(verdict, lane, moment, held);
    egress_.flush(moment.now_ns);
    pool_.give(held);
  });
}

// Not the first of its datagram. Its connection may have been denied since that was judged; where there is none (of its
// kind, or any more) rules are asked about it as they were about the first.
void Forwarder::pass_fragment(const FragmentVerdict& verdict, const Lane& lane, Moment& moment, Packet& packet) noexcept {
  if (verdict.reason != DropReason::kNone) {
    drop(moment.ingress.id, packet, verdict.reason, moment.now_ns);
    return;
  }
  // Of these its own header says nothing, or what it likes.
  packet.headers.protocol = verdict.protocol;
  packet.headers.source_port = verdict.source_port;
  packet.headers.destination_port = verdict.destination_port;
  Lane whole = lane;
  if (verdict.has_key) make_datagram_key(packet, lane.network->id, fabric_.seed, whole.key);
  Finding finding = find_connection(fabric_, moment.generation, *lane.network, moment.ingress.id, packet, whole.key);
  if (finding.is_stale) book_.forget(whole, finding);
  finding.is_stale = false;
  packet.headers.destination_port = verdict.service;
  if (finding.standing.kind == Standing::Kind::kUntracked && !verdict.is_asked) {
    finding.standing.kind = Standing::Kind::kEstablished;
    finding.standing.rule = verdict.rule;
  }
  (void)judge_as(finding, lane, moment, packet);
}

Packet* Forwarder::copy_of(const Packet& packet) noexcept {
  Packet* copy = pool_.take();
  if (copy == nullptr) return nullptr;
  std::byte* data = copy->data;
  std::memcpy(data, packet.data, packet.length);
  *copy = packet;
  copy->data = data;
  return copy;
}

void Forwarder::end_held(Packet& held, DropReason reason, std::uint64_t now_ns) noexcept {
  page_.add(held.ingress, Counter::k_held_packets, ~std::uint64_t{0} * held.wire_packets);
  drop(held.ingress, held, reason, now_ns);
}

void Forwarder::end_fragments(PortId port, std::uint64_t now_ns) noexcept {
  const auto died = [this, now_ns](Packet& held, DropReason reason) noexcept {
    end_held(held, reason, now_ns);
    pool_.give(held);
  };
  if (port) fragments_.forget_port(port, DropReason::k_port_not_active, died);
  else fragments_.expire(static_cast<std::uint32_t>(now_ns / 1'000'000), died);
}

// What rules said on the sender's way; a packet of a connection that they forbid is denied by them, too.
void Forwarder::witness(const Lookup& lookup, const Program& program, std::uint64_t now_ns) noexcept {
  const Tuple& tuple = lookup.question->tuple;
  const Standing& standing = lookup.standing;
  const PortId port = lookup.ingress.id, other = standing.other;
  if (standing.kind != Standing::Kind::kDenied || program.stage != StageId::kConnection) {
    const bool by_egress = !standing.is_answer();
    witness_.see(by_egress ? program.egress : program.ingress, {tuple, by_egress, port, program.output, port, now_ns});
    return;
  }
  Ruling denial;
  denial.rule = standing.rule;
  denial.action = standing.reject ? RuleAction::kReject : RuleAction::kDrop;
  denial.flags = standing.log ? Rule::kLog : 0;
  const bool by_egress = standing.reason == DropReason::k_egress_denied;
  const bool at_home = by_egress == standing.of_initiator;
  witness_.see(denial, {tuple, by_egress, at_home ? port : other, at_home ? other : port, port, now_ns});
}

// Whether the receiver's policy lets this in; deliver's verdict is the transmit side's business.
bool Forwarder::ingress_allows(Lookup& lookup, const PortEntry& receiver, Program& program, std::uint64_t now_ns) noexcept {
  lookup.receiver = &receiver;
  const bool allows = AclIngress::apply(lookup, program) == Verdict::kContinue;
  const PortId sender = lookup.ingress.id;
  const bool by_egress = lookup.standing.is_answer();
  if (lookup.question != nullptr)
    witness_.see(by_egress ? program.egress : program.ingress, {lookup.question->tuple, by_egress, receiver.id, sender, sender, now_ns});
  return allows;
}

// Dies by a stage, and its sender is told where a rule rejects.
void Forwarder::deny(const Lane& lane, Moment& moment, Packet& packet, const Program& program) noexcept {
  if (program.reject) answerer_.reject(lane, moment, packet);
  drop(moment.ingress.id, packet, program.reason, moment.now_ns);
}

// To the one port that the frame is for.
void Forwarder::hand_over(const Lane& lane, Moment& moment, const PortEntry& receiver, Packet& packet) noexcept {
  moment.forwarded += packet.wire_packets;
  if (!egress_.offer(receiver, *lane.network, packet)) [[unlikely]] answerer_.tell_too_big(lane, moment, receiver, packet);
}

// `heard`: the switch was a receiver, too, so that it does not matter whether there are others.
void Forwarder::flood(const Lane& lane, Moment& moment, Packet& packet, FloodSet set, std::uint32_t group,
                      const Standing& standing, bool heard) noexcept {
  const NetworkEntry& network = *lane.network;
  const Inquiry inquiry(moment.generation, network, packet, standing);
  Lookup lookup = lookup_of(moment.generation, moment.ingress, network, fabric_, packet);
  lookup.standing = standing;
  lookup.question = inquiry.question();
  if (!heard && is_storm(lane, moment, packet, lookup.destination)) return;
  egress_.flush(moment.now_ns);
  std::uint64_t receivers = 0;
  DropReason refused = set == FloodSet::kGroup ? DropReason::k_no_listener : DropReason::k_no_receiver;
  visit_flood(network, fabric_.groups, set, group, packet.headers.has(Headers::kIpv6), [&](PortId port) noexcept {
    if (!may_reach(moment.ingress, port)) return;
    const PortEntry* receiver = moment.generation.port(port);
    if (VSW_BUG(receiver == nullptr)) return;
    Program program;
    if (!ingress_allows(lookup, *receiver, program, moment.now_ns)) {
      refused = program.reason;
      return;
    }
    ++receivers;
    if (fabric_.loops.is_held(port)) {
      egress_.refuse(*receiver, *lane.network, packet, DropReason::k_port_held_down, moment.now_ns);
      return;
    }
    egress_.offer(*receiver, *lane.network, packet);
    egress_.flush(moment.now_ns);
  });
  if (receivers == 0 && heard) {
    moment.consumed += packet.wire_packets;
    return;
  }
  if (receivers == 0) {
    drop(moment.ingress.id, packet, refused, moment.now_ns);
    return;
  }
  moment.forwarded += packet.wire_packets;
  page_.add(moment.ingress.id, Counter::k_copied_packets, (receivers - 1) * packet.wire_packets);
}

// True: the port sends too much of this kind, and the packet died.
bool Forwarder::is_storm(const Lane& lane, const Moment& moment, Packet& packet, const Mac& destination) noexcept {
  const StormKind kind = storm_kind_of(destination);
  const PortId port = moment.ingress.id;
  const std::uint32_t limit = lane.network->storm_limits[static_cast<std::size_t>(kind)];
  if (fabric_.storms.meter(port, kind).take(packet.wire_packets, limit, moment.now_ns)) return false;
  if (fabric_.storms.tell(port, kind, moment.now_ns))
    events_.push({EventType::kStorm, lane.network->id, port, {}, 0, static_cast<std::uint64_t>(kind), limit});
  drop(port, packet, reason_of(kind), moment.now_ns);
  return true;
}

// A probe came back. One that travelled long, or from another network, is no loop of this one.
void Forwarder::take_back(const Lane& lane, const Moment& moment, const Packet& packet) noexcept {
  constexpr std::uint32_t kTravelMsMax = 5'000;
  LoopProbe probe;
  if (!LoopProbe::read(packet.head(), fabric_.loops.seed(), probe)) return;
  if (!(probe.network == lane.network->id) || moment.now_ms - probe.sent_ms > kTravelMsMax) return;
  const PortId port = moment.ingress.id;
  const std::uint32_t hold_ms = lane.network->loop_hold_ms;
  if (!fabric_.loops.hold(port, probe.port, moment.now_ns + std::uint64_t{hold_ms} * 1'000'000)) return;
  // Where MACs were heard while frames went round says nothing.
  fabric_.macs.forget_port(port);
  fabric_.macs.forget_port(probe.port);
  fabric_.macs.touch();
  events_.push({EventType::kLoopDetected, lane.network->id, port, probe.port, 0, hold_ms, 0});
}

void Forwarder::learn(const Lane& lane, const Moment& moment, const Packet& packet) noexcept {
  const Mac source = Mac::read(packet.data + 6);
  const NetworkId network = lane.network->id;
  if (lane.network->stations.find(source) != nullptr) return;  // declared: nobody else may claim it
  const PortId port = moment.ingress.id;
  PortId from;
  MacTable::Entry gave_way{};
  switch (fabric_.macs.learn(network, source, port, moment.now_ms, moment.ingress.macs_max, from, gave_way)) {
    case MacTable::Learned::kKnown:
      return;
    case MacTable::Learned::kNew:
      if (gave_way.port) {
        page_.add(gave_way.port, Counter::k_macs_evicted, 1);
        events_.push({EventType::kMacEvicted, gave_way.network, gave_way.port, port, gave_way.mac.number()});
      }
      events_.push({EventType::kMacLearned, network, port, {}, source.number()});
      return;
    case MacTable::Learned::kMoved:
      events_.push({EventType::kMacMoved, network, port, from, source.number()});
      return;
    case MacTable::Learned::kRefused:
      page_.add(port, Counter::k_macs_refused, 1);
      return;
    case MacTable::Learned::kFlapping:
      events_.push({EventType::kMacFlap, network, port, from, source.number()});
      [[fallthrough]];
    case MacTable::Learned::kMoveRefused:
      page_.add(port, Counter::k_mac_moves_refused, 1);
      return;
  }
}

}  // namespace vsw
