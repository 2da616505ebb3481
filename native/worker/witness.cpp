#include "worker/witness.hpp"

namespace vsw {

namespace {

constexpr EventType type_of(DecisionKind kind) noexcept {
  switch (kind) {
    case DecisionKind::kLogged: return EventType::kPolicyLog;
    case DecisionKind::kDenied: return EventType::kPolicyDrop;
    case DecisionKind::kAudited: return EventType::kPolicyAudit;
  }
  return EventType::kPolicyLog;
}

}  // namespace

// An audited rule that would have been the one to be told is counted with that.
[[gnu::noinline]] void Witness::see_passed(const Ruling& ruling, const Scene& scene, bool is_news) noexcept {
  for (std::size_t i = 0; i < ruling.passed.size(); ++i) {
    const PassedRules::Entry passed = ruling.passed[i];
    if ((passed.flags & Rule::kAudited) == 0) {
      rules_.decided(passed.rule, scene.now_ns / 1'000'000);
      if (is_news && (passed.flags & Rule::kLog) != 0) tell(DecisionKind::kLogged, passed.rule, RuleAction::kPass, RuleAction::kPass, scene);
    } else if (passed.rule != ruling.audited) {
      rules_.audited(passed.rule, ruling.audited_action != ruling.action, scene.now_ns / 1'000'000);
    }
  }
}

[[gnu::noinline]] void Witness::see_audited(const Ruling& ruling, const Scene& scene) noexcept {
  const bool differs = ruling.audited_action != ruling.action;
  rules_.audited(ruling.audited, differs, scene.now_ns / 1'000'000);
  if (differs) tell(DecisionKind::kAudited, ruling.audited, ruling.action, ruling.audited_action, scene);
}

[[gnu::noinline]] void Witness::tell(DecisionKind kind, RuleId rule, RuleAction action, RuleAction would_be,
                                     const Scene& scene) noexcept {
  DecisionMeters& meters = fabric_.decisions;
  if (!meters.may_tell(scene.charged, kind, scene.now_ns) || !events_.is_half_free()) {
    meters.note_untold(scene.charged, kind);
    page_.add(scene.charged, Counter::k_decisions_untold, 1);
    return;
  }
  const Tuple& tuple = scene.tuple;
  Event event{type_of(kind), tuple.network, scene.judged, scene.other, 0, meters.take_untold(scene.charged, kind)};
  event.decision = {rule, static_cast<std::uint8_t>(action), static_cast<std::uint8_t>(would_be),
                    static_cast<std::uint8_t>(tuple.protocol), scene.egress, tuple.source_port, tuple.destination_port,
                    tuple.source.bytes, tuple.destination.bytes};
  events_.push(event);
}

}  // namespace vsw
