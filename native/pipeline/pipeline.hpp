// Pipeline: the stages in order; the switch's way of judging, written as code.
// Home: worker.
//
// A frame passes the sender's stages once. They end with its death, with an answer by the switch
// itself, or with receivers; each receiver's stages are then asked apart.
#pragma once
#include "pipeline/acl.hpp"
#include "pipeline/admit.hpp"
#include "pipeline/anti_spoof.hpp"
#include "pipeline/bridge.hpp"
#include "pipeline/connection.hpp"
#include "pipeline/defragment.hpp"
#include "pipeline/deliver.hpp"
#include "pipeline/respond.hpp"
#include "pipeline/snoop.hpp"
#include "pipeline/stage.hpp"

namespace vsw {

template <Stage... Stages>
struct Pipeline {
  // Left to right, until the first stage that decides. `record(stage, program, verdict)` is told of
  // each stage that was asked.
  template <class Record>
  static void run(const Lookup& lookup, Program& program, Record&& record) noexcept {
    bool done = false;
    const auto ask = [&]<Stage S>() noexcept {
      if (done) return;
      const Verdict verdict = S::apply(lookup, program);
      done = verdict == Verdict::kDone;
      record(S::kId, program, verdict);
    };
    (ask.template operator()<Stages>(), ...);
  }
  static void run(const Lookup& lookup, Program& program) noexcept {
    run(lookup, program, [](StageId, const Program&, Verdict) noexcept {});
  }
};

using SenderPipeline = Pipeline<Admit, AntiSpoof, Defragment, Connection, AclEgress, Respond, Snoop, Bridge>;
using ReceiverPipeline = Pipeline<AclIngress, Deliver>;

}  // namespace vsw
