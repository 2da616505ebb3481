// What a SwitchObject does for traces.
// Home: the main thread of Node.
#include "binding/convert.hpp"
#include "binding/switch_object.hpp"
#include "commit/trace.hpp"
#include "wire/dissect.hpp"

namespace vsw {

namespace {

constexpr double kU16 = 65'535;

const char* name_of(RuleAction action) {
  switch (action) {
    case RuleAction::kAllow: return "allow";
    case RuleAction::kDrop: return "drop";
    case RuleAction::kReject: return "reject";
    case RuleAction::kPass: return "pass";
  }
  return "";
}

const char* verdict_of(const Trace& trace) { return trace.allowed ? "allow" : trace.rejected ? "reject" : "drop"; }

template <class Rows, class Convert>
Napi::Array array_of(Napi::Env env, const Rows& rows, Convert&& convert) {
  Napi::Array result = Napi::Array::New(env, rows.size());
  for (std::uint32_t i = 0; i < rows.size(); ++i) result.Set(i, convert(rows[i]));
  return result;
}

Napi::Object to_js(Napi::Env env, const TraceStep& step) {
  Napi::Object result = Napi::Object::New(env);
  result.Set("stage", vsw::name_of(step.stage));
  result.Set("port", step.port.value);
  result.Set("verdict", step.verdict);
  result.Set("rule", step.rule.value);
  return result;
}

Napi::Object to_js(Napi::Env env, const TraceRuling& asked) {
  const Ruling& ruling = asked.ruling;
  Napi::Object result = Napi::Object::New(env);
  result.Set("direction", asked.stage == StageId::kAclEgress ? "egress" : "ingress");
  result.Set("port", asked.port.value);
  result.Set("action", name_of(ruling.action));
  result.Set("rule", ruling.rule.value);
  if (ruling.audited) {
    result.Set("auditedAction", name_of(ruling.audited_action));
    result.Set("auditedRule", ruling.audited.value);
  }
  return result;
}

Napi::Object to_js(Napi::Env env, const NearRule& near) {
  Napi::Object result = Napi::Object::New(env);
  result.Set("rule", near.rule.value);
  result.Set("source", near.match.source);
  result.Set("destination", near.match.destination);
  result.Set("service", near.match.service);
  result.Set("sourcePort", near.match.source_port);
  result.Set("protocol", near.protocol);
  return result;
}

Napi::Object to_js(Napi::Env env, const Standing& standing) {
  Napi::Object result = Napi::Object::New(env);
  result.Set("standing", vsw::name_of(standing.kind));
  result.Set("state", vsw::name_of(standing.state));
  result.Set("ofInitiator", standing.of_initiator);
  return result;
}

Napi::Object to_js(Napi::Env env, const Tuple& tuple) {
  Napi::Object result = Napi::Object::New(env);
  result.Set("source", to_string(tuple.source));
  result.Set("destination", to_string(tuple.destination));
  result.Set("protocol", tuple.protocol);
  result.Set("sourcePort", tuple.source_port);
  result.Set("destinationPort", tuple.destination_port);
  return result;
}

Napi::Object to_js(Napi::Env env, const Trace& trace) {
  Napi::Object result = Napi::Object::New(env);
  result.Set("verdict", verdict_of(trace));
  result.Set("stage", vsw::name_of(trace.stage));
  result.Set("reason", trace.reason);
  result.Set("port", trace.port.value);
  result.Set("network", trace.network.value);
  result.Set("rule", trace.rule.value);
  result.Set("generation", Napi::Number::New(env, static_cast<double>(trace.generation.value)));
  result.Set("line", trace.line);
  if (trace.standing.kind != Standing::Kind::kUntracked) result.Set("connection", to_js(env, trace.standing));
  if (trace.judged) result.Set("judged", to_js(env, trace.tuple));
  if (trace.later_fragment) result.Set("laterFragment", true);
  result.Set("path", array_of(env, trace.path, [&](const TraceStep& step) { return to_js(env, step); }));
  result.Set("receivers", array_of(env, trace.receivers, [&](PortId port) { return Napi::Number::New(env, port.value); }));
  result.Set("rulings", array_of(env, trace.rulings, [&](const TraceRuling& ruling) { return to_js(env, ruling); }));
  result.Set("nearest", array_of(env, trace.nearest, [&](const NearRule& near) { return to_js(env, near); }));
  return result;
}

// The bytes of edits, where there are any; false: what came is no bytes, and that is thrown.
bool edits_from(const Napi::Value& value, std::optional<std::span<const std::byte>>& edits) {
  if (value.IsUndefined()) return true;
  edits = bytes_from(value, "edits");
  return edits.has_value();
}

}  // namespace

Napi::Value SwitchObject::trace(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const auto frame = bytes_from(info[0], "frame");
  if (!frame) return env.Undefined();
  const auto port = number_from(info[1], "port", kU16);
  std::optional<std::span<const std::byte>> edits;
  if (!port || open(env) == nullptr || !edits_from(info[2], edits)) return env.Undefined();
  Result<Trace> result = dataplane_->trace(PortId{static_cast<std::uint16_t>(*port)}, *frame, {}, edits ? &*edits : nullptr);
  if (result) return to_js(env, result.value());
  to_js_error(env, result.error()).ThrowAsJavaScriptException();
  return env.Undefined();
}

// Frames one behind the other; of each two numbers, its port and where it ends. A byte for each comes back: 0 it is
// dropped, 1 allowed, 2 rejected.
Napi::Value SwitchObject::trace_verdicts(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const auto bytes = bytes_from(info[0], "frames");
  if (!bytes) return env.Undefined();
  if (!info[1].IsTypedArray() || info[1].As<Napi::TypedArray>().TypedArrayType() != napi_uint32_array) {
    Napi::TypeError::New(env, "places must be a Uint32Array").ThrowAsJavaScriptException();
    return env.Undefined();
  }
  const auto places = info[1].As<Napi::Uint32Array>();
  std::vector<TracedFrame> frames;
  frames.reserve(places.ElementLength() / 2);
  std::size_t begin = 0;
  for (std::size_t i = 0; i + 1 < places.ElementLength(); i += 2) {
    const std::size_t end = places[i + 1];
    if (end < begin || end > bytes->size() || places[i] > kU16) {
      Napi::TypeError::New(env, "places must be ports and ascending ends inside of frames").ThrowAsJavaScriptException();
      return env.Undefined();
    }
    frames.push_back({PortId{static_cast<std::uint16_t>(places[i])}, bytes->subspan(begin, end - begin)});
    begin = end;
  }
  std::optional<std::span<const std::byte>> edits;
  if (open(env) == nullptr || !edits_from(info[2], edits)) return env.Undefined();
  const Result<std::vector<TraceVerdict>> result = dataplane_->trace_verdicts(frames, edits ? &*edits : nullptr);
  if (result) return vsw::to_js(env, std::as_bytes(std::span(result.value())));
  to_js_error(env, result.error()).ThrowAsJavaScriptException();
  return env.Undefined();
}

}  // namespace vsw
