// Two honest TCP hosts with a switch between them, over a network that loses, repeats, delays and reorders.
//
// Each direction has two legs, before the switch and behind it, so what the switch saw and what the receiver got
// differ as they do outside. The hosts keep to their windows (also a full one, which they probe), retransmit any
// part of what is on its way, send keep-alives, close each in its own time; one may abort. What the switch calls
// invalid is lost. `useful_refused` counts what would have told its receiver something new: there must be none.
#pragma once
#include <algorithm>
#include <cstdint>
#include <map>
#include <random>
#include <vector>

#include "state/tcp_connection.hpp"

namespace vsw::test {

class TcpPeers {
 public:
  struct Settings {
    std::int8_t scale[2] = {7, 7};           // -1: not offered
    std::uint32_t buffer[2] = {65'535, 65'535};
    std::uint32_t bytes[2] = {200'000, 200'000};
    std::uint32_t first[2] = {1'000, 5'000};  // initial sequence numbers
    bool both_open = false;
    bool aborts = false;
    std::uint32_t picked_up_at = 0;          // the step from which on the switch is there; 0: from the beginning
  };
  TcpPeers(const Settings& settings, std::uint64_t seed) : settings_(settings), random_(seed) {
    for (unsigned side : {0u, 1u}) {
      Host& host = hosts_[side];
      host.una = host.next = host.first = settings.first[side];
      host.left = settings.bytes[side];
    }
  }

  // Until both have closed, or for so many steps.
  void run(std::uint32_t steps) {
    for (; steps > 0 && !is_over(); --steps, ++step_) {
      const auto side = static_cast<unsigned>(random_() % 2);
      if (random_() % 3 == 0) {
        act(side);
      } else {
        carry(side);
      }
    }
  }
  [[nodiscard]] bool is_over() const {
    if (aborted_) return legs_[0][0].empty() && legs_[1][0].empty();
    return hosts_[0].fin_acked && hosts_[1].fin_acked && hosts_[0].peer_closed && hosts_[1].peer_closed;
  }

  TcpConnection connection{};
  std::uint32_t tracked = 0, refused = 0, useful_refused = 0;
  bool aborted_ = false;
  TcpSegment first_refused;
  Invalidity first_why = Invalidity::kNone;
  unsigned first_refused_sender = 0;

 private:
  struct Host {
    std::uint32_t first = 0, una = 0, next = 0, edge = 0;  // sent; `edge`: how far the other lets us
    std::uint32_t expected = 0, promised = 0;              // received; `promised`: how far we let the other
    std::uint32_t waiting = 0;                             // received in order and not read yet
    std::uint32_t left = 0;
    std::uint32_t fin = 0;                                 // its number
    std::map<std::uint32_t, std::uint32_t> early;          // distance from the other's first → length
    std::uint8_t other_shift = 0, own_shift = 0;
    bool opened = false, synced = false, established = false, fin_sent = false, fin_acked = false, peer_closed = false,
         answers = false;
  };
  static bool after(std::uint32_t one, std::uint32_t other) { return static_cast<std::int32_t>(one - other) > 0; }
  bool chance(std::uint32_t one_in) { return random_() % one_in == 0; }

  void act(unsigned side) {
    Host& host = hosts_[side];
    if (aborted_) return;
    if (!host.opened && (side == 0 || settings_.both_open) && !host.synced) {
      host.opened = true;
      host.next = host.first + 1;
      return send_syn(side);
    }
    if (!host.established) {
      // The first of both is sent again; data in the other direction must wait.
      if (host.opened && chance(4)) send_syn(side);
      return;
    }
    if (host.waiting > 0 && chance(2)) host.waiting -= static_cast<std::uint32_t>(random_() % (host.waiting + 1));
    if (settings_.aborts && chance(400)) return abort(side);
    const std::uint32_t room = after(host.edge, host.next) ? host.edge - host.next : 0;
    switch (random_() % 8) {
      case 0:
      case 1:
      case 2:
        if (host.left > 0 && !host.fin_sent && room > 0) {
          const std::uint32_t length = std::min({room, host.left, size()});
          send(side, host.next, length, false);
          host.next += length;
          host.left -= length;
        } else if (host.left > 0 && host.next == host.edge && chance(4)) {
          send(side, host.next++, 1, false);  // the probe of a full window
          --host.left;
        }
        break;
      case 3:
      case 4:
        if (host.una != host.next) {
          const std::uint32_t sent = host.next - host.una - (host.fin_sent ? 1 : 0);
          const std::uint32_t from = sent == 0 ? 0 : static_cast<std::uint32_t>(chance(2) ? 0 : random_() % sent);
          const std::uint32_t length = std::min(sent - from, size());
          const bool fin = host.fin_sent && from + length == sent;
          send(side, host.una + from, length, fin);
        }
        break;
      case 5: send(side, host.next, 0, false); break;
      case 6:
        if (host.una == host.next) send(side, host.una - 1, chance(2) ? 1 : 0, false);  // keep-alive
        break;
      default:
        if (host.left == 0 && !host.fin_sent && room > 0) {
          host.fin_sent = true;
          host.fin = host.next;
          send(side, host.next++, 0, true);
        }
    }
  }
  std::uint32_t size() { return static_cast<std::uint32_t>(chance(8) ? 1 + random_() % 65'000 : 1 + random_() % 1'460); }

  void abort(unsigned side) {
    aborted_ = true;
    TcpSegment reset;
    reset.flags = Tcp::kRst;
    reset.sequence = hosts_[side].next;
    // It must not be lost, or nobody would see how it is taken.
    legs_[side][0] = {reset};
    legs_[side ^ 1][0].clear();
  }
  void send_syn(unsigned side) {
    Host& host = hosts_[side];
    TcpSegment syn;
    syn.flags = static_cast<std::uint8_t>(Tcp::kSyn | (host.synced ? Tcp::kAck : 0));
    syn.sequence = host.first;
    syn.acknowledgement = host.synced ? host.expected : 0;
    syn.scale = host.synced && settings_.scale[side ^ 1] < 0 ? std::int8_t{-1} : settings_.scale[side];
    syn.window = static_cast<std::uint16_t>(std::min(settings_.buffer[side], 65'535u));
    if (host.synced) host.promised = host.expected + syn.window;
    legs_[side][0].push_back(syn);
  }
  void send(unsigned side, std::uint32_t sequence, std::uint32_t length, bool fin) {
    Host& host = hosts_[side];
    TcpSegment segment;
    segment.flags = static_cast<std::uint8_t>(Tcp::kAck | (fin ? Tcp::kFin : 0) | (length > 0 ? Tcp::kPsh : 0));
    segment.sequence = sequence;
    segment.length = length;
    segment.acknowledgement = host.expected;
    const std::uint32_t space = settings_.buffer[side] - std::min(settings_.buffer[side], host.waiting);
    segment.window = static_cast<std::uint16_t>(std::min(space >> host.own_shift, 65'535u));
    const std::uint32_t edge = host.expected + (std::uint32_t{segment.window} << host.own_shift);
    if (after(edge, host.promised)) host.promised = edge;
    legs_[side][0].push_back(segment);
  }

  // One frame a leg further, perhaps not the oldest, perhaps twice, perhaps nowhere.
  void carry(unsigned side) {
    const auto leg = static_cast<std::size_t>(random_() % 2);
    std::vector<TcpSegment>& from = legs_[side][leg];
    if (from.empty()) return;
    const std::size_t at = chance(4) ? random_() % std::min<std::size_t>(from.size(), 8) : 0;
    const TcpSegment segment = from[at];
    const bool again = chance(20), lost = !aborted_ && chance(20);
    if (!again) from.erase(from.begin() + static_cast<std::ptrdiff_t>(at));
    if (lost) return;
    if (leg == 1) return take(side ^ 1, segment);
    if (passes(side, segment)) legs_[side][1].push_back(segment);
  }
  bool passes(unsigned sender, const TcpSegment& segment) {
    if (step_ < settings_.picked_up_at || (settings_.picked_up_at > 0 && !(hosts_[0].established && hosts_[1].established))) return true;
    // An old SYN would begin a connection, as any SYN does that is the first to be seen.
    if (tracked == 0 && settings_.picked_up_at > 0 && (segment.flags & Tcp::kSyn) != 0) return true;
    ++tracked;
    const Tracked said = connection.track(sender, segment, settings_.picked_up_at > 0);
    if (said.what == Tracked::What::kValid || said.what == Tracked::What::kChallenge) return true;
    ++refused;
    if (is_news(sender ^ 1, segment) && useful_refused++ == 0) {
      first_refused = segment;
      first_why = said.why;
      first_refused_sender = sender;
    }
    return false;
  }
  // Whether it would tell this host something.
  [[nodiscard]] bool is_news(unsigned side, const TcpSegment& segment) const {
    const Host& host = hosts_[side];
    if ((segment.flags & Tcp::kRst) != 0) return true;
    if ((segment.flags & Tcp::kSyn) != 0) return !host.synced || (!host.established && (segment.flags & Tcp::kAck) != 0);
    if (!host.synced || !is_acceptable(host, segment)) return false;
    if (after(segment.acknowledgement, host.una)) return true;
    return after(segment.end(), host.expected) && host.established;
  }

  // RFC 9293, 3.10.7.4: of others not even the acknowledgement counts.
  [[nodiscard]] static bool is_acceptable(const Host& host, const TcpSegment& segment) {
    return !after(host.expected, segment.end()) && !after(segment.sequence, host.promised);
  }

  void take(unsigned side, const TcpSegment& segment) {
    Host& host = hosts_[side];
    Host& other = hosts_[side ^ 1];
    if (aborted_) return;
    if ((segment.flags & Tcp::kSyn) != 0) {
      if (!host.synced) {
        host.synced = true;
        host.expected = segment.sequence + 1;
        const bool scaled = segment.scale >= 0 && settings_.scale[side] >= 0;
        host.other_shift = scaled ? static_cast<std::uint8_t>(segment.scale) : 0;
        host.own_shift = scaled ? static_cast<std::uint8_t>(settings_.scale[side]) : 0;
        host.promised = host.expected;
        if (!host.opened) {
          host.opened = true;
          host.next = host.first + 1;
        }
        if ((segment.flags & Tcp::kAck) == 0) send_syn(side);
      }
      if ((segment.flags & Tcp::kAck) != 0 && segment.acknowledgement == host.first + 1) {
        if (host.una == host.first) {
          host.una = host.first + 1;
          host.edge = segment.acknowledgement + segment.window;
        }
        host.established = true;
      }
      if (host.established) send(side, host.next, 0, false);
      return;
    }
    if (!host.synced || after(segment.acknowledgement, host.next)) return;
    if (!is_acceptable(host, segment)) return send(side, host.next, 0, false);
    if (after(segment.acknowledgement, host.first)) host.established = true;
    if (after(segment.acknowledgement, host.una)) host.una = segment.acknowledgement;
    const std::uint32_t edge = segment.acknowledgement + (std::uint32_t{segment.window} << host.other_shift);
    if (host.edge == 0 || after(edge, host.edge)) host.edge = edge;
    if (host.fin_sent && after(host.una, host.fin)) host.fin_acked = true;
    if (segment.end() != segment.sequence) receive(host, other, segment, side);
  }
  void receive(Host& host, const Host& other, const TcpSegment& segment, unsigned side) {
    std::uint32_t length = segment.length;
    if (after(segment.sequence + length, host.promised)) {
      if (!after(host.promised, segment.sequence)) return send(side, host.next, 0, false);
      length = host.promised - segment.sequence;
    }
    std::uint32_t& known = host.early[segment.sequence - other.first];
    known = std::max(known, length);
    for (bool more = true; more;) {
      more = false;
      for (auto at = host.early.begin(); at != host.early.end();) {
        const std::uint32_t start = other.first + at->first, end = start + at->second;
        if (!after(start, host.expected)) {
          if (after(end, host.expected)) {
            host.waiting += end - host.expected;
            host.expected = end;
            more = true;
          }
          at = host.early.erase(at);
        } else {
          ++at;
        }
      }
    }
    if ((segment.flags & Tcp::kFin) != 0 && length == segment.length && host.expected == segment.end() - 1) {
      host.expected = segment.end();
      host.peer_closed = true;
    }
    send(side, host.next, 0, false);
  }

  const Settings settings_;
  std::mt19937_64 random_;
  std::uint32_t step_ = 0;
  Host hosts_[2];
  std::vector<TcpSegment> legs_[2][2];  // of each sender: to the switch, and behind it
};

}  // namespace vsw::test
