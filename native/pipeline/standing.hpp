// Standing: what the connection table says of a packet, before any stage is asked.
// Home: worker; a value.
//
// `kEstablished` and `kRelated` belong to a connection that was judged when it began: no rule is asked again.
// `kInvalid` belongs to none and may begin none. `kDenied` belongs to one that a change of rules forbade.
#pragma once
#include <cstdint>
#include "base/ids.hpp"
#include "state/connection_state.hpp"
#include "telemetry/counters.hpp"

namespace vsw {

struct Standing {
  enum class Kind : std::uint8_t { kUntracked, kNew, kEstablished, kRelated, kInvalid, kDenied };
  Kind kind = Kind::kUntracked;
  bool of_initiator = true;                  // it goes the way of the connection's first packet
  bool reject = false;                       // kDenied: whoever sends is told
  bool log = false;                          // kDenied: the rule that denies wants it told
  ConnectionState state = ConnectionState::k_new;
  DropReason reason = DropReason::kNone;     // of kInvalid and kDenied
  RuleId rule;                               // that decided about the connection
  PortId other;                              // at the connection's other end, where it is known

  // Nobody saw its connection begin, and it is taken for an answer: rules are asked about what it answers.
  [[nodiscard]] bool is_answer() const noexcept { return kind == Kind::kNew && !of_initiator; }
  // Rules were asked when its connection began.
  [[nodiscard]] bool is_settled() const noexcept { return kind == Kind::kEstablished || kind == Kind::kRelated; }
};
[[nodiscard]] const char* name_of(Standing::Kind kind) noexcept;

}  // namespace vsw
