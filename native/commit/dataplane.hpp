// Dataplane: one whole switch without Node: tables, workers, publisher.
// Home: control.
//
// What the binding, the native tests, the fuzzers and the benchmarks hold. Control calls may come from
// several threads: commits are kept apart by a mutex, letters and driving by those of the worker group;
// looking is free at any time.
#pragma once
#include <cstddef>
#include <memory>
#include <mutex>
#include <span>
#include "base/clock.hpp"
#include "base/result.hpp"
#include "commit/captures.hpp"
#include "commit/publisher.hpp"
#include "commit/trace.hpp"
#include "worker/fabric.hpp"
#include "worker/worker_group.hpp"

namespace vsw {

struct DataplaneOptions {
  std::uint32_t threads = 1;         // 0: driven by `run`
  bool virtual_clock = false;        // time moves by `advance` alone
  GenerationId first{1};             // the number of the empty generation at the start
  FabricLimits limits;               // `workers` follows from `threads`
};

class Dataplane {
 public:
  explicit Dataplane(const DataplaneOptions& options);
  ~Dataplane();
  // Ends the workers and closes the devices; persistent ones stay in their namespaces. Counters and
  // tables can still be read; commits are refused, no frame moves, and a second call does nothing.
  void stop();

  [[nodiscard]] Result<Receipt> commit(std::span<const std::byte> edits);
  // `edits` null: on the running generation.
  [[nodiscard]] Result<Trace> trace(PortId ingress, std::span<const std::byte> frame, const Offload& offload,
                                    const std::span<const std::byte>* edits);
  [[nodiscard]] Result<std::vector<TraceVerdict>> trace_verdicts(std::span<const TracedFrame> frames,
                                                                 const std::span<const std::byte>* edits);
  [[nodiscard]] std::shared_ptr<const Generation> running() const { return publisher_.running(); }

  // Ports whose devices were changed by others since the last call: look at them by `inspect`.
  [[nodiscard]] std::vector<PortId> changed_devices() { return publisher_.changed_devices(); }
  // What was changed, and put back where that is right; nothing for a port without a device.
  [[nodiscard]] DeviceFinding inspect(PortId port);

  // Driven only: moves frames until nothing waits (at most a million); how many.
  std::uint32_t run() noexcept;
  // Virtual clock only.
  void advance(std::uint64_t ms) noexcept;
  // Driven only: a commit's letters are read without moving frames.
  void read_letters() noexcept;

  std::uint32_t flush_macs(NetworkId network, PortId port, const Mac& mac) noexcept;
  std::uint32_t flush_flows(PortId port);
  // Calls `visit(number, flow)` for every flow of both caches; the numbers of the two overlap.
  template <class Visit>
  void visit_flows(Visit&& visit) {
    const std::lock_guard guard(visits_);
    fabric_.epoch.wake(Epoch::kVisitor);
    fabric_.flows4.visit(visit);
    fabric_.flows6.visit(visit);
    fabric_.epoch.sleep(Epoch::kVisitor);
  }
  [[nodiscard]] Fabric& fabric() noexcept { return fabric_; }
  [[nodiscard]] Captures& captures() noexcept { return captures_; }
  [[nodiscard]] WorkerGroup& workers() noexcept { return *workers_; }

 private:
  Clock clock_;
  Fabric fabric_;
  Publisher publisher_;
  std::unique_ptr<WorkerGroup> workers_;
  Captures captures_;
  std::mutex commits_;
  std::mutex visits_;
  bool stopped_ = false;  // guarded by commits_
};

}  // namespace vsw
