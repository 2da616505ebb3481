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
#include "commit/transaction.hpp"
#include "packet/packet.hpp"
#include "pipeline/standing.hpp"
#include "worker/fabric.hpp"

namespace vsw {

struct TraceStep {
  StageId stage = StageId::kParse;
  PortId port;
  const char* verdict = "continue";  // continue | allow | drop
  RuleId rule;
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
};

// `candidate` null: the running generation.
[[nodiscard]] Result<Trace> trace(Fabric& fabric, const Generation& running, const Transaction* candidate,
                                  PortId ingress, std::span<const std::byte> frame, const Offload& offload);

}  // namespace vsw
