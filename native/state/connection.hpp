// TrackedConnection: what is remembered of a connection, whatever its protocol, and whether a frame is part of it.
// Shared: each side's part is written by the one worker that has its frames.
//
// TCP and SCTP have their own state (tcp_connection, sctp_connection). An ICMP or ICMPv6 echo belongs to the end
// that asked: the other end only replies, and when it asks itself, under the same identifier, that is another
// connection. Of UDP and everything else only is known which ends were heard: after both it is established.
//
// All zero is a connection that has not begun. `sender` is 0 or 1, the same for all frames of one end.
#pragma once
#include <cstdint>
#include <type_traits>
#include "state/sctp_connection.hpp"
#include "state/tcp_connection.hpp"
#include "wire/icmp.hpp"
#include "wire/icmpv6.hpp"
#include "wire/udp.hpp"

namespace vsw {

// UDP, echo, and all other protocols: which ends were heard.
struct PairConnection {
  Relaxed<std::uint8_t> heard[2];
};

class TrackedConnection {
 public:
  // Of a parsed IP packet that is no fragment; `protocol` was the same for every frame before. ICMP and ICMPv6 other
  // than echo are no connections.
  [[nodiscard]] Tracked track(const Packet& packet, unsigned sender, bool loose) noexcept {
    return packet.headers.protocol == Tcp::kNumber ? tcp_.track(sender, TcpSegment::read(packet), loose)
                                                   : track_other(packet, sender);
  }
  [[nodiscard]] ConnectionState state(std::uint8_t protocol) const noexcept;
  // Which timeout it is under now, and how long that is after the last frame that was valid.
  [[nodiscard]] Timeout timeout(std::uint8_t protocol) const noexcept;
  [[nodiscard]] std::uint32_t timeout_ms(std::uint8_t protocol, const Timeouts& timeouts) const noexcept {
    return timeouts.ms_of(timeout(protocol));
  }
  [[nodiscard]] TcpConnection& tcp() noexcept { return tcp_; }
  [[nodiscard]] const TcpConnection& tcp() const noexcept { return tcp_; }
  [[nodiscard]] const SctpConnection& sctp() const noexcept { return sctp_; }

 private:
  [[nodiscard]] Tracked track_other(const Packet& packet, unsigned sender) noexcept;
  [[nodiscard]] Tracked track_echo(const Packet& packet, unsigned sender) noexcept;

  union {
    TcpConnection tcp_;
    SctpConnection sctp_;
    PairConnection pair_;
  };
};
static_assert(sizeof(TrackedConnection) == 32 && std::is_trivially_copyable_v<TrackedConnection>);

}  // namespace vsw
