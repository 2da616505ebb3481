// The handshakes, the ends and whatever else is not a segment of a connection at rest.
#include "state/tcp_connection.hpp"

namespace vsw {

namespace {

// Not before: modulo 2^32, as all sequence numbers are.
bool is_at_or_after(std::uint32_t number, std::uint32_t other) noexcept {
  return static_cast<std::int32_t>(number - other) >= 0;
}

// SYN, SYN+ACK, RST, RST+ACK, FIN+ACK, ACK; URG with data only. PSH and the bits of ECN go with anything.
bool is_sensible(std::uint8_t flags) noexcept {
  switch (flags & (Tcp::kFin | Tcp::kSyn | Tcp::kRst | Tcp::kAck | Tcp::kUrg)) {
    case Tcp::kSyn:
    case Tcp::kSyn | Tcp::kUrg:
    case Tcp::kSyn | Tcp::kAck:
    case Tcp::kRst:
    case Tcp::kRst | Tcp::kAck:
    case Tcp::kAck:
    case Tcp::kAck | Tcp::kUrg:
    case Tcp::kFin | Tcp::kAck:
    case Tcp::kFin | Tcp::kAck | Tcp::kUrg: return true;
    default: return false;
  }
}

// A window of none at all would let no keep-alive in, which goes one number back.
std::uint16_t at_least(std::uint16_t window, std::uint16_t least) noexcept { return window < least ? least : window; }

constexpr std::uint16_t kLeastPickedUp = 4;  // 64 KiB, scaled
// How far the other may send. What is left of a window is rounded down, so more may have been promised before.
std::uint32_t picked_up_width(const TcpSegment& segment) noexcept {
  return (std::uint32_t{at_least(segment.window, kLeastPickedUp)} + 1) << 14;
}

}  // namespace

ConnectionState TcpConnection::state() const noexcept {
  const std::uint8_t any = bits_[0].load() | bits_[1].load(), both = bits_[0].load() & bits_[1].load();
  if ((any & kReset) != 0) return ConnectionState::k_closed;
  if ((any & kSyn) == 0) return ConnectionState::k_new;
  if ((both & kSyn) == 0) return ConnectionState::k_syn_sent;
  if ((both & kAckedSyn) == 0) return ConnectionState::k_syn_received;
  if ((any & kFin) == 0) return ConnectionState::k_established;
  if ((both & kFin) != 0) return (both & kAckedFin) != 0 ? ConnectionState::k_time_wait : ConnectionState::k_last_ack;
  return (any & kAckedFin) != 0 ? ConnectionState::k_close_wait : ConnectionState::k_fin_wait;
}

Timeout TcpConnection::timeout() const noexcept {
  const std::uint8_t any = bits_[0].load() | bits_[1].load();
  if ((any & kDoubt) != 0) return Timeout::k_tcp_close;
  switch (state()) {
    case ConnectionState::k_syn_sent: return Timeout::k_tcp_syn_sent;
    case ConnectionState::k_syn_received: return Timeout::k_tcp_syn_received;
    case ConnectionState::k_established: break;
    case ConnectionState::k_fin_wait: return Timeout::k_tcp_fin_wait;
    case ConnectionState::k_close_wait: return Timeout::k_tcp_close_wait;
    case ConnectionState::k_last_ack: return Timeout::k_tcp_last_ack;
    case ConnectionState::k_time_wait: return Timeout::k_tcp_time_wait;
    default: return Timeout::k_tcp_close;
  }
  if ((any & kChallenged) != 0) return Timeout::k_tcp_established;
  const bool acknowledged = end_[0].load() == acked_[1].load() && end_[1].load() == acked_[0].load();
  return acknowledged ? Timeout::k_tcp_established : Timeout::k_tcp_unacknowledged;
}

bool TcpConnection::covers(unsigned sender, std::uint32_t sequence) const noexcept {
  if (!has(sender, kSyn)) return false;
  if (!has(sender ^ 1, kSyn)) return sequence + 1 == edge_[sender].load();
  return end_[sender].load() - sequence <= width(sender ^ 1);
}

// In bytes. A window that was offered in a SYN is not scaled.
std::uint32_t TcpConnection::width(unsigned side) const noexcept {
  const std::uint8_t scale = scale_[side].load();
  const bool scaled = has(side, kSettled) || (scale & kPickedUp) != 0;
  return std::uint32_t{window_[side].load()} << (scaled ? scale & kScaleMask : 0);
}

// Whether it acknowledges the other's SYN, with the data in it or without (RFC 7413).
bool TcpConnection::acknowledges_syn(unsigned sender, std::uint32_t acknowledgement) const noexcept {
  const unsigned other = sender ^ 1;
  const std::uint32_t behind = end_[other].load() - acknowledgement;
  if (has(sender, kAckedSyn)) return acknowledgement == acked_[sender].load();
  if (has(other, kAckedSyn)) return behind <= 0xffff;
  return behind <= end_[other].load() - edge_[other].load();
}

// Whether what the side waits for is known from what it acknowledged.
bool TcpConnection::knows_acked(unsigned side) const noexcept {
  const bool heard = has(side, kSettled) || (scale_[side].load() & kPickedUp) == 0;
  return heard && has(side, kAckedSyn) && !has(side, kChallenged);
}

bool TcpConnection::answers_challenge(unsigned sender, std::uint32_t acknowledgement) const noexcept {
  return has(sender ^ 1, kChallenged) && acknowledgement == acked_[sender ^ 1].load();
}

Invalidity TcpConnection::misfit(unsigned sender, const TcpSegment& segment) const noexcept {
  const unsigned other = sender ^ 1;
  if (!fits(sender, segment.end(), width(other))) return Invalidity::kSequence;
  const std::uint32_t behind = end_[other].load() - segment.acknowledgement;
  // What the other sent before this connection was picked up was not seen.
  const bool ahead = (scale_[other].load() & kPickedUp) != 0 && -behind <= kWidest;
  return behind <= width(sender) + kAcknowledgementAge || ahead ? Invalidity::kNone : Invalidity::kAcknowledgement;
}

// Of a SYN+ACK.
Invalidity TcpConnection::misfit_answer(unsigned sender, const TcpSegment& segment) const noexcept {
  if (has(sender, kSettled)) return misfit(sender, segment);
  if (!acknowledges_syn(sender, segment.acknowledgement)) return Invalidity::kAcknowledgement;
  // Once the other knows its number it cannot be another.
  return has(sender ^ 1, kAckedSyn) && end_[sender].load() - segment.end() > 0xffff ? Invalidity::kSequence : Invalidity::kNone;
}

Tracked TcpConnection::track_rare(unsigned sender, const TcpSegment& segment, bool loose) noexcept {
  if (!is_sensible(segment.flags)) return Tracked::invalid(Invalidity::kFlags);
  const bool syn = (segment.flags & Tcp::kSyn) != 0, ack = (segment.flags & Tcp::kAck) != 0;
  if (!has(0, kSyn) && !has(1, kSyn)) {
    if (syn && !ack) {
      begin(sender, segment);
      return Tracked::valid();
    }
    if (!loose || syn || !ack || (segment.flags & Tcp::kRst) != 0) return Tracked::invalid(Invalidity::kState);
    pick_up(sender, segment);
    return Tracked::valid();
  }
  if ((segment.flags & Tcp::kRst) != 0) return track_reset(sender, segment);
  if (syn) return ack ? track_syn_ack(sender, segment) : track_syn(sender, segment);
  return track_segment(sender, segment);
}

// A SYN, the first one or one that gives other numbers than the one before.
void TcpConnection::begin(unsigned sender, const TcpSegment& syn) noexcept {
  end_[sender].store(syn.end());
  edge_[sender].store(syn.sequence + 1);
  window_[sender].store(at_least(syn.window, 1));
  acked_[sender].store(0);
  scale_[sender].store(syn.scale < 0 ? 0 : static_cast<std::uint8_t>(kOffered | syn.scale));
  bits_[sender].store(kSyn);
}

// The other's numbers are guessed from what was acknowledged, until it is heard.
void TcpConnection::pick_up(unsigned sender, const TcpSegment& segment) noexcept {
  const unsigned other = sender ^ 1;
  for (const unsigned side : {0u, 1u}) scale_[side].store(kPickedUp | kScaleMax);
  end_[sender].store(segment.end());
  edge_[sender].store(segment.acknowledgement + picked_up_width(segment));
  window_[sender].store(at_least(segment.window, kLeastPickedUp));
  acked_[sender].store(segment.acknowledgement);
  end_[other].store(segment.acknowledgement);
  edge_[other].store(segment.end() + kWidest);
  window_[other].store(0xffff);
  acked_[other].store(0);
  bits_[other].store(kSyn | kAckedSyn);
  bits_[sender].store((segment.flags & Tcp::kFin) != 0 ? kOpen | kFin : kOpen);
}

// The side's first segment without a SYN: from now on its windows are scaled, if both offered it (RFC 7323, 2.2).
void TcpConnection::settle(unsigned sender, const TcpSegment& segment) noexcept {
  const unsigned other = sender ^ 1;
  const std::uint8_t scale = scale_[sender].load();
  if ((scale & kPickedUp) != 0) {
    window_[sender].store(at_least(segment.window, kLeastPickedUp));
    edge_[sender].store(end_[other].load() - 1);
    raise(edge_[sender], segment.acknowledgement + picked_up_width(segment));
  } else {
    const bool scaled = (scale & kOffered) != 0 && (scale_[other].load() & kOffered) != 0;
    const std::uint32_t shift = scaled ? scale & kScaleMask : 0;
    scale_[sender].store(static_cast<std::uint8_t>((scale & kOffered) | shift));
    const std::uint32_t window = (window_[sender].load() + (1u << shift) - 1) >> shift;
    window_[sender].store(static_cast<std::uint16_t>(window));
  }
  // It may have said so in a SYN+ACK, and this one may be older.
  if (!has(sender, kAckedSyn) || (scale & kPickedUp) != 0) acked_[sender].store(segment.acknowledgement);
  bits_[sender].add_bits(kSettled | kAckedSyn);
}

// Passes and proves nothing; `to_match` is what an honest answer will speak of.
Tracked TcpConnection::challenge(unsigned sender, std::uint32_t to_match) noexcept {
  acked_[sender].store(to_match);
  bits_[sender].add_bits(kChallenged);
  return Tracked::challenge();
}

Tracked TcpConnection::track_syn(unsigned sender, const TcpSegment& segment) noexcept {
  switch (state()) {
    case ConnectionState::k_closed: return Tracked::reopened();
    case ConnectionState::k_time_wait:
      // RFC 9293, 3.6.1: a greater number opens anew; RFC 6191: so may a younger timestamp, which the other end knows.
      if (is_at_or_after(segment.sequence, end_[sender].load()) || segment.timestamps) return Tracked::reopened();
      return challenge(sender, segment.end());
    case ConnectionState::k_syn_sent:
      begin(sender, segment);  // once more, or both ends at the same time
      return Tracked::valid();
    case ConnectionState::k_syn_received:
      if (has(sender, kAckedSyn) || has(sender ^ 1, kAckedSyn)) break;
      begin(sender, segment);  // both at the same time, and the one once more or anew
      return Tracked::valid();
    default: break;
  }
  // Once more, though the other has answered.
  if (!has(sender, kSettled) && segment.end() == end_[sender].load()) return Tracked::valid();
  return challenge(sender, segment.end());
}

Tracked TcpConnection::track_syn_ack(unsigned sender, const TcpSegment& segment) noexcept {
  const unsigned other = sender ^ 1;
  if (!has(other, kSyn) || state() == ConnectionState::k_closed) return Tracked::invalid(Invalidity::kState);
  const Invalidity why = misfit_answer(sender, segment);
  if (why != Invalidity::kNone) {
    // Both ends began anew, the one with a SYN that passed as a challenge. Its next SYN is the first of a connection.
    if (answers_challenge(sender, segment.acknowledgement)) bits_[sender].add_bits(kReset);
    return Tracked::invalid(why);
  }
  if (has(sender, kSettled)) return Tracked::challenge();  // once more
  if (!has(other, kAckedSyn)) {
    // SYN cookies: the answer to a repeated SYN may have another number.
    begin(sender, segment);
    edge_[other].store(segment.end() - 1);
    raise(edge_[other], segment.sequence + 1 + window_[other].load());
  }
  edge_[sender].store(end_[other].load() - 1);
  raise(edge_[sender], segment.acknowledgement + segment.window);
  acked_[sender].store(segment.acknowledgement);
  bits_[sender].add_bits(kAckedSyn);
  return Tracked::valid();
}

Tracked TcpConnection::track_reset(unsigned sender, const TcpSegment& segment) noexcept {
  const unsigned other = sender ^ 1;
  const bool ack = (segment.flags & Tcp::kAck) != 0;
  const auto end_it = [this, sender] {
    bits_[sender].add_bits(kReset);
    return Tracked::valid();
  };
  if (!has(sender, kSyn)) {
    const bool refused = ack && acknowledges_syn(sender, segment.acknowledgement);
    return refused ? end_it() : Tracked::invalid(Invalidity::kReset);
  }
  if (!has(other, kSyn)) {
    if (segment.sequence == end_[sender].load()) return end_it();
    // The other has a connection of old; this reset ends that one, and the SYN will come again.
    const bool clears = has(other, kChallenged) && segment.sequence == acked_[other].load();
    return clears ? Tracked::challenge() : Tracked::invalid(Invalidity::kReset);
  }
  // Of an end that knows no connection, as an answer to a SYN.
  if (segment.sequence == 0 && ack) {
    const bool unanswered = !has(other, kSettled) && segment.acknowledgement == end_[other].load();
    if (unanswered || answers_challenge(sender, segment.acknowledgement)) return end_it();
    // It speaks of another SYN than the one that was sent.
    if (has(other, kChallenged) && segment.sequence != end_[sender].load()) return Tracked::invalid(Invalidity::kReset);
  }
  if (segment.sequence == end_[sender].load()) return end_it();
  if (!has(other, kAckedSyn) && !has(sender, kAckedSyn)) return Tracked::invalid(Invalidity::kReset);
  if (!fits(sender, segment.sequence, width(other))) return Tracked::invalid(Invalidity::kReset);
  if (knows_acked(other)) {
    if (segment.sequence == acked_[other].load()) return end_it();
    // Its receiver answers what is ahead of it, and is silent at what it has.
    if (!is_at_or_after(segment.sequence, acked_[other].load())) return Tracked::invalid(Invalidity::kReset);
  }
  bits_[sender].add_bits(kDoubt);
  return Tracked::valid();
}

Tracked TcpConnection::track_segment(unsigned sender, const TcpSegment& segment) noexcept {
  const unsigned other = sender ^ 1;
  const bool fin = (segment.flags & Tcp::kFin) != 0;
  if (!has(other, kSyn)) return Tracked::invalid(Invalidity::kState);
  if (!has(sender, kSyn)) {
    // The other end has a connection of old and says where it is.
    if (fin || segment.length != 0) return Tracked::invalid(Invalidity::kState);
    return challenge(sender, segment.acknowledgement);
  }
  // Both sent a SYN at the same time: each answers the other's with SYN+ACK first.
  if (!has(sender, kAckedSyn) && !has(other, kAckedSyn)) return Tracked::invalid(Invalidity::kState);
  const Invalidity why = misfit(sender, segment);
  if (why != Invalidity::kNone) return Tracked::invalid(why);

  if (!has(sender, kSettled)) settle(sender, segment);
  if (has(sender, kChallenged)) acked_[sender].store(segment.acknowledgement);
  learn(sender, segment.end(), segment.acknowledgement, segment.window, scale_[sender].load() & kScaleMask);
  if (fin) bits_[sender].add_bits(kFin);
  if (has(other, kFin) && segment.acknowledgement == end_[other].load()) bits_[sender].add_bits(kAckedFin);
  bits_[sender].clear_bits(kChallenged | kDoubt);
  bits_[other].clear_bits(kDoubt);
  return Tracked::valid();
}

}  // namespace vsw
