#include "binding/switch_object.hpp"

#include <algorithm>

#include "binding/convert.hpp"
#include "port/open_port.hpp"
#include "wire/dissect.hpp"

namespace vsw {

namespace {

constexpr double kU16 = 65'535, kU32 = 4'294'967'295;

// Runs one call on a thread of libuv's pool, where it may open devices and wait for workers.
class CommitTask final : public Napi::AsyncWorker {
 public:
  CommitTask(Napi::Env env, std::shared_ptr<Dataplane> dataplane, std::span<const std::byte> edits)
      : AsyncWorker(env),
        deferred_(Napi::Promise::Deferred::New(env)),
        dataplane_(std::move(dataplane)),
        edits_(edits.begin(), edits.end()) {}
  [[nodiscard]] Napi::Promise promise() const { return deferred_.Promise(); }

 protected:
  void Execute() override { result_ = dataplane_->commit(edits_); }
  void OnOK() override {
    dataplane_->read_letters();
    if (result_) deferred_.Resolve(to_js(Env(), result_.value()));
    else deferred_.Reject(to_js_error(Env(), result_.error()).Value());
  }

 private:
  Napi::Promise::Deferred deferred_;
  std::shared_ptr<Dataplane> dataplane_;
  std::vector<std::byte> edits_;
  Result<Receipt> result_ = Error{};
};

// Looks at a device and puts it right, which asks the kernel and may wait for it.
class InspectTask final : public Napi::AsyncWorker {
 public:
  InspectTask(Napi::Env env, std::shared_ptr<Dataplane> dataplane, PortId port)
      : AsyncWorker(env), deferred_(Napi::Promise::Deferred::New(env)), dataplane_(std::move(dataplane)), port_(port) {}
  [[nodiscard]] Napi::Promise promise() const { return deferred_.Promise(); }

 protected:
  void Execute() override { finding_ = dataplane_->inspect(port_); }
  void OnOK() override { deferred_.Resolve(to_js(Env(), finding_)); }

 private:
  Napi::Promise::Deferred deferred_;
  std::shared_ptr<Dataplane> dataplane_;
  const PortId port_;
  DeviceFinding finding_;
};

// Ends the workers and closes the devices; both may take a moment.
class CloseTask final : public Napi::AsyncWorker {
 public:
  CloseTask(Napi::Env env, std::shared_ptr<Dataplane> dataplane)
      : AsyncWorker(env), deferred_(Napi::Promise::Deferred::New(env)), dataplane_(std::move(dataplane)) {}
  [[nodiscard]] Napi::Promise promise() const { return deferred_.Promise(); }

 protected:
  void Execute() override {
    if (dataplane_) dataplane_->stop();
    dataplane_.reset();
  }
  void OnOK() override { deferred_.Resolve(Env().Undefined()); }

 private:
  Napi::Promise::Deferred deferred_;
  std::shared_ptr<Dataplane> dataplane_;
};

std::uint32_t option(const Napi::Object& options, const char* name, std::uint32_t otherwise) {
  const Napi::Value value = options.Get(name);
  return value.IsNumber() ? value.As<Napi::Number>().Uint32Value() : otherwise;
}

template <class Key>
void push_flow(Napi::Array& rows, const Flow<Key>& flow, std::uint32_t number, std::uint32_t now_ms,
               std::uint32_t id_base) {
  Napi::Env env = rows.Env();
  const unsigned from = flow.initiator, to = from ^ 1;
  Napi::Object row = Napi::Object::New(env);
  std::string source, destination;
  if constexpr (sizeof(Key) == sizeof(FlowKey4)) {
    source = to_string(Ip::v4(&flow.key.address[from]));
    destination = to_string(Ip::v4(&flow.key.address[to]));
  } else if (flow.key.kind == static_cast<std::uint8_t>(FlowKind::kIpv6)) {
    source = to_string(Ip::v6(flow.key.address[from]));
    destination = to_string(Ip::v6(flow.key.address[to]));
  } else {
    source = to_string(flow.end[from].mac);
    destination = to_string(flow.end[to].mac);
  }
  const bool ether = flow.key.kind == static_cast<std::uint8_t>(FlowKind::kEther);
  const auto load = [](const std::atomic<std::uint64_t>& cell) {
    return static_cast<double>(cell.load(std::memory_order_relaxed));
  };
  row.Set("id", id_base + number);
  row.Set("network", flow.key.network);
  row.Set("protocol", ether ? 0 : flow.key.protocol);
  row.Set("etherType", ether ? flow.key.port[0] : 0);
  row.Set("source", source);
  row.Set("sourcePort", ether ? 0 : flow.key.port[from]);
  row.Set("destination", destination);
  row.Set("destinationPort", ether ? 0 : flow.key.port[to]);
  row.Set("sourceNativePort", flow.end[from].port.value);
  row.Set("destinationNativePort", flow.end[to].port.value);
  const Grounds word{flow.confirmed.load(std::memory_order_relaxed)};
  const bool tracked = (word.marks() & Marks::kTracked) != 0, denied = (word.marks() & Marks::kDenied) != 0;
  const char* untracked = (word.word & Grounds::judged(to)) != 0 ? "established" : "new";
  row.Set("state", tracked ? name_of(flow.connection.state(flow.key.protocol)) : untracked);
  row.Set("verdict", !denied ? "allow" : (word.marks() & Marks::kReject) != 0 ? "reject" : "drop");
  row.Set("rule", flow.rule.load());
  row.Set("packets", load(flow.direction[0].packets) + load(flow.direction[1].packets));
  row.Set("bytes", load(flow.direction[0].bytes) + load(flow.direction[1].bytes));
  row.Set("ageSeconds", (now_ms - flow.created_ms) / 1000);
  row.Set("generation", word.generation());
  rows.Set(rows.Length(), row);
}

// Whether the port is in a network that remembers who began.
bool is_tracked(const Generation& generation, PortId port) {
  const PortEntry* entry = generation.port(port);
  if (entry == nullptr) return false;
  const std::span<const NetworkId> networks = entry->networks();
  return std::any_of(networks.begin(), networks.end(), [&](NetworkId network) {
    const NetworkEntry* one = generation.network(network);
    return one != nullptr && one->tracks;
  });
}

Napi::Object usage_of(Napi::Env env, std::uint32_t used, std::uint32_t limit) {
  Napi::Object row = Napi::Object::New(env);
  row.Set("used", used);
  row.Set("limit", limit);
  return row;
}

}  // namespace

Napi::Function SwitchObject::define(Napi::Env env) {
  return DefineClass(env, "Switch",
                     {InstanceMethod("commit", &SwitchObject::commit), InstanceMethod("trace", &SwitchObject::trace),
                      InstanceMethod("traceVerdicts", &SwitchObject::trace_verdicts),
                      InstanceMethod("counters", &SwitchObject::counters),
                      InstanceMethod("ruleCounters", &SwitchObject::rule_counters),
                      InstanceMethod("connectionStates", &SwitchObject::connection_states),
                      InstanceMethod("nowMs", &SwitchObject::now_ms),
                      InstanceMethod("kernelDropped", &SwitchObject::kernel_dropped),
                      InstanceMethod("gone", &SwitchObject::gone),
                      InstanceMethod("changedDevices", &SwitchObject::changed_devices),
                      InstanceMethod("inspect", &SwitchObject::inspect),
                      InstanceMethod("fdb", &SwitchObject::fdb), InstanceMethod("flows", &SwitchObject::flows),
                      InstanceMethod("groups", &SwitchObject::groups),
                      InstanceMethod("queriers", &SwitchObject::queriers),
                      InstanceMethod("flushFdb", &SwitchObject::flush_fdb),
                      InstanceMethod("flushFlows", &SwitchObject::flush_flows),
                      InstanceMethod("captureStart", &SwitchObject::capture_start),
                      InstanceMethod("captureRead", &SwitchObject::capture_read),
                      InstanceMethod("captureStop", &SwitchObject::capture_stop),
                      InstanceMethod("wrappers", &SwitchObject::wrappers),
                      InstanceMethod("drainEvents", &SwitchObject::drain_events),
                      InstanceMethod("usage", &SwitchObject::usage),
                      InstanceMethod("portUsage", &SwitchObject::port_usage),
                      InstanceMethod("filling", &SwitchObject::filling),
                      InstanceMethod("lastDrops", &SwitchObject::last_drops),
                      InstanceMethod("memorySend", &SwitchObject::memory_send),
                      InstanceMethod("memoryReceive", &SwitchObject::memory_receive),
                      InstanceMethod("run", &SwitchObject::run), InstanceMethod("advance", &SwitchObject::advance),
                      InstanceMethod("close", &SwitchObject::close)});
}

SwitchObject::SwitchObject(const Napi::CallbackInfo& info) : ObjectWrap(info) {
  const Napi::Object options = info[0].IsObject() ? info[0].As<Napi::Object>() : Napi::Object::New(info.Env());
  DataplaneOptions wanted;
  wanted.threads = option(options, "workers", 1);
  wanted.virtual_clock = options.Get("virtualClock").ToBoolean().Value();
  wanted.limits.ports = option(options, "portsMax", wanted.limits.ports);
  wanted.limits.flows = option(options, "flowsMax", wanted.limits.flows);
  wanted.limits.macs = option(options, "macsMax", wanted.limits.macs);
  const Napi::Value first = options.Get("firstGeneration");
  if (first.IsNumber()) wanted.first = GenerationId{static_cast<std::uint64_t>(first.As<Napi::Number>().Int64Value())};
  if (wanted.virtual_clock && wanted.threads > 0) {
    Napi::RangeError::New(info.Env(), "virtualClock needs workers to be 0: a thread cannot be told when time moves")
        .ThrowAsJavaScriptException();
    return;
  }
  if (wanted.threads >= Epoch::kReadersMax || wanted.limits.ports < 2 || wanted.limits.ports > 65'536 ||
      wanted.limits.flows < 64 || wanted.limits.flows > (1u << 26) || wanted.limits.macs < 8 ||
      wanted.limits.macs > (1u << 24)) {
    Napi::RangeError::New(info.Env(),
                          "workers must be 0…63, portsMax 2…65536, flowsMax 64…67108864, macsMax 8…16777216")
        .ThrowAsJavaScriptException();
    return;
  }
  dataplane_ = std::make_shared<Dataplane>(wanted);
}

Dataplane* SwitchObject::open(Napi::Env env) {
  if (!dataplane_) Napi::Error::New(env, "the switch is closed").ThrowAsJavaScriptException();
  return dataplane_.get();
}

Napi::Value SwitchObject::commit(const Napi::CallbackInfo& info) {
  const auto edits = bytes_from(info[0], "edits");
  if (!edits || open(info.Env()) == nullptr) return info.Env().Undefined();
  auto* task = new CommitTask(info.Env(), dataplane_, *edits);
  const Napi::Promise promise = task->promise();
  task->Queue();
  return promise;
}

Napi::Value SwitchObject::kernel_dropped(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const auto port = number_from(info[0], "port", kU16);
  if (!port || open(env) == nullptr) return env.Undefined();
  const std::shared_ptr<const Generation> generation = dataplane_->running();
  const PortEntry* entry = generation->port(PortId{static_cast<std::uint16_t>(*port)});
  const std::uint64_t dropped = entry != nullptr && entry->device ? entry->device->kernel_dropped() : 0;
  return Napi::Number::New(env, static_cast<double>(dropped));
}

Napi::Value SwitchObject::gone(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const auto port = number_from(info[0], "port", kU16);
  if (!port || open(env) == nullptr) return env.Undefined();
  const std::shared_ptr<const Generation> generation = dataplane_->running();
  const PortEntry* entry = generation->port(PortId{static_cast<std::uint16_t>(*port)});
  return Napi::Boolean::New(env, entry != nullptr && entry->device && entry->device->gone());
}

Napi::Value SwitchObject::changed_devices(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  if (open(env) == nullptr) return env.Undefined();
  Napi::Array ports = Napi::Array::New(env);
  for (const PortId port : dataplane_->changed_devices()) ports.Set(ports.Length(), port.value);
  return ports;
}

Napi::Value SwitchObject::inspect(const Napi::CallbackInfo& info) {
  const auto port = number_from(info[0], "port", kU16);
  if (!port || open(info.Env()) == nullptr) return info.Env().Undefined();
  auto* task = new InspectTask(info.Env(), dataplane_, PortId{static_cast<std::uint16_t>(*port)});
  const Napi::Promise promise = task->promise();
  task->Queue();
  return promise;
}

Napi::Value SwitchObject::fdb(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  if (open(env) == nullptr) return env.Undefined();
  Napi::Array rows = Napi::Array::New(env);
  const std::uint32_t now_ms = dataplane_->fabric().now_ms();
  dataplane_->fabric().macs.visit([&](const MacTable::Entry& entry) {
    Napi::Object row = Napi::Object::New(env);
    row.Set("network", entry.network.value);
    row.Set("mac", to_string(entry.mac));
    row.Set("port", entry.port.value);
    row.Set("ageSeconds", (now_ms - entry.heard_ms) / 1000);
    rows.Set(rows.Length(), row);
  });
  return rows;
}

Napi::Value SwitchObject::groups(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  if (open(env) == nullptr) return env.Undefined();
  Napi::Array rows = Napi::Array::New(env);
  const std::uint32_t now_ms = dataplane_->fabric().now_ms();
  dataplane_->fabric().groups.visit([&](const GroupTable::Membership& membership) {
    using Role = GroupTable::Role;
    const auto left_ms = static_cast<std::int32_t>(membership.expires_ms - now_ms);
    Napi::Object row = Napi::Object::New(env);
    row.Set("network", membership.network.value);
    row.Set("group", to_string(membership.group));
    row.Set("port", membership.port.value);
    row.Set("role", membership.role == Role::kMember ? "member" : membership.role == Role::kRouter ? "router" : "everything");
    row.Set("expiresSeconds", left_ms > 0 ? (left_ms + 999) / 1000 : 0);
    rows.Set(rows.Length(), row);
  });
  return rows;
}

Napi::Value SwitchObject::queriers(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  if (open(env) == nullptr) return env.Undefined();
  Napi::Array rows = Napi::Array::New(env);
  for (const auto& network : dataplane_->running()->networks) {
    if (!network || !network->multicast.snooping) continue;
    for (const bool v6 : {false, true}) {
      const QuerierTable::State state = dataplane_->fabric().queriers.state(network->id, v6);
      Napi::Object row = Napi::Object::New(env);
      row.Set("network", network->id.value);
      row.Set("family", v6 ? 6 : 4);
      row.Set("querier", state.heard ? to_string(state.querier) : state.asks ? "self" : "");
      row.Set("filters", state.filters);
      rows.Set(rows.Length(), row);
    }
  }
  return rows;
}

Napi::Value SwitchObject::flows(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  if (open(env) == nullptr) return env.Undefined();
  Napi::Array rows = Napi::Array::New(env);
  const std::uint32_t now_ms = dataplane_->fabric().now_ms();
  // Even ids are IPv4's, odd ones the others', so both caches share one space of ids.
  dataplane_->visit_flows([&](std::uint32_t number, const auto& flow) {
    push_flow(rows, flow, 2 * number, now_ms, sizeof flow == sizeof(Flow4) ? 0 : 1);
  });
  return rows;
}

Napi::Value SwitchObject::flush_fdb(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const auto network = number_from(info[0], "network", kU16);
  if (!network) return env.Undefined();
  const auto port = number_from(info[1], "port", kU16);
  if (!port) return env.Undefined();
  const auto mac = mac_from(info[2], "mac");
  if (!mac || open(env) == nullptr) return env.Undefined();
  return Napi::Number::New(env, dataplane_->flush_macs(NetworkId{static_cast<std::uint16_t>(*network)},
                                                       PortId{static_cast<std::uint16_t>(*port)}, *mac));
}

Napi::Value SwitchObject::flush_flows(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const auto port = number_from(info[0], "port", kU16);
  if (!port || open(env) == nullptr) return env.Undefined();
  return Napi::Number::New(env, dataplane_->flush_flows(PortId{static_cast<std::uint16_t>(*port)}));
}

Napi::Value SwitchObject::wrappers(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const auto number = number_from(info[0], "port", kU16);
  if (!number || open(env) == nullptr) return env.Undefined();
  const std::shared_ptr<const Generation> generation = dataplane_->running();
  const PortEntry* entry = generation->port(PortId{static_cast<std::uint16_t>(*number)});
  Napi::Object result = Napi::Object::New(env);
  if (entry == nullptr || !entry->device) return result;
  if (const std::shared_ptr<FaultPort> fault = fault_around(entry->device)) {
    Napi::Object row = Napi::Object::New(env);
    row.Set("received", to_js(env, fault->received()));
    row.Set("transmitted", to_js(env, fault->transmitted()));
    result.Set("fault", row);
  }
  if (const std::shared_ptr<CapturePort> capture = capture_around(entry->device)) {
    const CaptureCounts counts = capture->counts();
    Napi::Object row = Napi::Object::New(env);
    row.Set("file", capture->settings().file);
    row.Set("frames", static_cast<double>(counts.frames));
    row.Set("bytes", static_cast<double>(counts.bytes));
    row.Set("missed", static_cast<double>(counts.missed));
    result.Set("capture", row);
  }
  return result;
}

Napi::Value SwitchObject::usage(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  if (open(env) == nullptr) return env.Undefined();
  Fabric& fabric = dataplane_->fabric();
  Napi::Object result = Napi::Object::New(env);
  result.Set("ipv4Flows", usage_of(env, fabric.flows4.size(), fabric.flows4.capacity()));
  result.Set("otherFlows", usage_of(env, fabric.flows6.size(), fabric.flows6.capacity()));
  result.Set("macs", usage_of(env, fabric.macs.size(), fabric.limits.macs));
  return result;
}

Napi::Value SwitchObject::port_usage(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const auto number = number_from(info[0], "port", kU16);
  if (!number || open(env) == nullptr) return env.Undefined();
  const PortId port{static_cast<std::uint16_t>(*number)};
  Fabric& fabric = dataplane_->fabric();
  const bool exists = *number < fabric.limits.ports;
  Napi::Object result = Napi::Object::New(env);
  result.Set("flows", exists ? fabric.flows_held(port).load(std::memory_order_relaxed) : 0);
  result.Set("macs", exists ? fabric.macs.held(port) : 0);
  result.Set("isHeldDown", exists && fabric.loops.is_held(port));
  result.Set("isTracked", exists && is_tracked(*dataplane_->running(), port));
  return result;
}

Napi::Value SwitchObject::filling(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const auto percent = number_from(info[0], "percent", 100);
  if (!percent || open(env) == nullptr) return env.Undefined();
  Fabric& fabric = dataplane_->fabric();
  const std::shared_ptr<const Generation> generation = dataplane_->running();
  const auto reaches = [&](std::uint64_t held, std::uint64_t limit) { return held * 100 >= limit * *percent; };
  Napi::Array ports = Napi::Array::New(env);
  for (const auto& port : generation->ports) {
    if (!port) continue;
    const std::uint32_t flows = fabric.flows_held(port->id).load(std::memory_order_relaxed);
    if (reaches(flows, port->flows_max) || reaches(fabric.macs.held(port->id), port->macs_max) ||
        (reaches(flows, port->connections_max) && is_tracked(*generation, port->id)))
      ports.Set(ports.Length(), port->id.value);
  }
  return ports;
}

Napi::Value SwitchObject::last_drops(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const auto port = number_from(info[0], "port", kU16);
  if (!port || open(env) == nullptr) return env.Undefined();
  Napi::Array rows = Napi::Array::New(env);
  Fabric& fabric = dataplane_->fabric();
  if (*port >= fabric.limits.ports) return rows;
  const std::uint64_t now_ns = fabric.clock.now_ns();
  for (std::uint32_t ago = 0; ago < DropLog::kEntries; ++ago) {
    DropLog::Entry entry;
    if (!fabric.drop_log.read(PortId{static_cast<std::uint16_t>(*port)}, ago, entry)) continue;
    Napi::Object row = Napi::Object::New(env);
    row.Set("ageMs", static_cast<double>((now_ns - entry.time_ns) / 1'000'000));
    row.Set("reason", vsw::name_of(entry.reason));
    row.Set("frame", to_js(env, std::as_bytes(std::span(entry.words)).first(entry.stored)));
    row.Set("length", entry.length);
    row.Set("transmitted", entry.transmitted);
    row.Set("ingress", entry.ingress.value);
    row.Set("packets", entry.packets);
    rows.Set(rows.Length(), row);
  }
  return rows;
}

MemoryPort* SwitchObject::memory_port(const Napi::CallbackInfo& info, std::shared_ptr<Port>& keep) {
  const auto port = number_from(info[0], "port", kU16);
  if (!port || open(info.Env()) == nullptr) return nullptr;
  const PortEntry* entry = dataplane_->running()->port(PortId{static_cast<std::uint16_t>(*port)});
  if (entry != nullptr) keep = entry->device;
  MemoryPort* memory = keep ? as_memory_port(*keep) : nullptr;
  if (memory == nullptr) Napi::Error::New(info.Env(), "there is no memory port of this id").ThrowAsJavaScriptException();
  return memory;
}

Napi::Value SwitchObject::memory_send(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  std::shared_ptr<Port> keep;
  MemoryPort* memory = memory_port(info, keep);
  if (memory == nullptr) return env.Undefined();
  const auto frame = bytes_from(info[1], "frame");
  if (!frame) return env.Undefined();
  const auto offload = offload_from(info[2]);
  if (!offload) return env.Undefined();
  return Napi::Boolean::New(env, memory->send(*frame, *offload));
}

Napi::Value SwitchObject::memory_receive(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  std::shared_ptr<Port> keep;
  MemoryPort* memory = memory_port(info, keep);
  Offload offload;
  if (memory == nullptr || !memory->receive_frame(received_, offload)) return env.Undefined();
  Napi::Object result = Napi::Object::New(env);
  result.Set("frame", to_js(env, std::span<const std::byte>(received_)));
  const Napi::Value described = to_js(env, offload);
  if (!described.IsUndefined()) result.Set("offload", described);
  return result;
}

Napi::Value SwitchObject::run(const Napi::CallbackInfo& info) {
  Dataplane* dataplane = open(info.Env());
  return dataplane == nullptr ? info.Env().Undefined() : Napi::Number::New(info.Env(), dataplane->run());
}

Napi::Value SwitchObject::advance(const Napi::CallbackInfo& info) {
  const auto ms = number_from(info[0], "ms", kU32);
  if (ms && open(info.Env()) != nullptr) dataplane_->advance(*ms);
  return info.Env().Undefined();
}

Napi::Value SwitchObject::close(const Napi::CallbackInfo& info) {
  auto* task = new CloseTask(info.Env(), std::move(dataplane_));
  dataplane_.reset();
  const Napi::Promise promise = task->promise();
  task->Queue();
  return promise;
}

}  // namespace vsw
