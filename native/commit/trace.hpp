// Trace: what would become of this frame, and why.
// Home: control.
//
// Runs the very stages that forward, on the running generation or on a candidate, with a recorder. It
// changes no counter, no table and no port.
#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <vector>
#include "action/program.hpp"
#include "base/result.hpp"
#include "commit/nearest.hpp"
#include "commit/transaction.hpp"
#include "packet/packet.hpp"
#include "pipeline/standing.hpp"
#include "worker/fabric.hpp"

namespace vsw {

struct TraceStep {
  StageId stage = StageId::kParse;
  PortId port;
  const char* verdict = "continue";  // continue | allow | drop | reject
  RuleId rule;
};

// What rules say of the first packet of its connection, by the lists of one direction of one port.
struct TraceRuling {
  StageId stage = StageId::kAclEgress;
  PortId port;
  Ruling ruling;
};

struct Trace {
  bool allowed = false;
  bool rejected = false;            // it dies, and its sender is told
  StageId stage = StageId::kParse;  // the one that decided
  std::string reason;               // a drop reason's name, or forwarded | flooded | answered | consumed
  PortId port;                      // where it was decided
  NetworkId network;                // that the frame is in; none when it is in none
  RuleId rule;
  Standing standing;                // what the connection table says of it
  GenerationId generation;
  std::vector<TraceStep> path;
  std::vector<PortId> receivers;
  std::string line;                 // the frame, dissected

  // Where rules judge such a packet: the first one of its connection, and what rules say of that now. `nearest` are
  // rules of the direction that decided: that which denied, else the receiver's, else the sender's.
  bool judged = false;
  bool later_fragment = false;      // which is judged by the first one of its datagram, and here as if that were not known
  Tuple tuple;
  std::vector<TraceRuling> rulings;
  std::vector<NearRule> nearest;
};

// `candidate` null: the running generation.
[[nodiscard]] Result<Trace> trace(Fabric& fabric, const Generation& running, const Transaction* candidate,
                                  PortId ingress, std::span<const std::byte> frame, const Offload& offload);

struct TracedFrame {
  PortId ingress;
  std::span<const std::byte> frame;
};
enum class TraceVerdict : std::uint8_t { kDrop, kAllow, kReject };

// The verdicts about many frames, all on one generation: who reaches whom.
[[nodiscard]] Result<std::vector<TraceVerdict>> trace_verdicts(Fabric& fabric, const Generation& running,
                                                               const Transaction* candidate,
                                                               std::span<const TracedFrame> frames);

}  // namespace vsw
