// convert: JavaScript values to ours and back, every check in one place.
// Home: the JavaScript thread.
//
// What JavaScript hands over comes from our own control layer, so a wrong type is a bug there: it
// throws a TypeError that names the argument, and never reads what is not there.
#pragma once
#include <napi.h>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include "base/result.hpp"
#include "commit/publisher.hpp"
#include "packet/packet.hpp"
#include "port/fault_port.hpp"
#include "wire/mac.hpp"

namespace vsw {

// Each throws a TypeError and answers nothing when the value is not what it should be.
[[nodiscard]] std::optional<std::span<const std::byte>> bytes_from(const Napi::Value& value, const char* name);
[[nodiscard]] std::optional<std::uint32_t> number_from(const Napi::Value& value, const char* name, double max);
[[nodiscard]] std::optional<Mac> mac_from(const Napi::Value& value, const char* name);  // '' is the zero MAC
[[nodiscard]] std::optional<Offload> offload_from(const Napi::Value& value);            // undefined: none

[[nodiscard]] Napi::Object to_js(Napi::Env env, const Receipt& receipt);
[[nodiscard]] Napi::Object to_js(Napi::Env env, const DeviceFinding& finding);
[[nodiscard]] Napi::Value to_js(Napi::Env env, const Offload& offload);  // undefined when it says nothing
[[nodiscard]] Napi::Object to_js(Napi::Env env, const FaultCounts& counts);
[[nodiscard]] Napi::Value to_js(Napi::Env env, std::span<const std::byte> bytes);
// An Error with `code` and `subject`.
[[nodiscard]] Napi::Error to_js_error(Napi::Env env, const Error& error);

}  // namespace vsw
