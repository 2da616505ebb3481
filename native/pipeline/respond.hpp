// respond: ARP and neighbour discovery answered by the switch itself, from the binding table.
// Home: worker.
//
// Whoever asks for a declared address of an open port gets its MAC at once, and nobody else is
// bothered. What asks for the asker's own address (gratuitous ARP, duplicate address detection)
// passes on: others shall hear it, and an answer would be a false alarm. What asks behind a tag that the
// network carries as payload asks in a network of the hosts' own, of which nothing is known here.
#pragma once
#include "packet/packet.hpp"
#include "pipeline/stage.hpp"

namespace vsw {

struct Respond {
  static constexpr StageId kId = StageId::kRespond;
  static Verdict apply(const Lookup& lookup, Program& program) noexcept;
};

// Writes the answer to the request in `asked` as a frame into `answer`, a fresh packet.
void write_answer(const Packet& asked, const Mac& mac, Packet& answer) noexcept;

}  // namespace vsw
