// What the switch counts and tells, as JavaScript reads it.
// Home: the main thread of Node.
#include <map>
#include <string_view>

#include "binding/convert.hpp"
#include "binding/switch_object.hpp"
#include "wire/dissect.hpp"

namespace vsw {

namespace {

Napi::Object decision_of(Napi::Env env, const Decision& decision) {
  constexpr const char* kActions[] = {"allow", "drop", "reject", "pass"};
  Napi::Object row = Napi::Object::New(env);
  row.Set("rule", decision.rule.value);
  row.Set("direction", decision.egress ? "egress" : "ingress");
  row.Set("verdict", kActions[decision.action]);
  row.Set("wouldBe", kActions[decision.would_be]);
  row.Set("protocol", decision.protocol);
  row.Set("source", to_string(Ip::v6(decision.source.data())));
  row.Set("destination", to_string(Ip::v6(decision.destination.data())));
  row.Set("sourcePort", decision.source_port);
  row.Set("destinationPort", decision.destination_port);
  return row;
}

}  // namespace

Napi::Value SwitchObject::counters(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  if (open(env) == nullptr) return env.Undefined();
  Counters& counters = dataplane_->fabric().counters;
  Napi::Object result = Napi::Object::New(env);
  result.Set("cells", mapped(env, counters.cells()));
  result.Set("workers", counters.worker_count());
  result.Set("ports", counters.port_count());
  result.Set("rowLength", static_cast<double>(kRowLength));
  return result;
}

Napi::Value SwitchObject::rule_counters(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  if (open(env) == nullptr) return env.Undefined();
  RuleCounters& counters = dataplane_->fabric().rule_counters;
  Napi::Object result = Napi::Object::New(env);
  result.Set("cells", mapped(env, counters.cells()));
  result.Set("workers", counters.worker_count());
  result.Set("rules", RuleCounters::kRules);
  result.Set("rowLength", static_cast<double>(kRuleRowLength));
  return result;
}

Napi::Value SwitchObject::connection_states(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  if (open(env) == nullptr) return env.Undefined();
  std::map<std::string_view, std::uint32_t> counts;
  dataplane_->visit_flows([&counts](std::uint32_t, const auto& flow) {
    const std::uint8_t marks = Grounds{flow.confirmed.load(std::memory_order_relaxed)}.marks();
    if ((marks & Marks::kTracked) == 0) return;
    ++counts[(marks & Marks::kDenied) != 0 ? "denied" : name_of(flow.connection.state(flow.key.protocol))];
  });
  Napi::Object result = Napi::Object::New(env);
  for (const auto& [state, count] : counts) result.Set(std::string(state), count);
  return result;
}

Napi::Value SwitchObject::now_ms(const Napi::CallbackInfo& info) {
  if (open(info.Env()) == nullptr) return info.Env().Undefined();
  return Napi::Number::New(info.Env(), static_cast<double>(dataplane_->fabric().clock.now_ns() / 1'000'000));
}

// The buffer keeps the switch's memory alive as long as JavaScript holds it, closed or not.
Napi::Value SwitchObject::mapped(Napi::Env env, std::span<std::uint64_t> cells) {
  auto* keep = new std::shared_ptr<Dataplane>(dataplane_);
  const Napi::ArrayBuffer buffer = Napi::ArrayBuffer::New(
      env, cells.data(), cells.size_bytes(), [](Napi::Env, void*, std::shared_ptr<Dataplane>* held) { delete held; },
      keep);
  return Napi::BigUint64Array::New(env, cells.size(), buffer, 0, napi_biguint64_array);
}

Napi::Value SwitchObject::drain_events(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  if (open(env) == nullptr) return env.Undefined();
  Napi::Array rows = Napi::Array::New(env);
  std::uint64_t lost = 0;
  for (std::uint32_t i = 0; i < dataplane_->workers().size(); ++i) {
    EventRing& ring = dataplane_->workers().worker(i).events();
    for (Event event; ring.pop(event);) {
      Napi::Object row = Napi::Object::New(env);
      row.Set("type", vsw::name_of(event.type));
      row.Set("network", event.network.value);
      row.Set("mac", to_string(Mac::from_number(event.mac)));
      row.Set("group", to_string(Ip::v6(event.group.data())));
      row.Set("port", event.port.value);
      row.Set("fromPort", event.from_port.value);
      row.Set("count", static_cast<double>(event.count));
      row.Set("limit", static_cast<double>(event.limit));
      if (event.decision.rule) row.Set("decision", decision_of(env, event.decision));
      rows.Set(rows.Length(), row);
    }
    lost += ring.take_lost();
  }
  if (lost > 0) {
    Napi::Object row = Napi::Object::New(env);
    row.Set("type", "events_lost");
    row.Set("count", static_cast<double>(lost));
    rows.Set(rows.Length(), row);
  }
  return rows;
}

}  // namespace vsw
