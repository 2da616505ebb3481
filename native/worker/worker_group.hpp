// WorkerGroup: the workers' threads, and which port belongs to which of them.
// Home: control.
//
// With zero threads there is one worker, and the owner drives it. A port's queue belongs to the worker
// `port id mod workers`, so each frame of a port is handled by one thread and in order.
#pragma once
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>
#include "worker/worker.hpp"

namespace vsw {

class WorkerGroup {
 public:
  // `fabric.generation` is set already.
  WorkerGroup(Fabric& fabric, std::uint32_t thread_count);
  ~WorkerGroup();
  void stop();  // ends the threads; what is attached stays attached

  void attach(PortId port, Port& device);
  void detach(PortId port);
  void flush_flows(PortId port);
  // Returns when every worker passed a quiet moment after this call and handled its letters.
  void settle();
  [[nodiscard]] Worker& worker(std::uint32_t index) noexcept { return *workers_[index]; }
  [[nodiscard]] std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(workers_.size()); }
  [[nodiscard]] bool driven() const noexcept { return threads_.empty(); }

 private:
  void send(std::uint32_t index, const Letter& letter);

  Fabric& fabric_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<std::thread> threads_;
};

}  // namespace vsw
