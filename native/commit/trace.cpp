#include "commit/trace.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "commit/draft.hpp"
#include "pipeline/acl.hpp"
#include "pipeline/bridge.hpp"
#include "pipeline/multicast.hpp"
#include "pipeline/pipeline.hpp"
#include "pipeline/prepare.hpp"
#include "wire/dissect.hpp"
#include "wire/icmp.hpp"
#include "wire/icmp_inner.hpp"
#include "wire/icmpv6.hpp"
#include "worker/finding.hpp"

namespace vsw {

namespace {

// Stands for the device that a candidate's port would have.
class ImaginedPort final : public Port {
 public:
  bool receive(Pool&, Batch&) noexcept override { return true; }
  std::uint64_t transmit(std::span<Packet* const>) noexcept override { return 0; }
  [[nodiscard]] PortInfo info() const noexcept override { return {true, true, true, true}; }
  [[nodiscard]] int wake_fd() const noexcept override { return -1; }
  [[nodiscard]] PortType type() const noexcept override { return PortType::kMemory; }
};

// What rules are asked about this packet: the first one of the connection that it belongs to. `tuple` is its own.
Tuple first_of(Tuple tuple, const Packet& packet, const Standing& standing) noexcept {
  const bool related = standing.kind == Standing::Kind::kRelated;
  if (IcmpInner inner; related && IcmpInner::read(packet.head(), packet.headers, inner))
    tuple = {tuple.network, inner.destination, inner.source, inner.protocol, inner.destination_port, inner.source_port};
  if (standing.of_initiator && !related) return tuple;
  if (!standing.of_initiator) {
    std::swap(tuple.source, tuple.destination);
    std::swap(tuple.source_port, tuple.destination_port);
  }
  const bool v6 = !tuple.source.is_v4();
  if (tuple.protocol == (v6 ? Icmpv6::kNumber : Icmp::kNumber)) {
    tuple.source_port = 0;
    tuple.destination_port = static_cast<std::uint16_t>((v6 ? Icmpv6::kEchoRequest : Icmp::kEchoRequest) << 8);
  }
  return tuple;
}

class Tracer {
 public:
  // A brief one finds the verdict alone.
  Tracer(Fabric& fabric, const Generation& generation, Trace& out, bool brief)
      : fabric_(fabric), generation_(generation), out_(out), brief_(brief) {}

  void run(PortId ingress_id, Packet& packet) {
    const PortEntry* ingress = generation_.port(ingress_id);
    const bool trunk = ingress != nullptr && ingress->is_trunk();
    const DropReason malformed = prepare(packet, trunk);
    if (malformed != DropReason::kNone) {
      step(StageId::kParse, ingress_id, "drop", {});
      decide(false, StageId::kParse, name_of(malformed), ingress_id, {});
      return;
    }
    step(StageId::kParse, ingress_id, "continue", {});
    const NetworkEntry* network = nullptr;
    if (ingress != nullptr) network = generation_.network(trunk ? ingress->network_of(packet.tag) : ingress->network);
    if (network == nullptr) {
      const DropReason reason = trunk ? DropReason::k_vlan_not_carried : DropReason::k_port_not_active;
      step(StageId::kAdmit, ingress_id, "drop", {});
      decide(false, StageId::kAdmit, name_of(reason), ingress_id, {});
      return;
    }
    out_.network = network->id;
    FlowKey key;
    make_flow_key(packet, network->id, fabric_.seed, key);
    const bool first_fragment = packet.headers.has(Headers::kFragment) && !packet.headers.has(Headers::kLaterFragment);
    if (network->tracks && first_fragment && packet.headers.vlan_count == 0)
      make_datagram_key(packet, network->id, fabric_.seed, key);
    const Finding finding = find_connection(fabric_, generation_, *network, ingress_id, packet, key);
    out_.standing = finding.standing;
    const bool asks = network->tracks && is_judged(packet) && !finding.standing.is_settled();
    out_.judged = is_judged(packet);
    out_.later_fragment = network->tracks && packet.headers.has(Headers::kLaterFragment);
    const Tuple tuple = out_.judged ? tuple_of(packet, network->id) : Tuple{};
    const Tuple asked = finding.standing.is_answer() ? tuple.reversed() : tuple;
    const Question question = asks ? question_of(generation_, asked) : Question{asked, {}, {}, {}};
    Lookup lookup{packet, generation_, *ingress, *network, fabric_.macs, fabric_.loops, fabric_.groups, Mac::read(packet.data + 6),
                  Mac::read(packet.data), nullptr, finding.standing, asks ? &question : nullptr};
    Program program;
    SenderPipeline::run(lookup, program, [&](StageId stage, const Program& so_far, Verdict verdict) {
      const bool dropped = verdict == Verdict::kDone && so_far.action == Program::Action::kDrop;
      step(stage, ingress_id, dropped ? dead(so_far) : verdict == Verdict::kDone ? "allow" : "continue",
           dropped || stage == rules_stage(StageId::kAclEgress) ? so_far.rule : RuleId{});
    });
    out_.rejected = program.reject;
    conclude(lookup, tuple, program);
    if (!brief_) rank(*network);
  }

 private:
  // What becomes of it after the sender's stages.
  void conclude(Lookup& lookup, const Tuple& tuple, const Program& program) {
    const NetworkEntry& network = lookup.network;
    const PortEntry& ingress = lookup.ingress;
    const PortId ingress_id = ingress.id;
    const Packet& packet = lookup.packet;
    if (out_.judged) {
      out_.tuple = first_of(tuple, packet, out_.standing);
      if (lookup.standing.is_settled() || lookup.standing.kind == Standing::Kind::kDenied) judge_anew(lookup);
      else ruled(!out_.standing.is_answer(), ingress_id, network, program);
    }
    switch (program.action) {
      case Program::Action::kDrop:
        decide(false, program.stage, name_of(program.reason), ingress_id, program.rule);
        return;
      case Program::Action::kRespond:
        decide(true, StageId::kRespond, "answered", ingress_id, {});
        out_.receivers.push_back(ingress_id);
        return;
      case Program::Action::kConsume:
        decide(true, program.stage, "consumed", ingress_id, {});
        return;
      case Program::Action::kOutput:
        ask_receiver(lookup, program, program.output, "forwarded");
        return;
      case Program::Action::kFlood:
      case Program::Action::kSnoop: {
        if (const StormKind kind = storm_kind_of(lookup.destination); is_storm(ingress, network, packet, kind)) {
          if (!brief_) out_.path.back().verdict = "drop";
          decide(false, StageId::kBridge, name_of(reason_of(kind)), ingress_id, {});
          return;
        }
        const bool heard = program.action == Program::Action::kSnoop;
        visit_flood(network, fabric_.groups, program.flood_set, program.group, packet.headers.has(Headers::kIpv6),
                    [&](PortId port) noexcept {
                      if (may_reach(ingress, port)) ask_receiver(lookup, program, port, "flooded");
                    });
        if (heard && out_.receivers.empty()) decide(true, StageId::kSnoop, "consumed", ingress_id, {});
        else if (!decided_) decide(false, StageId::kBridge, name_of(DropReason::k_no_listener), ingress_id, {});
        return;
      }
      case Program::Action::kNone:
        decide(false, StageId::kParse, name_of(DropReason::k_bug), ingress_id, {});
        return;
    }
  }

  // The first receiver that gets the frame decides what stands at the top; without one, the first drop.
  void ask_receiver(Lookup& lookup, const Program& sender, PortId port, const char* how) {
    lookup.receiver = generation_.port(port);
    Program program = sender;
    ReceiverPipeline::run(lookup, program, [&](StageId stage, const Program& so_far, Verdict verdict) {
      const bool dropped = verdict == Verdict::kDone;
      step(stage, port, dropped ? dead(so_far) : stage == StageId::kDeliver ? "allow" : "continue",
           stage == rules_stage(StageId::kAclIngress) ? so_far.rule : RuleId{});
    });
    if (out_.judged && !out_.standing.is_settled())
      ruled(out_.standing.is_answer(), port, lookup.network, program);
    const bool dropped = program.action == Program::Action::kDrop;
    if (!decided_ || (!out_.allowed && !dropped)) out_.rejected = dropped && program.reject;
    if (!dropped) out_.receivers.push_back(port);
    if (!decided_ || (!out_.allowed && !dropped))
      decide(!dropped, dropped ? program.stage : StageId::kDeliver, dropped ? name_of(program.reason) : how, port,
             program.rule);
  }
  // Where the rules' verdict comes from: the stage that asked them, or for a packet of a known connection `connection`.
  [[nodiscard]] StageId rules_stage(StageId asked) const noexcept {
    return out_.standing.is_settled() ? StageId::kConnection : asked;
  }
  [[nodiscard]] static const char* dead(const Program& program) noexcept { return program.reject ? "reject" : "drop"; }
  // What rules say now of a connection that was judged when it began.
  void judge_anew(const Lookup& lookup) {
    if (brief_) return;
    const PortEntry* far = generation_.port(find_station(lookup.network, fabric_.macs, lookup.destination));
    const PortEntry* sender = out_.standing.of_initiator ? &lookup.ingress : far;
    const PortEntry* receiver = out_.standing.of_initiator ? far : &lookup.ingress;
    const Question question = question_of(generation_, out_.tuple);
    if (sender != nullptr) rule(StageId::kAclEgress, sender->id, rule_egress(generation_, lookup.network, *sender, question));
    if (receiver != nullptr) rule(StageId::kAclIngress, receiver->id, rule_ingress(generation_, lookup.network, *receiver, question));
  }
  // Of a network where everything is allowed, so that no rule is asked.
  [[nodiscard]] static Ruling undoubted() noexcept {
    Ruling ruling;
    ruling.rule = kDefaultRule;
    return ruling;
  }
  void ruled(bool by_egress, PortId port, const NetworkEntry& network, const Program& program) {
    rule(by_egress ? StageId::kAclEgress : StageId::kAclIngress, port,
         !network.tracks ? undoubted() : by_egress ? program.egress : program.ingress);
  }
  void rule(StageId stage, PortId port, const Ruling& ruling) {
    if (!brief_ && ruling.rule) out_.rulings.push_back({stage, port, ruling});
  }
  // The rules that almost decided otherwise, where rules decided at all.
  void rank(const NetworkEntry& network) {
    if (!network.tracks || out_.rulings.empty() || (!out_.allowed && !out_.rule)) return;
    const Question question = question_of(generation_, out_.tuple);
    const auto look = [&](const TraceRuling& asked) {
      const PortPolicy& policy = generation_.port(asked.port)->policy;
      const std::uint32_t list = asked.stage == StageId::kAclEgress ? policy.egress : policy.ingress;
      if (const RuleListEntry* entry = generation_.rule_list(list); entry != nullptr)
        out_.nearest = nearest_rules(*entry->rules, question, out_.allowed);
    };
    if (!out_.allowed) {
      const auto denied = std::find_if(out_.rulings.begin(), out_.rulings.end(), [](const auto& one) { return !one.ruling.allows(); });
      if (denied != out_.rulings.end()) look(*denied);
      return;
    }
    for (auto asked = out_.rulings.rbegin(); asked != out_.rulings.rend() && out_.nearest.empty(); ++asked)
      if (asked->ruling.allows()) look(*asked);
  }
  // Whether the port's meter is used up at this moment.
  [[nodiscard]] bool is_storm(const PortEntry& ingress, const NetworkEntry& network, const Packet& packet,
                              StormKind kind) const {
    const std::uint32_t limit = network.storm_limits[static_cast<std::size_t>(kind)];
    return !fabric_.storms.meter(ingress.id, kind).would_take(packet.wire_packets, limit, fabric_.clock.now_ns());
  }
  void step(StageId stage, PortId port, const char* verdict, RuleId rule) {
    if (!brief_) out_.path.push_back({stage, port, verdict, rule});
  }
  void decide(bool allowed, StageId stage, const char* reason, PortId port, RuleId rule) {
    decided_ = true;
    out_.allowed = allowed;
    out_.stage = stage;
    out_.reason = reason;
    out_.port = port;
    out_.rule = rule;
  }

  Fabric& fabric_;
  const Generation& generation_;
  Trace& out_;
  const bool brief_;
  bool decided_ = false;
};

// The generation that the candidate would make; null: nothing is to be made.
Result<std::unique_ptr<Generation>> imagine(const Fabric& fabric, const Generation& running, const Transaction* candidate) {
  if (candidate == nullptr) return std::unique_ptr<Generation>();
  Draft draft(running, GenerationId{running.id.value + 1}, fabric.limits.ports);
  if (Outcome applied = draft.apply(*candidate); !applied) return applied.error();
  for (const PortId id : std::set<PortId>(draft.touched())) {
    const bool put = draft.port(id) != nullptr && !draft.closed().contains(id);
    if (put && !draft.port(id)->device) draft.edit_port(id)->device = std::make_shared<ImaginedPort>();
  }
  return draft.finish();
}

// In two pieces where the dataplane would have it so: stages see of it what they see of a real one. `bytes` is room for
// it, which the packet needs.
Packet packet_of(std::span<const std::byte> frame, std::vector<std::byte>& bytes) {
  bytes.resize(std::max<std::size_t>(frame.size(), 1));
  if (!frame.empty()) std::memcpy(bytes.data(), frame.data(), frame.size());
  Packet packet;
  packet.data = bytes.data();
  const auto length = static_cast<std::uint32_t>(frame.size());
  packet.length = std::min(length, Packet::kSlotSize);
  packet.tail_length = length - packet.length;
  if (packet.tail_length > 0) packet.tail = bytes.data() + packet.length;
  return packet;
}

}  // namespace

Result<Trace> trace(Fabric& fabric, const Generation& running, const Transaction* candidate, PortId ingress,
                    std::span<const std::byte> frame, const Offload& offload) {
  Result<std::unique_ptr<Generation>> imagined = imagine(fabric, running, candidate);
  if (!imagined) return imagined.error();
  const Generation& generation = imagined.value() ? *imagined.value() : running;

  Trace result;
  result.generation = generation.id;
  result.line = dissect(frame);
  std::vector<std::byte> bytes;
  Packet packet = packet_of(frame, bytes);
  packet.ingress = ingress;
  packet.offload = offload;
  Tracer(fabric, generation, result, false).run(ingress, packet);
  return result;
}

Result<std::vector<TraceVerdict>> trace_verdicts(Fabric& fabric, const Generation& running, const Transaction* candidate,
                                                 std::span<const TracedFrame> frames) {
  Result<std::unique_ptr<Generation>> imagined = imagine(fabric, running, candidate);
  if (!imagined) return imagined.error();
  const Generation& generation = imagined.value() ? *imagined.value() : running;

  std::vector<TraceVerdict> verdicts;
  verdicts.reserve(frames.size());
  std::vector<std::byte> bytes;
  for (const TracedFrame& traced : frames) {
    Trace result;
    Packet packet = packet_of(traced.frame, bytes);
    packet.ingress = traced.ingress;
    Tracer(fabric, generation, result, true).run(traced.ingress, packet);
    verdicts.push_back(result.allowed ? TraceVerdict::kAllow : result.rejected ? TraceVerdict::kReject : TraceVerdict::kDrop);
  }
  return verdicts;
}

}  // namespace vsw
