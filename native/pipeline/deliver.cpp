#include "pipeline/deliver.hpp"

namespace vsw {

Verdict Deliver::apply(const Lookup& lookup, Program& program) noexcept {
  if (!lookup.receiver->device) return drop(program, kId, DropReason::k_port_closed);
  if (lookup.loops.is_held(lookup.receiver->id)) return drop(program, kId, DropReason::k_port_held_down);
  if (mtu_for(lookup.packet) > lookup.receiver->settings.mtu) return drop(program, kId, DropReason::k_mtu_exceeded);
  return Verdict::kContinue;
}

}  // namespace vsw
