#include <napi.h>

#include "binding/switch_object.hpp"

namespace {

Napi::Object initialize(Napi::Env env, Napi::Object exports) {
  exports.Set("Switch", vsw::SwitchObject::define(env));
  return exports;
}

}  // namespace

NODE_API_MODULE(vswitch, initialize)
