// admit: is this port open yet, and does its network carry such a frame?
// Home: worker.
//
// The born-isolated gate, ports that are held down, probes that came back, VLANs and EtherTypes. The tag that says where a frame belongs, and one priority
// tag, were taken off before (prepare.hpp). What tags are left are payload: they die, unless the network
// carries them; one of VLAN 0 always dies.
#pragma once
#include "pipeline/stage.hpp"

namespace vsw {

struct Admit {
  static constexpr StageId kId = StageId::kAdmit;
  static Verdict apply(const Lookup& lookup, Program& program) noexcept;
};

}  // namespace vsw
