// StormMeters: how many frames that go to many receivers a port may still send.
// Shared: any worker takes, without a lock.
//
// Three meters a port: broadcast, other group addresses, and unknown unicast. What is over the limit
// dies, and is told once in ten seconds of each kind and port. Only what is flooded is counted: what the
// switch answers itself (ARP and neighbour discovery for declared addresses) is a storm to nobody.
#pragma once
#include <atomic>
#include <cstdint>
#include "base/ids.hpp"
#include "base/region.hpp"
#include "state/meter.hpp"
#include "telemetry/counters.hpp"
#include "wire/mac.hpp"

namespace vsw {

enum class StormKind : std::uint8_t { kBroadcast, kMulticast, kUnknownUnicast };
inline constexpr std::uint32_t kStormKinds = 3;

[[nodiscard]] constexpr StormKind storm_kind_of(const Mac& destination) noexcept {
  if (!destination.is_group()) return StormKind::kUnknownUnicast;
  return destination.is_broadcast() ? StormKind::kBroadcast : StormKind::kMulticast;
}
[[nodiscard]] constexpr DropReason reason_of(StormKind kind) noexcept {
  switch (kind) {
    case StormKind::kBroadcast: return DropReason::k_storm_broadcast;
    case StormKind::kMulticast: return DropReason::k_storm_multicast;
    case StormKind::kUnknownUnicast: return DropReason::k_storm_unknown_unicast;
  }
  return DropReason::k_bug;
}

class StormMeters {
 public:
  static constexpr std::uint64_t kToldNs = 10'000'000'000;

  explicit StormMeters(std::uint32_t ports) : region_(sizeof(Row) * ports) {}

  [[nodiscard]] Meter& meter(PortId port, StormKind kind) noexcept { return cell(port, kind).meter; }
  [[nodiscard]] const Meter& meter(PortId port, StormKind kind) const noexcept { return cell(port, kind).meter; }
  // Whether a refusal is to be told now; true once in kToldNs.
  [[nodiscard]] bool tell(PortId port, StormKind kind, std::uint64_t now_ns) noexcept {
    std::atomic<std::uint64_t>& told_ns = cell(port, kind).told_ns;
    std::uint64_t before = told_ns.load(std::memory_order_relaxed);
    if (before != 0 && now_ns < before + kToldNs) return false;
    return told_ns.compare_exchange_strong(before, now_ns, std::memory_order_relaxed);
  }
  // Nothing was sent by the port yet: it is another's.
  void forget(PortId port) noexcept {
    for (Cell& one : region_.as<Row>()[port.value].cells) {
      one.meter.reset();
      one.told_ns.store(0, std::memory_order_relaxed);
    }
  }

 private:
  struct Cell {
    Meter meter;
    std::atomic<std::uint64_t> told_ns;
  };
  struct Row {
    Cell cells[kStormKinds];
  };
  [[nodiscard]] Cell& cell(PortId port, StormKind kind) const noexcept {
    return region_.as<Row>()[port.value].cells[static_cast<std::size_t>(kind)];
  }
  Region region_;
};

}  // namespace vsw
