// Fabric: all that the workers of one switch share.
// Shared: see each member; nothing here is locked by a reader.
//
// Threads meet in five places only: the generation pointer, the mailboxes of the workers, the counter
// pages, the epoch, and the entries of the MAC and group tables and of the flow caches.
#pragma once
#include <atomic>
#include <cstdint>
#include "base/clock.hpp"
#include "base/epoch.hpp"
#include "base/hash.hpp"
#include "base/region.hpp"
#include "flow/flow_cache.hpp"
#include "state/loop_watch.hpp"
#include "state/group_table.hpp"
#include "state/mac_table.hpp"
#include "state/meter.hpp"
#include "state/storm_meters.hpp"
#include "state/querier_table.hpp"
#include "state/decision_meters.hpp"
#include "table/generation.hpp"
#include "telemetry/counters.hpp"
#include "telemetry/drop_log.hpp"
#include "telemetry/rule_counters.hpp"
#include "worker/capture_tap.hpp"

namespace vsw {

struct FabricLimits {
  std::uint32_t workers = 1;
  std::uint32_t ports = 4096;    // port ids are below this
  std::uint32_t flows = 262'144; // IPv4; a quarter as many for IPv6 and others
  std::uint32_t macs = 65'536;
  std::uint32_t groups = 4'096;         // multicast groups that somebody asked for
  std::uint32_t memberships = 16'384;   // ports that did, over all groups
};

struct Fabric {
  Fabric(const FabricLimits& wanted, HashSeed secret, Clock& time)
      : limits(wanted),
        seed(secret),
        clock(time),
        flows4(wanted.flows, wanted.workers, epoch),
        flows6(wanted.flows / 4 + wanted.workers, wanted.workers, epoch),
        macs(wanted.macs, secret),
        storms(wanted.ports),
        decisions(wanted.ports),
        loops(wanted.ports, secret),
        groups(wanted.groups, wanted.memberships, wanted.ports, secret),
        counters(wanted.workers, wanted.ports),
        rule_counters(wanted.workers),
        drop_log(wanted.ports),
        held_region(sizeof(std::atomic<std::uint32_t>) * wanted.ports),
        answers_region(sizeof(Meter) * wanted.ports) {}

  [[nodiscard]] std::uint32_t now_ms() const noexcept { return static_cast<std::uint32_t>(clock.now_ns() / 1'000'000); }
  // Flows that were made for frames of this port.
  [[nodiscard]] std::atomic<std::uint32_t>& flows_held(PortId port) noexcept {
    return held_region.as<std::atomic<std::uint32_t>>()[port.value];
  }
  // The port's share of what the switch itself says about frames that it could not deliver.
  [[nodiscard]] Meter& answers(PortId port) noexcept { return answers_region.as<Meter>()[port.value]; }

  // Grows whenever a MAC moves or goes, or a multicast group comes or goes: one number for flows to compare.
  [[nodiscard]] std::uint32_t taught_version() const noexcept { return macs.version() + groups.version(); }

  const FabricLimits limits;
  const HashSeed seed;
  Clock& clock;
  Epoch epoch;
  std::atomic<const Generation*> generation{nullptr};
  FlowCache<FlowKey4> flows4;
  FlowCache<FlowKey6> flows6;
  MacTable macs;
  StormMeters storms;
  DecisionMeters decisions;
  LoopWatch loops;
  GroupTable groups;
  QuerierTable queriers;
  Counters counters;
  RuleCounters rule_counters;
  DropLog drop_log;
  CaptureTap capture;
  Region held_region, answers_region;
};

}  // namespace vsw
