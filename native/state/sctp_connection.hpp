// SctpConnection: whether an SCTP packet belongs to an association, from its chunks and its verification tag.
// Shared: written by the workers that have its frames; each number is whole by itself.
//
// Every packet carries the tag that its receiver chose in its INIT or INIT ACK (RFC 9260, 8.5), 32 bits that
// nobody off the path knows. An ABORT or a completed shutdown may carry the sender's own tag instead, with the
// T bit. An INIT in a living association passes as a challenge: its answer either tells the sender that it has
// one, or, when the cookie comes back under the new tags, the association begins anew (5.2.2).
// A heartbeat as a first packet is a further path of an association that is elsewhere; its answer shows that.
//
// All zero is an association that has not begun. The checksum is the receiver's to judge.
#pragma once
#include <cstdint>
#include "base/relaxed.hpp"
#include "packet/packet.hpp"
#include "state/connection_state.hpp"
#include "wire/timeouts.hpp"

namespace vsw {

class SctpConnection {
 public:
  static constexpr std::uint32_t kChunksMax = 16;  // looked at; those of control come first

  // Of a packet whose common header is there.
  [[nodiscard]] Tracked track(unsigned sender, const Packet& packet) noexcept;
  [[nodiscard]] ConnectionState state() const noexcept { return static_cast<ConnectionState>(state_.load()); }
  [[nodiscard]] Timeout timeout() const noexcept;
  // Whether `sender` would send this tag: what an ICMP error must quote to be believed.
  [[nodiscard]] bool covers(unsigned sender, std::uint32_t tag) const noexcept {
    return tag == tag_[sender].load() && state() != ConnectionState::k_new;
  }

 private:
  struct Chunks;
  [[nodiscard]] Tracked track_init(unsigned sender, const Chunks& chunks) noexcept;
  [[nodiscard]] Tracked track_init_ack(unsigned sender, const Chunks& chunks) noexcept;
  [[nodiscard]] Tracked track_heartbeat(unsigned sender, const Chunks& chunks) noexcept;
  [[nodiscard]] bool is_own_tag(unsigned sender, const Chunks& chunks) const noexcept;
  void restart(unsigned sender) noexcept;
  void apply(unsigned sender, std::uint8_t type) noexcept;
  void enter(ConnectionState state) noexcept { state_.store(static_cast<std::uint8_t>(state)); }

  Relaxed<std::uint32_t> tag_[2];      // that this side's packets carry; 0: not known yet
  Relaxed<std::uint32_t> offered_[2];  // the same, should the association begin anew
  Relaxed<std::uint8_t> state_, initiator_;
};

}  // namespace vsw
