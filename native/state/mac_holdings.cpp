#include "state/mac_holdings.hpp"

namespace vsw {

void MacHoldings::add(PortId port, std::uint32_t slot) noexcept {
  append(ports()[port.value], slot);
  climb(port, count(port) + 1);
}

void MacHoldings::remove(PortId port, std::uint32_t slot) noexcept {
  unlink(ports()[port.value], slot);
  climb(port, count(port) - 1);
}

void MacHoldings::renew(PortId port, std::uint32_t slot) noexcept {
  Port& holder = ports()[port.value];
  if (holder.youngest == slot + 1) return;
  unlink(holder, slot);
  append(holder, slot);
}

void MacHoldings::append(Port& port, std::uint32_t slot) noexcept {
  links()[slot] = {port.youngest, 0};
  if (port.youngest != 0) links()[port.youngest - 1].younger = slot + 1;
  else port.oldest = slot + 1;
  port.youngest = slot + 1;
}

void MacHoldings::unlink(Port& port, std::uint32_t slot) noexcept {
  const Link link = links()[slot];
  if (link.older != 0) links()[link.older - 1].younger = link.younger;
  else port.oldest = link.younger;
  if (link.younger != 0) links()[link.younger - 1].older = link.older;
  else port.youngest = link.older;
}

// Counts change by one, so the top moves by one rung at most.
void MacHoldings::climb(PortId id, std::uint32_t count) noexcept {
  Port& port = ports()[id.value];
  const std::uint32_t left = this->count(id);
  if (left != 0) {
    if (port.above) ports()[port.above.value].below = port.below;
    else rungs()[left] = port.below;
    if (port.below) ports()[port.below.value].above = port.above;
  }
  port.count.store(count, std::memory_order_relaxed);
  if (count != 0) {
    port.above = {};
    port.below = rungs()[count];
    if (port.below) ports()[port.below.value].above = id;
    rungs()[count] = id;
  }
  if (count > top_) top_ = count;
  else if (left == top_ && !rungs()[top_]) top_ = left - 1;
}

bool MacHoldings::disturb(PortId id, std::uint32_t now_ms) noexcept {
  Port& port = ports()[id.value];
  const std::uint32_t elapsed_ms = now_ms - port.since_ms;
  // Another worker's clock may be a little ahead: then nothing has elapsed.
  const std::uint32_t earned = static_cast<std::int32_t>(elapsed_ms) < 0 ? 0 : elapsed_ms / kDisturbanceMs;
  if (earned >= port.disturbances) {
    port.disturbances = 0;
    port.since_ms = now_ms;
  } else {
    port.disturbances -= earned;
    port.since_ms += earned * kDisturbanceMs;
  }
  if (port.disturbances >= kDisturbancesMax) return false;
  ++port.disturbances;
  return true;
}

}  // namespace vsw
