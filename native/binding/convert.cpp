#include "binding/convert.hpp"

#include <cstdio>

#include "wire/dissect.hpp"

namespace vsw {

namespace {

void throw_type_error(Napi::Env env, const std::string& message) {
  Napi::TypeError::New(env, message).ThrowAsJavaScriptException();
}

const char* name_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kMalformed: return "malformed";
    case ErrorCode::kInvalid: return "invalid";
    case ErrorCode::kNamespaceAbsent: return "namespace_absent";
    case ErrorCode::kDeviceClash: return "device_clash";
    case ErrorCode::kPermission: return "permission";
    case ErrorCode::kUnsupported: return "unsupported";
    case ErrorCode::kLimit: return "limit";
    case ErrorCode::kSystem: return "system";
  }
  return "system";
}

struct GsoName {
  const char* name;
  Offload::Gso gso;
};
constexpr GsoName kGsoNames[] = {{"none", Offload::Gso::kNone},
                                 {"tcp4", Offload::Gso::kTcp4},
                                 {"tcp6", Offload::Gso::kTcp6},
                                 {"udp", Offload::Gso::kUdp}};

}  // namespace

std::optional<std::span<const std::byte>> bytes_from(const Napi::Value& value, const char* name) {
  if (!value.IsTypedArray() || value.As<Napi::TypedArray>().TypedArrayType() != napi_uint8_array) {
    throw_type_error(value.Env(), std::string(name) + " must be a Uint8Array");
    return {};
  }
  const auto array = value.As<Napi::Uint8Array>();
  return std::span(reinterpret_cast<const std::byte*>(array.Data()), array.ByteLength());
}

std::optional<std::uint32_t> number_from(const Napi::Value& value, const char* name, double max) {
  const double number = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : -1;
  if (!(number >= 0 && number <= max) || number != static_cast<double>(static_cast<std::uint32_t>(number))) {
    throw_type_error(value.Env(), std::string(name) + " must be a whole number from 0 to " +
                                      std::to_string(static_cast<std::uint64_t>(max)));
    return {};
  }
  return static_cast<std::uint32_t>(number);
}

std::optional<Mac> mac_from(const Napi::Value& value, const char* name) {
  const std::string text = value.IsString() ? value.As<Napi::String>().Utf8Value() : "?";
  Mac mac;
  if (text.empty()) return mac;
  unsigned parts[6];
  char rest;
  if (std::sscanf(text.c_str(), "%2x:%2x:%2x:%2x:%2x:%2x%c", &parts[0], &parts[1], &parts[2], &parts[3], &parts[4],
                  &parts[5], &rest) != 6) {
    throw_type_error(value.Env(), std::string(name) + " must be a MAC address or ''");
    return {};
  }
  for (std::size_t i = 0; i < 6; ++i) mac.bytes[i] = static_cast<std::uint8_t>(parts[i]);
  return mac;
}

std::optional<Offload> offload_from(const Napi::Value& value) {
  Offload offload;
  if (value.IsUndefined()) return offload;
  if (!value.IsObject()) {
    throw_type_error(value.Env(), "offload must be an object");
    return {};
  }
  const auto object = value.As<Napi::Object>();
  const auto flag = [&](const char* name) { return object.Get(name).ToBoolean().Value(); };
  const auto number = [&](const char* name) {
    const Napi::Value field = object.Get(name);
    return field.IsNumber() ? static_cast<std::uint16_t>(field.As<Napi::Number>().Uint32Value()) : std::uint16_t{0};
  };
  const Napi::Value gso_field = object.Get("gso");
  const std::string gso = gso_field.IsString() ? gso_field.As<Napi::String>().Utf8Value() : "none";
  bool known = false;
  for (const GsoName& candidate : kGsoNames) {
    if (gso != candidate.name) continue;
    offload.gso = candidate.gso;
    known = true;
  }
  if (!known) {
    throw_type_error(value.Env(), "offload.gso must be none, tcp4, tcp6 or udp");
    return {};
  }
  offload.ecn = flag("ecn");
  offload.needs_checksum = flag("needsChecksum");
  offload.checksum_valid = flag("checksumValid");
  offload.gso_size = number("gsoSize");
  offload.checksum_start = number("checksumStart");
  offload.checksum_offset = number("checksumOffset");
  return offload;
}

Napi::Object to_js(Napi::Env env, const Receipt& receipt) {
  Napi::Object result = Napi::Object::New(env);
  result.Set("generation", Napi::Number::New(env, static_cast<double>(receipt.generation.value)));
  Napi::Array ports = Napi::Array::New(env, receipt.ports.size());
  for (std::uint32_t i = 0; i < receipt.ports.size(); ++i) {
    const PortOutcome& outcome = receipt.ports[i];
    Napi::Object port = Napi::Object::New(env);
    port.Set("port", outcome.port.value);
    port.Set("state", outcome.ready ? "ready" : "waiting");
    port.Set("message", outcome.message);
    ports.Set(i, port);
  }
  result.Set("ports", ports);
  return result;
}

Napi::Object to_js(Napi::Env env, const DeviceFinding& finding) {
  constexpr const char* kPlaces[] = {"here", "moved", "deleted"};
  constexpr const char* kFields[] = {"name", "mac", "mtu", "link"};
  Napi::Object result = Napi::Object::New(env);
  result.Set("place", kPlaces[static_cast<std::size_t>(finding.place)]);
  Napi::Array changes = Napi::Array::New(env, finding.changes.size());
  for (std::uint32_t i = 0; i < finding.changes.size(); ++i) {
    Napi::Object change = Napi::Object::New(env);
    change.Set("field", kFields[static_cast<std::size_t>(finding.changes[i].field)]);
    change.Set("seen", finding.changes[i].seen);
    change.Set("wanted", finding.changes[i].wanted);
    change.Set("putBack", finding.changes[i].put_back);
    change.Set("trouble", finding.changes[i].trouble);
    changes.Set(i, change);
  }
  result.Set("changes", changes);
  return result;
}

Napi::Value to_js(Napi::Env env, const Offload& offload) {
  if (offload.gso == Offload::Gso::kNone && !offload.needs_checksum && !offload.checksum_valid) return env.Undefined();
  Napi::Object result = Napi::Object::New(env);
  for (const GsoName& candidate : kGsoNames)
    if (candidate.gso == offload.gso) result.Set("gso", candidate.name);
  result.Set("gsoSize", offload.gso_size);
  result.Set("needsChecksum", offload.needs_checksum);
  result.Set("checksumValid", offload.checksum_valid);
  result.Set("checksumStart", offload.checksum_start);
  result.Set("checksumOffset", offload.checksum_offset);
  result.Set("ecn", offload.ecn);
  return result;
}

Napi::Object to_js(Napi::Env env, const FaultCounts& counts) {
  Napi::Object row = Napi::Object::New(env);
  const auto set = [&](const char* name, std::uint64_t value) { row.Set(name, static_cast<double>(value)); };
  set("seen", counts.seen);
  set("lost", counts.lost);
  set("repeated", counts.repeated);
  set("corrupted", counts.corrupted);
  set("delayed", counts.delayed);
  set("waiting", counts.waiting);
  set("overflowed", counts.overflowed);
  return row;
}

Napi::Value to_js(Napi::Env env, std::span<const std::byte> bytes) {
  return Napi::Buffer<std::uint8_t>::Copy(env, reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
}

Napi::Error to_js_error(Napi::Env env, const Error& error) {
  Napi::Error result = Napi::Error::New(env, error.message);
  result.Set("code", name_of(error.code));
  result.Set("subject", Napi::Number::New(env, error.subject));
  return result;
}

}  // namespace vsw
