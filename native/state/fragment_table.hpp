// FragmentTable: a fragment is judged by its datagram, in whatever order the pieces come.
// Home: worker.
//
// Only the first fragment says what the datagram is, so only it is judged. What was said of it holds for all the
// others; those that come before it are held until it is judged, or until time is up. No reassembly: fragments
// travel on as they are.
//
// A piece that covers bytes which another covered would let a receiver see another datagram than the one that was
// judged. So it ends the datagram: it dies, what is held dies, and whatever follows (RFC 1858, RFC 3128, RFC 5722).
// A piece that was seen exactly so is a duplicate and dies alone (RFC 8200, 4.5). A datagram is forgotten when all
// of it was seen; its name may then be used again.
//
// Bounds: 1,024 datagrams and 128 held packets a worker, half of its buffers, of which a port may have 64 and 48; 128 pieces and
// 32 held packets a datagram. A port that has its share gives up its own oldest datagram for a new one, or for one more
// packet that waits; when the table is full, whoever has most of it does. So a port that floods harms itself.
//
// One table a worker, without a lock. The kernel chooses a fragment's queue by its addresses alone, so all
// fragments of a datagram come to one worker; if they did not, they would die after their time, unjudged.
#pragma once
#include <cstdint>
#include <cstring>
#include "base/hash.hpp"
#include "base/ids.hpp"
#include "base/region.hpp"
#include "packet/packet.hpp"
#include "telemetry/counters.hpp"
#include "wire/fragment.hpp"

namespace vsw {

class FragmentTable {
 public:
  static constexpr std::uint32_t kDatagrams = 1'024, kDatagramsOfPort = 64;
  static constexpr std::uint32_t kHeld = 128, kHeldOfPort = 48, kHeldOfDatagram = 32;
  static constexpr std::uint32_t kPieces = 128;

  // What was said of a datagram, in the words of whoever said it.
  struct Judgement {
    std::uint64_t words[4] = {};
  };
  enum class What : std::uint8_t {
    kJudge,   // the first fragment: judge it, then call `judged` or `forget`
    kJudged,  // it passes or dies by the judgement
    kHeld,    // it belongs to the table until it is told of by a callback
    kDead,    // for `reason`
  };
  struct Answer {
    What what = What::kDead;
    DropReason reason = DropReason::kNone;
    std::uint16_t datagram = 0;            // for `judged` and `forget`, until the next `take`
    const Judgement* judgement = nullptr;  // until the next call
  };

  explicit FragmentTable(HashSeed seed, std::uint32_t timeout_ms = 30'000);
  // Holds nothing at its end: `clear` it before.
  ~FragmentTable();
  FragmentTable(const FragmentTable&) = delete;
  FragmentTable& operator=(const FragmentTable&) = delete;

  // Of a parsed packet with kFragment. `died(Packet&, DropReason)` is told of each held packet that ends with it.
  template <class Died>
  [[nodiscard]] Answer take(NetworkId network, Packet& packet, std::uint32_t now_ms, Died&& died) noexcept {
    const Fragment fragment = Fragment::read(packet.head(), packet.headers);
    if (fragment.is_tiny()) return {.reason = DropReason::k_fragment_tiny};
    // Whoever gives way has ended before the newcomer asks for room.
    const std::uint16_t known = make_way(fragment, network, packet.ingress, now_ms);
    bury(died);
    const Answer answer = take(known != 0 ? known : begin(fragment, network, packet.ingress, now_ms), fragment, packet);
    bury(died);
    return answer;
  }
  // The first fragment was judged: `released(Packet&)` is given each packet that was held for it, in order.
  template <class Released>
  void judged(std::uint16_t datagram, const Judgement& judgement, Released&& released) noexcept {
    std::uint16_t held = judge(datagram, judgement);
    while (held != 0) released(*let_go(held));
  }
  // The datagram is not to be known any more, as if it had never begun.
  template <class Died>
  void forget(std::uint16_t datagram, DropReason reason, Died&& died) noexcept {
    remove(datagram, reason);
    bury(died);
  }
  // Ends what is older than the timeout.
  template <class Died>
  void expire(std::uint32_t now_ms, Died&& died) noexcept {
    expire(now_ms);
    bury(died);
  }
  // Ends whatever came by this port, or all there is.
  template <class Died>
  void forget_port(PortId port, DropReason reason, Died&& died) noexcept {
    remove_port(port, reason);
    bury(died);
  }
  template <class Died>
  void clear(DropReason reason, Died&& died) noexcept {
    remove_all(reason);
    bury(died);
  }

  [[nodiscard]] std::uint32_t held() const noexcept { return held_; }
  [[nodiscard]] std::uint32_t datagrams() const noexcept { return count_; }

 private:
  struct Piece {
    std::uint16_t start, end;  // in units of 8 bytes; `end` is behind the last, rounded up
  };
  struct Datagram {
    Ip source, destination;
    std::uint32_t id;
    NetworkId network;
    PortId ingress;
    std::uint32_t began_ms;
    std::uint8_t protocol;  // 0 for IPv6
    bool v6, is_judged, is_dead;
    std::uint8_t piece_count, held_count;
    std::uint16_t total;    // units, behind the last piece; 0: not seen yet
    std::uint16_t total_bytes;
    std::uint16_t seen;     // units
    std::uint16_t next_in_bucket;
    std::uint16_t older, younger;                  // of all
    std::uint16_t older_of_port, younger_of_port;
    std::uint16_t first_held, last_held;
    Judgement judgement;
    Piece piece[kPieces];
  };
  struct Port {
    std::uint16_t oldest, youngest, datagrams, held;
  };
  struct Held {
    Packet* packet;
    std::uint16_t next;
    DropReason reason;  // of those that died
  };
  // One more than may wait: who makes room dies once the new one waits.
  static constexpr std::uint16_t kHeldNodes = kHeld + 1;
  enum class Fit : std::uint8_t { kFits, kDuplicate, kOverlaps, kTooMany };

  // The datagram's number; 0: it is none yet, and may begin.
  [[nodiscard]] std::uint16_t make_way(const Fragment& fragment, NetworkId network, PortId ingress, std::uint32_t now_ms) noexcept;
  [[nodiscard]] Answer take(std::uint16_t number, const Fragment& fragment, Packet& packet) noexcept;
  [[nodiscard]] std::uint16_t find(const Fragment& fragment, NetworkId network, PortId ingress) const noexcept;
  [[nodiscard]] std::uint16_t begin(const Fragment& fragment, NetworkId network, PortId ingress, std::uint32_t now_ms) noexcept;
  [[nodiscard]] Fit fit(const Datagram& datagram, const Fragment& fragment) const noexcept;
  void add_piece(Datagram& datagram, const Fragment& fragment) noexcept;
  [[nodiscard]] bool hold(Datagram& datagram, Packet& packet) noexcept;
  [[nodiscard]] std::uint16_t judge(std::uint16_t number, const Judgement& judgement) noexcept;
  void remove(std::uint16_t number, DropReason reason) noexcept;
  void remove_if_complete(std::uint16_t number) noexcept;
  void kill_held(Datagram& datagram, DropReason reason) noexcept;
  void wait_no_more(Datagram& datagram) noexcept;
  void make_room(PortId ingress) noexcept;
  [[nodiscard]] bool make_room_to_wait(const Datagram& datagram) noexcept;
  void expire(std::uint32_t now_ms) noexcept;
  void remove_port(PortId port, DropReason reason) noexcept;
  void remove_all(DropReason reason) noexcept;
  [[nodiscard]] Packet* let_go(std::uint16_t& held) noexcept;
  template <class Died>
  void bury(Died& died) noexcept {
    while (dead_ != 0) {
      const DropReason reason = held_node(dead_).reason;
      died(*let_go(dead_), reason);
    }
  }

  [[nodiscard]] std::uint64_t bucket_of(const Ip& source, const Ip& destination, std::uint32_t id, NetworkId network) const noexcept;
  [[nodiscard]] Datagram& datagram(std::uint16_t number) const noexcept { return datagrams_.as<Datagram>()[number]; }
  [[nodiscard]] Port& port(PortId id) const noexcept { return ports_.as<Port>()[id.value]; }
  [[nodiscard]] Held& held_node(std::uint16_t number) const noexcept { return helds_.as<Held>()[number]; }

  // Numbers start at 1; 0 is none.
  const HashSeed seed_;
  const std::uint32_t timeout_ms_;
  Region datagrams_, ports_, helds_, buckets_;
  std::uint16_t fresh_ = 0, free_ = 0, free_held_ = 0, dead_ = 0, last_dead_ = 0;
  std::uint16_t oldest_ = 0, youngest_ = 0;
  std::uint32_t count_ = 0, held_ = 0;
};

}  // namespace vsw
