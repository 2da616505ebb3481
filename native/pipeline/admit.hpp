// admit: is this port open yet, and does its network carry such a frame?
// Home: worker.
//
// The born-isolated gate, VLANs and EtherTypes. An access port carries untagged frames only; one
// priority tag was taken off before (prepare.hpp).
#pragma once
#include "pipeline/stage.hpp"

namespace vsw {

struct Admit {
  static constexpr StageId kId = StageId::kAdmit;
  static Verdict apply(const Lookup& lookup, Program& program) noexcept;
};

}  // namespace vsw
