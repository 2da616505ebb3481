#include "commit/trace.hpp"

#include <algorithm>
#include <cstring>

#include "commit/draft.hpp"
#include "pipeline/multicast.hpp"
#include "pipeline/pipeline.hpp"
#include "pipeline/prepare.hpp"
#include "wire/dissect.hpp"
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

class Tracer {
 public:
  Tracer(Fabric& fabric, const Generation& generation, Trace& out) : fabric_(fabric), generation_(generation), out_(out) {}

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
    const Finding finding = find_connection(fabric_, generation_, *network, ingress_id, packet, key);
    out_.standing = finding.standing;
    const bool asks = network->tracks && is_judged(packet) && !finding.standing.is_settled();
    const Tuple tuple = asks ? tuple_of(packet, network->id) : Tuple{};
    const Question question = asks ? question_of(generation_, tuple) : Question{tuple, {}, {}, {}};
    Lookup lookup{packet, generation_, *ingress, *network, fabric_.macs, fabric_.loops, fabric_.groups, Mac::read(packet.data + 6),
                  Mac::read(packet.data), nullptr, finding.standing, asks ? &question : nullptr};
    Program program;
    SenderPipeline::run(lookup, program, [&](StageId stage, const Program& so_far, Verdict verdict) {
      const bool dropped = verdict == Verdict::kDone && so_far.action == Program::Action::kDrop;
      step(stage, ingress_id, dropped ? "drop" : verdict == Verdict::kDone ? "allow" : "continue",
           dropped || stage == StageId::kAclEgress ? so_far.rule : RuleId{});
    });
    out_.rejected = program.reject;
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
        if (const StormKind kind = storm_kind_of(lookup.destination); is_storm(*ingress, *network, packet, kind)) {
          out_.path.back().verdict = "drop";
          decide(false, StageId::kBridge, name_of(reason_of(kind)), ingress_id, {});
          return;
        }
        const bool heard = program.action == Program::Action::kSnoop;
        visit_flood(*network, fabric_.groups, program.flood_set, program.group, packet.headers.has(Headers::kIpv6),
                    [&](PortId port) noexcept {
                      if (may_reach(*ingress, port)) ask_receiver(lookup, program, port, "flooded");
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

 private:
  // The first receiver that gets the frame decides what stands at the top; without one, the first drop.
  void ask_receiver(Lookup& lookup, const Program& sender, PortId port, const char* how) {
    lookup.receiver = generation_.port(port);
    Program program = sender;
    ReceiverPipeline::run(lookup, program, [&](StageId stage, const Program& so_far, Verdict verdict) {
      const bool dropped = verdict == Verdict::kDone;
      step(stage, port, dropped ? "drop" : stage == StageId::kDeliver ? "allow" : "continue",
           stage == StageId::kAclIngress ? so_far.rule : RuleId{});
    });
    const bool dropped = program.action == Program::Action::kDrop;
    if (!decided_ || (!out_.allowed && !dropped)) out_.rejected = dropped && program.reject;
    if (!dropped) out_.receivers.push_back(port);
    if (!decided_ || (!out_.allowed && !dropped))
      decide(!dropped, dropped ? program.stage : StageId::kDeliver, dropped ? name_of(program.reason) : how, port,
             program.rule);
  }
  // Whether the port's meter is used up at this moment.
  [[nodiscard]] bool is_storm(const PortEntry& ingress, const NetworkEntry& network, const Packet& packet,
                              StormKind kind) const {
    const std::uint32_t limit = network.storm_limits[static_cast<std::size_t>(kind)];
    return !fabric_.storms.meter(ingress.id, kind).would_take(packet.wire_packets, limit, fabric_.clock.now_ns());
  }
  void step(StageId stage, PortId port, const char* verdict, RuleId rule) {
    out_.path.push_back({stage, port, verdict, rule});
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
  bool decided_ = false;
};

}  // namespace

Result<Trace> trace(Fabric& fabric, const Generation& running, const Transaction* candidate, PortId ingress,
                    std::span<const std::byte> frame, const Offload& offload) {
  std::unique_ptr<Generation> made;
  if (candidate != nullptr) {
    Draft draft(running, GenerationId{running.id.value + 1}, fabric.limits.ports);
    if (Outcome applied = draft.apply(*candidate); !applied) return applied.error();
    for (const PortId id : std::set<PortId>(draft.touched())) {
      const bool put = draft.port(id) != nullptr && !draft.closed().contains(id);
      if (put && !draft.port(id)->device) draft.edit_port(id)->device = std::make_shared<ImaginedPort>();
    }
    made = draft.finish();
  }
  const Generation& generation = made ? *made : running;

  Trace result;
  result.generation = generation.id;
  result.line = dissect(frame);
  std::vector<std::byte> bytes(std::max<std::size_t>(frame.size(), 1));
  if (!frame.empty()) std::memcpy(bytes.data(), frame.data(), frame.size());
  Packet packet;
  packet.data = bytes.data();
  // In two pieces where the dataplane would have it so: stages see of it what they see of a real one.
  const auto length = static_cast<std::uint32_t>(frame.size());
  packet.length = std::min(length, Packet::kSlotSize);
  packet.tail_length = length - packet.length;
  if (packet.tail_length > 0) packet.tail = bytes.data() + packet.length;
  packet.ingress = ingress;
  packet.offload = offload;
  Tracer(fabric, generation, result).run(ingress, packet);
  return result;
}

}  // namespace vsw
