// connection: new, established, related or invalid?
// Home: worker.
//
// The table was asked before the stages (worker/tracker.hpp); here is decided what its answer means. Where nothing is
// ever denied connections are not tracked, and every packet passes this stage.
#pragma once
#include "pipeline/stage.hpp"

namespace vsw {

struct Connection {
  static constexpr StageId kId = StageId::kConnection;
  static Verdict apply(const Lookup& lookup, Program& program) noexcept;
};

}  // namespace vsw
