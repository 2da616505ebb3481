#include "state/querier_table.hpp"

namespace vsw {

namespace {

bool is_over(std::uint32_t now_ms, std::uint32_t at_ms) noexcept { return static_cast<std::int32_t>(now_ms - at_ms) >= 0; }

}  // namespace

QuerierTable::QuerierTable() : segments_(sizeof(Segment) * 2 * 65'536) {}

// The first query was sent or heard: its answers are in at `at_ms`.
void QuerierTable::settle(Segment& segment, std::uint32_t at_ms) noexcept {
  if (segment.settling || segment.filters) return;
  segment.settling = true;
  segment.settled_ms = at_ms;
}

void QuerierTable::hear(NetworkId network, bool v6, const Query& query, const Settings& settings,
                        std::uint32_t now_ms) noexcept {
  const SpinGuard guard(lock_);
  Segment& here = segment(network, v6);
  // A switch that asks from 0.0.0.0 is no querier to give way to, and neither is one with a higher address.
  const bool elected = !query.source.is_unspecified() && (query.own.is_unspecified() || query.source < query.own) &&
                       (!here.heard || !(here.querier < query.source));
  // Whoever answers this query is heard here, too.
  if (query.general) settle(here, now_ms + query.response_ms);
  if (!elected) return;
  here.heard = true;
  here.querier = query.source;
  here.interval_ms = query.interval_ms;
  here.heard_until_ms = now_ms + kRobustness * interval_of(here, settings) + settings.response_ms / 2;
  here.asking = false;
}

void QuerierTable::flood(NetworkId network, bool v6, std::uint32_t until_ms) noexcept {
  const SpinGuard guard(lock_);
  segment(network, v6).flooding = true;
  segment(network, v6).flood_until_ms = until_ms;
}

void QuerierTable::forget(NetworkId network) noexcept {
  const SpinGuard guard(lock_);
  segment(network, false) = Segment{};
  segment(network, true) = Segment{};
}

bool QuerierTable::pass(NetworkId network, bool v6, const Settings& settings, std::uint32_t now_ms,
                        bool& filters) noexcept {
  const SpinGuard guard(lock_);
  Segment& here = segment(network, v6);
  if (here.heard && is_over(now_ms, here.heard_until_ms)) here.heard = false;
  if (here.flooding && is_over(now_ms, here.flood_until_ms)) here.flooding = false;
  bool ask = false;
  if (!settings.asks || here.heard) {
    here.asking = false;
  } else if (!here.asking) {
    here.asking = ask = true;
    here.startup_left = kRobustness - 1;
  } else if (is_over(now_ms, here.query_due_ms)) {
    ask = true;
    if (here.startup_left > 0) --here.startup_left;
  }
  if (ask) {
    here.query_due_ms = now_ms + (here.startup_left > 0 ? settings.query_ms / 4 : settings.query_ms);
    settle(here, now_ms + settings.response_ms);
  }
  if (!here.asking && !here.heard) here.settling = here.filters = false;
  if (here.settling && is_over(now_ms, here.settled_ms)) {
    here.settling = false;
    here.filters = true;
  }
  filters = here.filters && !here.flooding;
  return ask;
}

std::uint32_t QuerierTable::membership_ms(NetworkId network, bool v6, const Settings& settings) noexcept {
  const SpinGuard guard(lock_);
  return kRobustness * interval_of(segment(network, v6), settings) + settings.response_ms;
}

std::uint32_t QuerierTable::router_ms(NetworkId network, bool v6, const Settings& settings) noexcept {
  const SpinGuard guard(lock_);
  return kRobustness * interval_of(segment(network, v6), settings) + settings.response_ms / 2;
}

QuerierTable::State QuerierTable::state(NetworkId network, bool v6) noexcept {
  const SpinGuard guard(lock_);
  const Segment& here = segment(network, v6);
  return {here.asking, here.heard, here.filters && !here.flooding, here.querier, here.interval_ms};
}

}  // namespace vsw
