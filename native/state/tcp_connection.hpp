// TcpConnection: whether a segment belongs to a TCP connection, from its sequence numbers and both windows.
// Shared: each side's numbers are written by the one worker that has its frames; the others read them.
//
// After Guido van Rooij, "Real stateful TCP packet filtering in IP Filter" (2001). For each side: `end`, behind
// the last byte that it sent; `edge`, behind the last byte that it ever let the other send (the highest sum of
// acknowledgement and window); `window`, the largest one that it offered. A segment belongs when
//   I.   it ends at or before the other's edge (one byte more: a zero window probe),
//   II.  it ends at or behind its sender's end less the other's largest window and that byte: what is older is known,
//   III. it acknowledges nothing beyond the other's end,
//   IV.  it acknowledges nothing older than 64 KiB and its sender's largest window.
//
// There is no state byte. Each side has bits (its SYN was seen, it acknowledged the other's, …), which only
// its own segments set, and the state follows from both; so the two directions may be tracked by two workers
// at the same time, without a lock. Only handshakes and rare segments write across.
//
// A reset ends the connection when its number is exactly what its receiver waits for. Elsewhere in the window
// it passes, but its receiver answers with a challenge (RFC 5961): the connection is in doubt, and lives as
// long as a closed one unless either end is heard again. A SYN on a living connection passes as a challenge.
//
// A connection that was not seen from its start (`loose`) is picked up with the widest scale there is, 14, so
// no honest segment is refused, and resets and blind injections still have to hit a window.
//
// All zero is a connection that has not begun.
#pragma once
#include <cstdint>
#include "base/relaxed.hpp"
#include "state/connection_state.hpp"
#include "state/tcp_segment.hpp"
#include "wire/timeouts.hpp"
#include "wire/tcp.hpp"

namespace vsw {

class TcpConnection {
 public:
  // `sender` is 0 or 1, the same for all frames of one end.
  [[nodiscard]] Tracked track(unsigned sender, const TcpSegment& segment, bool loose) noexcept {
    return track_established(sender, segment) ? Tracked::valid() : track_rare(sender, segment, loose);
  }
  // Nearly every segment there is: data or an acknowledgement inside the windows of a connection at rest. False:
  // nothing was changed, and the segment may be anything.
  [[nodiscard]] bool track_established(unsigned sender, const TcpSegment& segment) noexcept {
    const unsigned other = sender ^ 1;
    if (((bits_[sender].load() ^ kOpen) | (bits_[other].load() ^ kOpen)) != 0) return false;
    if ((segment.flags & (Tcp::kSyn | Tcp::kFin | Tcp::kRst | Tcp::kAck)) != Tcp::kAck) return false;
    const std::uint32_t end = segment.sequence + segment.length;
    const std::uint32_t scale = scale_[sender].load() & kScaleMask;
    if (!fits(sender, end, window_[other].load() << (scale_[other].load() & kScaleMask))) return false;
    const std::uint32_t window = window_[sender].load();
    if (end_[other].load() - segment.acknowledgement > (window << scale) + kAcknowledgementAge) return false;
    learn(sender, end, segment.acknowledgement, segment.window, scale);
    return true;
  }

  // Behind the last number that the side sent.
  [[nodiscard]] std::uint32_t end_of(unsigned side) const noexcept { return end_[side].load(); }
  [[nodiscard]] ConnectionState state() const noexcept;
  [[nodiscard]] Timeout timeout() const noexcept;
  // Whether `sender` may have sent this number and still wait for its acknowledgement: what an ICMP error must
  // quote to be believed (RFC 5927, 4.1).
  [[nodiscard]] bool covers(unsigned sender, std::uint32_t sequence) const noexcept;

 private:
  // Bits of a side, set by its own segments.
  static constexpr std::uint8_t kSyn = 1, kAckedSyn = 2;  // it sent a SYN; it acknowledged the other's
  static constexpr std::uint8_t kSettled = 4;             // its scale is known, and its window is kept by it
  static constexpr std::uint8_t kFin = 8, kAckedFin = 16;
  static constexpr std::uint8_t kReset = 32;              // its reset was exact
  static constexpr std::uint8_t kDoubt = 64;              // its reset was not
  static constexpr std::uint8_t kChallenged = 128;        // `acked` holds what an answer to its odd segment must match
  static constexpr std::uint8_t kOpen = kSyn | kAckedSyn | kSettled;
  // Beside the scale.
  static constexpr std::uint8_t kOffered = 0x80, kPickedUp = 0x40, kScaleMask = 0x1f;
  static constexpr std::uint8_t kScaleMax = 14;
  static constexpr std::uint32_t kAcknowledgementAge = 65'536;
  static constexpr std::uint32_t kWidest = 0xffffu << kScaleMax;

  // I and II at once, with the one byte of a probe in both. `edge` never lies more than that before `end`, so no
  // difference here is less than none.
  [[nodiscard]] bool fits(unsigned sender, std::uint32_t end, std::uint32_t window) const noexcept {
    const std::uint32_t last = edge_[sender ^ 1].load() + 1;
    return last - end <= last - end_[sender].load() + window + 1;
  }
  void learn(unsigned sender, std::uint32_t end, std::uint32_t acknowledgement, std::uint16_t window,
             std::uint32_t scale) noexcept {
    raise(end_[sender], end);
    raise(edge_[sender], acknowledgement + (std::uint32_t{window} << scale));
    if (window > window_[sender].load()) window_[sender].store(window);
    raise(acked_[sender], acknowledgement);
  }
  static void raise(Relaxed<std::uint32_t>& number, std::uint32_t to) noexcept {
    const std::uint32_t now = number.load();
    number.store(static_cast<std::int32_t>(to - now) > 0 ? to : now);
  }
  [[nodiscard]] bool has(unsigned side, std::uint8_t bits) const noexcept { return (bits_[side].load() & bits) == bits; }
  [[nodiscard]] std::uint32_t width(unsigned side) const noexcept;
  [[nodiscard]] bool acknowledges_syn(unsigned sender, std::uint32_t acknowledgement) const noexcept;
  [[nodiscard]] bool knows_acked(unsigned side) const noexcept;
  [[nodiscard]] bool answers_challenge(unsigned sender, std::uint32_t acknowledgement) const noexcept;
  [[nodiscard]] Invalidity misfit(unsigned sender, const TcpSegment& segment) const noexcept;
  [[nodiscard]] Invalidity misfit_answer(unsigned sender, const TcpSegment& segment) const noexcept;

  [[nodiscard]] Tracked track_rare(unsigned sender, const TcpSegment& segment, bool loose) noexcept;
  [[nodiscard]] Tracked track_syn(unsigned sender, const TcpSegment& segment) noexcept;
  [[nodiscard]] Tracked track_syn_ack(unsigned sender, const TcpSegment& segment) noexcept;
  [[nodiscard]] Tracked track_reset(unsigned sender, const TcpSegment& segment) noexcept;
  [[nodiscard]] Tracked track_segment(unsigned sender, const TcpSegment& segment) noexcept;
  [[nodiscard]] Tracked challenge(unsigned sender, std::uint32_t to_match) noexcept;
  void begin(unsigned sender, const TcpSegment& syn) noexcept;
  void pick_up(unsigned sender, const TcpSegment& segment) noexcept;
  void settle(unsigned sender, const TcpSegment& segment) noexcept;

  Relaxed<std::uint32_t> end_[2], edge_[2];  // a SYN's `edge` is its first number's successor, until it is answered
  Relaxed<std::uint32_t> acked_[2];          // the last number that the side acknowledged, or what kChallenged says
  Relaxed<std::uint16_t> window_[2];         // to be shifted by its side's scale, once that is settled
  Relaxed<std::uint8_t> scale_[2], bits_[2];
};
static_assert(sizeof(TcpConnection) == 32);

}  // namespace vsw
