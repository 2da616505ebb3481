// QuerierTable: who asks a network's hosts for their groups, and since when the answers can be trusted.
// Shared: workers tell what they heard, one worker moves time; one spin lock, never taken by a reader.
//
// One querier a network and family, elected by the lowest address (RFC 3376, 6.6.2; RFC 3810, 7.6.2). The
// switch itself asks when its network says so and nobody else is heard; its IPv4 queries come from 0.0.0.0,
// which wins no election and marks no router (RFC 4541, 2.1.1), its MLD queries from a link-local address.
//
// Frames are kept back only while somebody asks, and not before the first answers were due: without a
// querier memberships run out, and hosts that joined before nobody listened would get nothing. Until then,
// and when `flood` was called because a wish found no room at all, the network floods.
//
// Robustness is 2: two queries at the start and after a leave, memberships of two intervals and a
// response time. Times are milliseconds of the switch's clock, modulo 2^32.
#pragma once
#include <cstdint>
#include "base/ids.hpp"
#include "base/region.hpp"
#include "base/spin_lock.hpp"
#include "wire/ip.hpp"

namespace vsw {

class QuerierTable {
 public:
  static constexpr std::uint32_t kRobustness = 2;

  // What was decided about the network.
  struct Settings {
    bool asks = false;  // the switch shall be querier when nobody else is
    std::uint32_t query_ms = 125'000, response_ms = 10'000;
  };
  struct State {
    bool asks = false;      // the switch does
    bool heard = false;     // somebody else does
    bool filters = false;
    Ip querier;             // who was heard
    std::uint32_t interval_ms = 0;
  };

  QuerierTable();

  // What was heard of a querier.
  struct Query {
    Ip source;
    Ip own;                       // the address that the switch asks from
    bool general = true;          // for any group
    std::uint32_t interval_ms = 0;  // 0: it does not say its own
    std::uint32_t response_ms = 0;
  };
  void hear(NetworkId network, bool v6, const Query& query, const Settings& settings, std::uint32_t now_ms) noexcept;
  // Everything floods until then.
  void flood(NetworkId network, bool v6, std::uint32_t until_ms) noexcept;
  void forget(NetworkId network) noexcept;

  // Moves the network's time. True: the switch is to send a general query now. `filters` is what holds from now on.
  bool pass(NetworkId network, bool v6, const Settings& settings, std::uint32_t now_ms, bool& filters) noexcept;

  // How long a membership lives that is not renewed, by the interval of whoever asks.
  [[nodiscard]] std::uint32_t membership_ms(NetworkId network, bool v6, const Settings& settings) noexcept;
  // How long a router is remembered that asks no more.
  [[nodiscard]] std::uint32_t router_ms(NetworkId network, bool v6, const Settings& settings) noexcept;
  [[nodiscard]] State state(NetworkId network, bool v6) noexcept;

 private:
  struct Segment {
    bool asking, heard, flooding, settling, filters;
    std::uint8_t startup_left;
    std::uint32_t query_due_ms, heard_until_ms, flood_until_ms, settled_ms, interval_ms;
    Ip querier;
  };
  [[nodiscard]] Segment& segment(NetworkId network, bool v6) const noexcept {
    return segments_.as<Segment>()[network.value * 2u + (v6 ? 1 : 0)];
  }
  [[nodiscard]] static std::uint32_t interval_of(const Segment& segment, const Settings& settings) noexcept {
    return segment.heard && segment.interval_ms != 0 ? segment.interval_ms : settings.query_ms;
  }
  static void settle(Segment& segment, std::uint32_t at_ms) noexcept;

  Region segments_;
  SpinLock lock_;
};

}  // namespace vsw
