// MacHoldings: which port holds which slots of the MAC table, in the order they were last heard, and
// which port holds most.
// Home: whoever holds the MAC table's lock of writers; anybody may ask for a count.
//
// Three things in constant time, so that no flood of MACs makes learning slow: the oldest slot of a
// port (a list a port, youngest at its end), the port that holds most (a ladder with a rung for each
// number of slots; of equals the one that came to that number last), and whether a port may disturb
// others once more. What moves or is pushed out makes every flow compare its grounds once; so each
// port has a budget for that: kDisturbancesMax at once, one more every kDisturbanceMs.
//
// Slots are numbered from 0 on. Times are milliseconds modulo 2^32.
#pragma once
#include <atomic>
#include <cstdint>
#include "base/ids.hpp"
#include "base/region.hpp"

namespace vsw {

class MacHoldings {
 public:
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};
  static constexpr std::uint32_t kDisturbancesMax = 1'000;
  static constexpr std::uint32_t kDisturbanceMs = 10;

  explicit MacHoldings(std::uint32_t slots)
      : ports_(sizeof(Port) * 65'536), links_(sizeof(Link) * slots), rungs_(sizeof(PortId) * (std::size_t{slots} + 1)) {}

  // The slot is this port's from now on, and its youngest.
  void add(PortId port, std::uint32_t slot) noexcept;
  // The slot is nobody's any more.
  void remove(PortId port, std::uint32_t slot) noexcept;
  // A slot of this port was heard again.
  void renew(PortId port, std::uint32_t slot) noexcept;

  [[nodiscard]] std::uint32_t count(PortId port) const noexcept {
    return ports()[port.value].count.load(std::memory_order_relaxed);
  }
  [[nodiscard]] std::uint32_t oldest(PortId port) const noexcept { return ports()[port.value].oldest - 1; }
  // The port that holds most, none when nothing is held.
  [[nodiscard]] PortId largest() const noexcept { return top_ == 0 ? PortId{} : rungs()[top_]; }

  // Whether the port may make all flows look again; if so, that is taken off its budget.
  [[nodiscard]] bool disturb(PortId port, std::uint32_t now_ms) noexcept;

 private:
  struct Link {
    std::uint32_t older, younger;  // slot + 1, 0 at the ends
  };
  struct Port {
    std::atomic<std::uint32_t> count;
    std::uint32_t oldest, youngest;  // slot + 1, 0 for none
    PortId above, below;             // on the same rung
    std::uint32_t disturbances, since_ms;
  };
  [[nodiscard]] Port* ports() const noexcept { return ports_.as<Port>(); }
  [[nodiscard]] Link* links() const noexcept { return links_.as<Link>(); }
  [[nodiscard]] PortId* rungs() const noexcept { return rungs_.as<PortId>(); }
  void append(Port& port, std::uint32_t slot) noexcept;
  void unlink(Port& port, std::uint32_t slot) noexcept;
  void climb(PortId port, std::uint32_t count) noexcept;

  Region ports_, links_, rungs_;
  std::uint32_t top_ = 0;  // the highest rung with a port on it
};

}  // namespace vsw
