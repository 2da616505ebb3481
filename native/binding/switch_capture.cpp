// What a SwitchObject does for live captures.
// Home: the main thread of Node.
#include <algorithm>

#include "binding/convert.hpp"
#include "binding/switch_object.hpp"

namespace vsw {

namespace {

constexpr double kU32 = 4'294'967'295;

}  // namespace

Napi::Value SwitchObject::capture_start(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  if (!info[0].IsObject()) {
    Napi::TypeError::New(env, "the filter must be an object").ThrowAsJavaScriptException();
    return env.Undefined();
  }
  const Napi::Object wanted = info[0].As<Napi::Object>();
  const auto number = [&](const char* name, std::uint32_t most) {
    return std::min(wanted.Get(name).ToNumber().Uint32Value(), most);
  };
  CaptureFilter filter;
  filter.port = PortId{static_cast<std::uint16_t>(number("port", 65'535))};
  filter.received = wanted.Get("received").ToBoolean().Value();
  filter.transmitted = wanted.Get("transmitted").ToBoolean().Value();
  filter.only_dropped = wanted.Get("onlyDropped").ToBoolean().Value();
  filter.reason = static_cast<DropReason>(number("reason", kDropReasonCount - 1));
  filter.protocol = static_cast<std::uint8_t>(number("protocol", 255));
  filter.transport_port = static_cast<std::uint16_t>(number("transportPort", 65'535));
  filter.ether_type = static_cast<std::uint16_t>(number("etherType", 65'535));
  const auto host = bytes_from(wanted.Get("host"), "host");
  if (!host || open(env) == nullptr) return env.Undefined();
  if (host->size() == 16) filter.host = Ip::v6(host->data());
  const Result<std::uint32_t> started = dataplane_->captures().start(
      filter, number("snapshotLength", Packet::kLengthMax), wanted.Get("classic").ToBoolean().Value());
  if (started) return Napi::Number::New(env, started.value());
  to_js_error(env, started.error()).ThrowAsJavaScriptException();
  return env.Undefined();
}

Napi::Value SwitchObject::capture_read(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const auto id = number_from(info[0], "id", kU32);
  if (!id) return env.Undefined();
  const auto frames_max = number_from(info[1], "framesMax", kU32);
  if (!frames_max || open(env) == nullptr) return env.Undefined();
  const CaptureChunk chunk = dataplane_->captures().read(*id, *frames_max, *dataplane_->running());
  Napi::Object result = Napi::Object::New(env);
  result.Set("bytes", to_js(env, std::span<const std::byte>(chunk.bytes)));
  result.Set("frames", static_cast<double>(chunk.frames));
  result.Set("lost", static_cast<double>(chunk.lost));
  return result;
}

Napi::Value SwitchObject::capture_stop(const Napi::CallbackInfo& info) {
  const auto id = number_from(info[0], "id", kU32);
  if (id && open(info.Env()) != nullptr) dataplane_->captures().stop(*id);
  return info.Env().Undefined();
}

}  // namespace vsw
