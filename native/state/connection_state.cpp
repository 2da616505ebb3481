#include "state/connection_state.hpp"

#include <cstddef>

namespace vsw {

namespace {

struct Described {
  const char* name;
  const char* sentence;
};
constexpr Described kStates[] = {
#define CONNECTION_STATE(name, sentence) {#name, sentence},
#include "state/connection_states.def"
#undef CONNECTION_STATE
};
static_assert(sizeof kStates / sizeof *kStates == static_cast<std::size_t>(ConnectionState::kCount));

constexpr const char* kInvalidities[] = {
    "it is part of the connection",
    "its flags or chunks contradict one another",
    "the connection is not in a state for it",
    "its sequence number is outside of the receiver's window",
    "it acknowledges what was never sent, or what was acknowledged long ago",
    "a reset whose sequence number its receiver would not believe",
    "its verification tag is another association's",
};
static_assert(sizeof kInvalidities / sizeof *kInvalidities == static_cast<std::size_t>(Invalidity::kCount));

}  // namespace

const char* name_of(ConnectionState state) noexcept { return kStates[static_cast<std::size_t>(state)].name; }
const char* sentence_of(ConnectionState state) noexcept { return kStates[static_cast<std::size_t>(state)].sentence; }
const char* sentence_of(Invalidity why) noexcept { return kInvalidities[static_cast<std::size_t>(why)]; }

}  // namespace vsw
