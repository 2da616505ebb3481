// DecisionMeters: how many decisions of rules may still be told about a port's packets.
// Shared: any worker takes, without a lock.
//
// Three meters a port, one for each kind, so that what dies by the thousand does not hide what was asked for. The port
// that sent the packet pays, whichever port's rules decided: a flood costs others none of their share. What is not told
// is counted, and the number goes out with the port's next event of that kind.
#pragma once
#include <atomic>
#include <cstdint>
#include "base/ids.hpp"
#include "base/region.hpp"
#include "state/meter.hpp"

namespace vsw {

enum class DecisionKind : std::uint8_t {
  kLogged,   // by a rule that is to be logged
  kDenied,
  kAudited,  // an audited rule would have decided otherwise
};
inline constexpr std::uint32_t kDecisionKinds = 3;

class DecisionMeters {
 public:
  static constexpr std::uint32_t kPerSecond = 100;

  explicit DecisionMeters(std::uint32_t ports) : region_(sizeof(Row) * ports) {}

  [[nodiscard]] bool may_tell(PortId port, DecisionKind kind, std::uint64_t now_ns) noexcept {
    return cell(port, kind).meter.take(1, kPerSecond, now_ns);
  }
  void note_untold(PortId port, DecisionKind kind) noexcept {
    cell(port, kind).untold.fetch_add(1, std::memory_order_relaxed);
  }
  // How many were not told since the last time that somebody asked.
  [[nodiscard]] std::uint64_t take_untold(PortId port, DecisionKind kind) noexcept {
    std::atomic<std::uint64_t>& untold = cell(port, kind).untold;
    return untold.load(std::memory_order_relaxed) == 0 ? 0 : untold.exchange(0, std::memory_order_relaxed);
  }
  // Nothing was sent by the port yet: it is another's.
  void forget(PortId port) noexcept {
    for (Cell& one : region_.as<Row>()[port.value].cells) {
      one.meter.reset();
      one.untold.store(0, std::memory_order_relaxed);
    }
  }

 private:
  struct Cell {
    Meter meter;
    std::atomic<std::uint64_t> untold;
  };
  struct Row {
    Cell cells[kDecisionKinds];
  };
  [[nodiscard]] Cell& cell(PortId port, DecisionKind kind) const noexcept {
    return region_.as<Row>()[port.value].cells[static_cast<std::size_t>(kind)];
  }
  Region region_;
};

}  // namespace vsw
