#include "state/sctp_connection.hpp"

#include "wire/endian.hpp"
#include "wire/sctp.hpp"

namespace vsw {

namespace {

constexpr std::uint8_t kData = 0, kInit = 1, kInitAck = 2, kHeartbeat = 4, kHeartbeatAck = 5, kAbort = 6, kShutdown = 7,
                       kShutdownAck = 8, kCookieEcho = 10, kCookieAck = 11, kShutdownComplete = 14;
constexpr std::uint32_t kChunkHeader = 4, kInitLength = 20;  // both of the smallest
constexpr std::uint32_t kTagAt = 4;                          // in the common header, and in INIT and INIT ACK

constexpr std::uint32_t bit(std::uint8_t type) noexcept { return type < 32 ? 1u << type : 0; }
// These stand alone in their packet (RFC 9260, 4.3).
constexpr std::uint32_t kAlone = bit(kInit) | bit(kInitAck) | bit(kShutdownComplete);

}  // namespace

// A packet's chunks, as far as they are at hand.
struct SctpConnection::Chunks {
  std::uint32_t tag = 0;           // the packet's
  std::uint32_t initiate_tag = 0;  // of an INIT or INIT ACK
  std::uint32_t count = 0;
  std::uint8_t type[kChunksMax] = {};
  std::uint32_t seen = 0;          // a bit for each type
  bool reflected = false;          // the T bit of an ABORT or SHUTDOWN COMPLETE

  // False: there is none, or one that ends before it begins.
  [[nodiscard]] bool read(const Packet& packet) noexcept {
    const Headers& headers = packet.headers;
    const std::uint32_t end = headers.end < packet.length ? headers.end : packet.length;
    tag = load32(packet.data + headers.l4 + kTagAt);
    for (std::uint32_t at = headers.l4 + Sctp::kLength; count < kChunksMax && at + kChunkHeader <= end;) {
      const std::byte* chunk = packet.data + at;
      const auto kind = std::to_integer<std::uint8_t>(chunk[0]);
      const std::uint32_t size = load16(chunk + 2);
      if (size < kChunkHeader) return false;
      if (kind == kInit || kind == kInitAck) {
        if (size < kInitLength || at + kInitLength > end) return false;
        initiate_tag = load32(chunk + kTagAt);
      }
      if (kind == kAbort || kind == kShutdownComplete) reflected = (std::to_integer<std::uint8_t>(chunk[1]) & 1) != 0;
      type[count++] = kind;
      seen |= bit(kind);
      if (kind == kData) break;
      at += (size + 3) & ~3u;
    }
    return count > 0 && ((seen & kAlone) == 0 || count == 1);
  }
  [[nodiscard]] bool has(std::uint8_t kind) const noexcept { return (seen & bit(kind)) != 0; }
};

Timeout SctpConnection::timeout() const noexcept {
  switch (state()) {
    case ConnectionState::k_cookie_wait: return Timeout::k_sctp_cookie_wait;
    case ConnectionState::k_cookie_echoed: return Timeout::k_sctp_cookie_echoed;
    case ConnectionState::k_established: return Timeout::k_sctp_established;
    case ConnectionState::k_shutdown_sent: return Timeout::k_sctp_shutdown_sent;
    case ConnectionState::k_shutdown_received: return Timeout::k_sctp_shutdown_received;
    case ConnectionState::k_shutdown_ack_sent: return Timeout::k_sctp_shutdown_ack_sent;
    case ConnectionState::k_heartbeat_sent: return Timeout::k_sctp_heartbeat_sent;
    default: return Timeout::k_sctp_closed;
  }
}

// The tag that the sender's packets carry, or the one that its peer's carry where it may be reflected.
bool SctpConnection::is_own_tag(unsigned sender, const Chunks& chunks) const noexcept {
  const bool reflected = (chunks.has(kAbort) || chunks.has(kShutdownComplete)) && chunks.reflected;
  const std::uint32_t expected = tag_[reflected ? sender ^ 1 : sender].load();
  return chunks.tag == expected && expected != 0;
}

Tracked SctpConnection::track(unsigned sender, const Packet& packet) noexcept {
  Chunks chunks;
  if (!chunks.read(packet)) return Tracked::invalid(Invalidity::kFlags);
  if (chunks.has(kInit)) return track_init(sender, chunks);
  if (chunks.has(kInitAck)) return track_init_ack(sender, chunks);
  const ConnectionState now = state();
  if (now == ConnectionState::k_new || now == ConnectionState::k_heartbeat_sent) return track_heartbeat(sender, chunks);
  if (!is_own_tag(sender, chunks)) {
    const bool anew = chunks.type[0] == kCookieEcho && chunks.tag != 0 && chunks.tag == offered_[sender].load() &&
                      offered_[sender ^ 1].load() != 0;
    if (!anew) return Tracked::invalid(Invalidity::kTag);
    restart(sender);
  }
  for (std::uint32_t i = 0; i < chunks.count; ++i) apply(sender, chunks.type[i]);
  return Tracked::valid();
}

Tracked SctpConnection::track_init(unsigned sender, const Chunks& chunks) noexcept {
  const unsigned other = sender ^ 1;
  if (chunks.tag != 0 || chunks.initiate_tag == 0) return Tracked::invalid(Invalidity::kTag);
  switch (state()) {
    case ConnectionState::k_new:
    case ConnectionState::k_cookie_wait:
      // Once more, or both ends at the same time (5.2.1).
      if (state() == ConnectionState::k_new) initiator_.store(static_cast<std::uint8_t>(sender));
      tag_[other].store(chunks.initiate_tag);
      enter(ConnectionState::k_cookie_wait);
      return Tracked::valid();
    case ConnectionState::k_closed: return Tracked::reopened();
    default:
      offered_[other].store(chunks.initiate_tag);
      offered_[sender].store(0);
      return Tracked::challenge();
  }
}

Tracked SctpConnection::track_init_ack(unsigned sender, const Chunks& chunks) noexcept {
  const unsigned other = sender ^ 1;
  if (chunks.initiate_tag == 0 || chunks.tag == 0) return Tracked::invalid(Invalidity::kTag);
  if (state() == ConnectionState::k_new || state() == ConnectionState::k_heartbeat_sent)
    return Tracked::invalid(Invalidity::kState);
  if (chunks.tag == tag_[sender].load()) {
    if (state() == ConnectionState::k_cookie_wait) tag_[other].store(chunks.initiate_tag);
    return Tracked::valid();
  }
  if (chunks.tag != offered_[sender].load()) return Tracked::invalid(Invalidity::kTag);
  offered_[other].store(chunks.initiate_tag);
  return Tracked::challenge();
}

// An association that is known from another path only: heartbeats go both ways before anything else may.
Tracked SctpConnection::track_heartbeat(unsigned sender, const Chunks& chunks) noexcept {
  if (chunks.tag == 0) return Tracked::invalid(Invalidity::kTag);
  const unsigned other = sender ^ 1;
  if (state() == ConnectionState::k_new) {
    if (chunks.type[0] != kHeartbeat) return Tracked::invalid(Invalidity::kState);
    tag_[sender].store(chunks.tag);
    initiator_.store(static_cast<std::uint8_t>(sender));
    enter(ConnectionState::k_heartbeat_sent);
    return Tracked::valid();
  }
  if (tag_[sender].load() != 0 && !is_own_tag(sender, chunks)) return Tracked::invalid(Invalidity::kTag);
  if (chunks.has(kAbort)) {
    if (!is_own_tag(sender, chunks)) return Tracked::invalid(Invalidity::kTag);
    enter(ConnectionState::k_closed);
    return Tracked::valid();
  }
  if (chunks.type[0] == kHeartbeatAck && tag_[other].load() != 0) {
    tag_[sender].store(chunks.tag);
    enter(ConnectionState::k_established);
    return Tracked::valid();
  }
  return chunks.type[0] == kHeartbeat && tag_[sender].load() != 0 ? Tracked::valid() : Tracked::invalid(Invalidity::kState);
}

void SctpConnection::restart(unsigned sender) noexcept {
  for (const unsigned side : {0u, 1u}) {
    tag_[side].store(offered_[side].load());
    offered_[side].store(0);
  }
  initiator_.store(static_cast<std::uint8_t>(sender));
  enter(ConnectionState::k_cookie_wait);
}

void SctpConnection::apply(unsigned sender, std::uint8_t type) noexcept {
  const ConnectionState now = state();
  switch (type) {
    case kCookieEcho:
      if (now == ConnectionState::k_cookie_wait) enter(ConnectionState::k_cookie_echoed);
      return;
    case kCookieAck:
      if (now == ConnectionState::k_cookie_echoed) enter(ConnectionState::k_established);
      return;
    case kShutdown:
      if (now == ConnectionState::k_established)
        enter(sender == initiator_.load() ? ConnectionState::k_shutdown_sent : ConnectionState::k_shutdown_received);
      return;
    case kShutdownAck:
      if (now == ConnectionState::k_shutdown_sent || now == ConnectionState::k_shutdown_received)
        enter(ConnectionState::k_shutdown_ack_sent);
      return;
    case kShutdownComplete:
      if (now == ConnectionState::k_shutdown_ack_sent) enter(ConnectionState::k_closed);
      return;
    case kAbort: enter(ConnectionState::k_closed); return;
    default: return;
  }
}

}  // namespace vsw
