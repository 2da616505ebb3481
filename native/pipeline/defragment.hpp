// defragment: fragments are judged by their datagram; what no honest sender makes dies here.
// Home: worker.
//
// Which datagram a fragment is of, and what was said of it, is the worker's to know (state/fragment_table.hpp): it asks
// before the stages. Where connections are not tracked fragments pass as they are.
#pragma once
#include "pipeline/stage.hpp"

namespace vsw {

struct Defragment {
  static constexpr StageId kId = StageId::kDefragment;
  static Verdict apply(const Lookup& lookup, Program& program) noexcept;
};

}  // namespace vsw
