// Events: what the switch noticed about the traffic, for those who watch.
// Shared: one worker writes its ring, control drains it.
//
// Bounded and lossy: a full ring loses the newest and counts it. Nothing waits for a watcher.
#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include "base/ids.hpp"
#include "base/spsc_ring.hpp"

namespace vsw {

// Append only. What an event means to people is said once, in src/switch/dataplane-events.ts.
enum class EventType : std::uint8_t {
  kMacLearned = 1,
  kMacMoved = 2,
  kMacAged = 3,
  kMacFlap = 4,     // at `from_port`, where it stays; heard at `port`
  kMacEvicted = 5,  // from `port`, for a MAC of `from_port`
  kStorm = 6,       // from `port`; `count` is the StormKind, `limit` its frames a second
  kLoopDetected = 7,  // sent by `from_port`, back by `port`, which is held for `count` milliseconds
  kPortReleased = 8,  // `port` is held no more
  kGroupJoined = 16,
  kGroupLeft = 17,
  kPolicyLog = 18,    // what rules of `port` said of a packet: `decision`; `from_port` is the other end
  kPolicyDrop = 19,   // likewise, where they denied it; `count` is how many were not told before
  kPolicyAudit = 20,  // likewise, where an audited rule would have decided otherwise
};

// The name that JavaScript knows it by.
[[nodiscard]] constexpr const char* name_of(EventType type) noexcept {
  switch (type) {
    case EventType::kMacLearned: return "mac_learned";
    case EventType::kMacMoved: return "mac_moved";
    case EventType::kMacAged: return "mac_aged";
    case EventType::kMacFlap: return "mac_flap";
    case EventType::kMacEvicted: return "mac_evicted";
    case EventType::kStorm: return "storm";
    case EventType::kLoopDetected: return "loop_detected";
    case EventType::kPortReleased: return "port_released";
    case EventType::kGroupJoined: return "group_joined";
    case EventType::kGroupLeft: return "group_left";
    case EventType::kPolicyLog: return "policy_log";
    case EventType::kPolicyDrop: return "policy_drop";
    case EventType::kPolicyAudit: return "policy_audit";
  }
  return "";
}

// What rules said of a packet, in one direction. Actions are RuleAction's; addresses and ports are a Tuple's.
struct Decision {
  RuleId rule;
  std::uint8_t action = 0;    // what was done
  std::uint8_t would_be = 0;  // of an audited rule: what it would have done
  std::uint8_t protocol = 0;
  bool egress = false;
  std::uint16_t source_port = 0, destination_port = 0;
  std::array<std::uint8_t, 16> source{}, destination{};  // as Ip::bytes
};

// One form for all of them: a type leaves zero what it has no use for.
struct Event {
  EventType type = EventType::kMacLearned;
  NetworkId network{};
  PortId port{}, from_port{};
  std::uint64_t mac = 0;    // as Mac::number
  std::uint64_t count = 0;  // how many, of whatever the type counts
  std::uint64_t limit = 0;  // the bound that was met
  std::array<std::uint8_t, 16> group{};  // as Ip::bytes
  Decision decision{};
};

class EventRing {
 public:
  void push(const Event& event) noexcept {
    if (!ring_.push(event)) lost_.fetch_add(1, std::memory_order_relaxed);
  }
  // What comes by the thousand leaves room for what does not.
  [[nodiscard]] bool is_half_free() const noexcept { return ring_.size() < kCapacity / 2; }
  [[nodiscard]] bool pop(Event& event) noexcept { return ring_.pop(event); }
  [[nodiscard]] std::uint64_t take_lost() noexcept { return lost_.exchange(0, std::memory_order_relaxed); }

 private:
  static constexpr std::size_t kCapacity = 1024;
  SpscRing<Event, kCapacity> ring_;
  std::atomic<std::uint64_t> lost_{0};
};

}  // namespace vsw
