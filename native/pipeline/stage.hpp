// Stage: one step of the slow path: looks at a packet and may decide its fate.
// Home: worker.
//
// Stages are pure: they read the lookup and write the program, nothing else. What a program then does
// to tables and ports is the worker's part; so the same stages answer `explain` on a candidate and
// leave no trace. A stage that reads more than the flow key says so (`cacheable = false`).
#pragma once
#include <concepts>
#include <cstdint>
#include <string_view>
#include "action/program.hpp"
#include "packet/packet.hpp"
#include "state/loop_watch.hpp"
#include "state/group_table.hpp"
#include "state/mac_table.hpp"
#include "table/generation.hpp"
#include "pipeline/standing.hpp"

namespace vsw {

// All that a verdict may rest on.
struct Lookup {
  const Packet& packet;
  const Generation& generation;
  const PortEntry& ingress;
  const NetworkEntry& network;
  const MacTable& macs;
  const LoopWatch& loops;
  const GroupTable& groups;
  Mac source, destination;
  const PortEntry* receiver = nullptr;  // for the receiver's stages
  Standing standing{};
  const Question* question = nullptr;   // what rules are asked; null where none judges
};

enum class Verdict : std::uint8_t { kContinue, kDone };

template <class S>
concept Stage = requires(const Lookup& lookup, Program& program) {
  { S::kId } -> std::convertible_to<StageId>;
  { S::apply(lookup, program) } noexcept -> std::same_as<Verdict>;
};

// Decides that the packet dies here.
inline Verdict drop(Program& program, StageId stage, DropReason reason, RuleId rule = {}) noexcept {
  program.action = Program::Action::kDrop;
  program.reason = reason;
  program.stage = stage;
  program.rule = rule;
  return Verdict::kDone;
}

}  // namespace vsw
