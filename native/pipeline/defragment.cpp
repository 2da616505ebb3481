#include "pipeline/defragment.hpp"

#include "wire/fragment.hpp"

namespace vsw {

Verdict Defragment::apply(const Lookup& lookup, Program& program) noexcept {
  const Packet& packet = lookup.packet;
  if (!lookup.network.tracks || !packet.headers.has(Headers::kFragment)) return Verdict::kContinue;
  if (!Fragment::read(packet.head(), packet.headers).is_tiny()) return Verdict::kContinue;
  return drop(program, kId, DropReason::k_fragment_tiny);
}

}  // namespace vsw
