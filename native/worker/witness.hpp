// Witness: what rules decided is counted, and told where somebody asked for it.
// Home: worker.
//
// Seen once a decision: about a connection's first packet, and about each packet that makes none. A packet of the steady
// state is no decision, so none of this is in its way. What is told is bounded by the port that sent the packet, and
// leaves half of the ring to all other events; a flood that is denied costs a count and a look at its meter.
#pragma once
#include <cstdint>
#include "action/program.hpp"
#include "telemetry/counters.hpp"
#include "telemetry/events.hpp"
#include "telemetry/rule_counters.hpp"
#include "worker/fabric.hpp"

namespace vsw {

// Whom a decision was about.
struct Scene {
  const Tuple& tuple;
  bool egress;           // of the sender; otherwise ingress of the receiver
  PortId judged, other;  // whose rules decided; the port at the other end, none when it is not known
  PortId charged;        // whose packet it was
  std::uint64_t now_ns;
};

class Witness {
 public:
  Witness(Fabric& fabric, std::uint32_t worker, CounterPage page, EventRing& events) noexcept
      : fabric_(fabric), page_(page), rules_(fabric.rule_counters.page(worker)), events_(events) {}

  // `is_news`: not said before of this connection.
  void see(const Ruling& ruling, const Scene& scene, bool is_news = true) noexcept {
    if (!ruling.rule) return;
    if (ruling.passed.size() > 0) see_passed(ruling, scene, is_news);
    rules_.decided(ruling.rule, scene.now_ns / 1'000'000);
    if (is_news && (ruling.flags & Rule::kLog) != 0) tell(DecisionKind::kLogged, ruling.rule, ruling.action, ruling.action, scene);
    if (is_news && !ruling.allows()) tell(DecisionKind::kDenied, ruling.rule, ruling.action, ruling.action, scene);
    if (ruling.audited) see_audited(ruling, scene);
  }

 private:
  void see_passed(const Ruling& ruling, const Scene& scene, bool is_news) noexcept;
  void see_audited(const Ruling& ruling, const Scene& scene) noexcept;
  void tell(DecisionKind kind, RuleId rule, RuleAction action, RuleAction would_be, const Scene& scene) noexcept;

  Fabric& fabric_;
  CounterPage page_;
  RuleCounterPage rules_;
  EventRing& events_;
};

}  // namespace vsw
