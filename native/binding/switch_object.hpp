// SwitchObject: the one JavaScript class.
// Home: the JavaScript thread.
//
// Doors between the two lives: `commit` (bytes in, a promise of a generation out, on a thread of the
// pool), `trace` (a frame in, its way out), `counters` (memory that both sides see), and looking at
// what others did: traffic (tables, events, the last dead frames), and containers to their devices. Memory ports and the virtual clock are
// for those who test with a switch. No frame of a real port ever comes this way.
#pragma once
#include <napi.h>

#include <memory>
#include <vector>
#include "commit/dataplane.hpp"
#include "port/memory_port.hpp"

namespace vsw {

class SwitchObject : public Napi::ObjectWrap<SwitchObject> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit SwitchObject(const Napi::CallbackInfo& info);

 private:
  Napi::Value commit(const Napi::CallbackInfo& info);
  Napi::Value trace(const Napi::CallbackInfo& info);
  Napi::Value trace_verdicts(const Napi::CallbackInfo& info);
  Napi::Value counters(const Napi::CallbackInfo& info);
  Napi::Value rule_counters(const Napi::CallbackInfo& info);
  Napi::Value connection_states(const Napi::CallbackInfo& info);
  Napi::Value now_ms(const Napi::CallbackInfo& info);
  Napi::Value kernel_dropped(const Napi::CallbackInfo& info);
  Napi::Value gone(const Napi::CallbackInfo& info);
  Napi::Value changed_devices(const Napi::CallbackInfo& info);
  Napi::Value inspect(const Napi::CallbackInfo& info);
  Napi::Value fdb(const Napi::CallbackInfo& info);
  Napi::Value flows(const Napi::CallbackInfo& info);
  Napi::Value groups(const Napi::CallbackInfo& info);
  Napi::Value queriers(const Napi::CallbackInfo& info);
  Napi::Value flush_fdb(const Napi::CallbackInfo& info);
  Napi::Value flush_flows(const Napi::CallbackInfo& info);
  Napi::Value drain_events(const Napi::CallbackInfo& info);
  Napi::Value capture_start(const Napi::CallbackInfo& info);
  Napi::Value capture_read(const Napi::CallbackInfo& info);
  Napi::Value capture_stop(const Napi::CallbackInfo& info);
  Napi::Value wrappers(const Napi::CallbackInfo& info);
  Napi::Value usage(const Napi::CallbackInfo& info);
  Napi::Value port_usage(const Napi::CallbackInfo& info);
  Napi::Value filling(const Napi::CallbackInfo& info);
  Napi::Value last_drops(const Napi::CallbackInfo& info);
  Napi::Value memory_send(const Napi::CallbackInfo& info);
  Napi::Value memory_receive(const Napi::CallbackInfo& info);
  Napi::Value run(const Napi::CallbackInfo& info);
  Napi::Value advance(const Napi::CallbackInfo& info);
  Napi::Value close(const Napi::CallbackInfo& info);

  // Throws and answers null once the switch is closed.
  [[nodiscard]] Dataplane* open(Napi::Env env);
  [[nodiscard]] Napi::Value mapped(Napi::Env env, std::span<std::uint64_t> cells);
  [[nodiscard]] MemoryPort* memory_port(const Napi::CallbackInfo& info, std::shared_ptr<Port>& keep);

  std::shared_ptr<Dataplane> dataplane_;
  std::vector<std::byte> received_;  // reused by memory_receive
};

}  // namespace vsw
