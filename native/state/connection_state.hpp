// ConnectionState, Tracked: what tracking knows of a connection, and what it says of a frame.
// Home: anywhere; a value.
//
// `kInvalid` frames must not pass. `kChallenge` frames pass and prove nothing: a SYN on a living connection, which
// its receiver answers with a challenge (RFC 5961), and what may follow from that. Neither counts as being heard.
// `kReopened` is the first frame of another connection between the same ends: nothing was changed; the caller
// judges it as such and, if it may pass, begins a zeroed record with it.
#pragma once
#include <cstdint>

namespace vsw {

enum class ConnectionState : std::uint8_t {
#define CONNECTION_STATE(name, sentence) k_##name,
#include "state/connection_states.def"
#undef CONNECTION_STATE
  kCount
};
[[nodiscard]] const char* name_of(ConnectionState state) noexcept;  // "syn_sent"
[[nodiscard]] const char* sentence_of(ConnectionState state) noexcept;

// Why a frame is not part of its connection.
enum class Invalidity : std::uint8_t {
  kNone,
  kFlags,            // flags or chunks that contradict one another
  kState,            // not in this state, or not as a first frame
  kSequence,         // outside of the window
  kAcknowledgement,  // of what was never sent, or of what was acknowledged long ago
  kReset,            // a reset that its receiver would not believe
  kTag,              // another association's verification tag
  kCount
};
[[nodiscard]] const char* sentence_of(Invalidity why) noexcept;

struct Tracked {
  enum class What : std::uint8_t { kValid, kChallenge, kReopened, kInvalid };
  What what = What::kValid;
  Invalidity why = Invalidity::kNone;

  [[nodiscard]] static constexpr Tracked valid() noexcept { return {}; }
  [[nodiscard]] static constexpr Tracked challenge() noexcept { return {What::kChallenge, Invalidity::kNone}; }
  [[nodiscard]] static constexpr Tracked reopened() noexcept { return {What::kReopened, Invalidity::kNone}; }
  [[nodiscard]] static constexpr Tracked invalid(Invalidity why) noexcept { return {What::kInvalid, why}; }
  constexpr bool operator==(const Tracked&) const noexcept = default;
};

}  // namespace vsw
