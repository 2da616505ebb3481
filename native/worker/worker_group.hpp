// WorkerGroup: the workers' threads, and which port belongs to which of them.
// Home: control.
//
// With zero threads there is one worker, and the owner drives it. Each queue of a port belongs to one worker
// (worker/steering.hpp), so each frame of a queue is handled by one thread and in order. Any thread of
// control may send letters and drive: mailboxes have one producer, and a driven worker one driver, at a time.
// A thread bears the number of its worker: vsw-worker-0.
#pragma once
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>
#include "worker/worker.hpp"

namespace vsw {

class WorkerGroup {
 public:
  // `fabric.generation` is set already.
  WorkerGroup(Fabric& fabric, std::uint32_t thread_count);
  ~WorkerGroup();
  void stop();  // ends the threads, or the driving; what is attached stays attached

  void attach(PortId port, Port& device);
  void detach(PortId port);
  void flush_flows(PortId port);
  // Returns when every worker passed a quiet moment after this call and handled the letters of before it.
  void settle();
  // For the one worker without a thread, as Worker says; nothing once stopped.
  std::uint32_t drive(std::uint32_t frames_max);
  void read_letters();
  void age_all();
  [[nodiscard]] Worker& worker(std::uint32_t index) noexcept { return *workers_[index]; }
  [[nodiscard]] std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(workers_.size()); }
  [[nodiscard]] bool driven() const noexcept { return driven_; }

 private:
  void send(std::uint32_t index, const Letter& letter);

  Fabric& fabric_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<std::thread> threads_;
  const bool driven_;
  std::mutex letters_;               // guards sent_ and the mailboxes' near ends
  std::vector<std::uint64_t> sent_;  // letters, by worker
  std::mutex driving_;               // guards stopped_ and the driven worker
  bool stopped_ = false;
};

}  // namespace vsw
