#include "worker/worker_group.hpp"

#include <chrono>

namespace vsw {

WorkerGroup::WorkerGroup(Fabric& fabric, std::uint32_t thread_count) : fabric_(fabric) {
  for (std::uint32_t i = 0; i < fabric.limits.workers; ++i) workers_.push_back(std::make_unique<Worker>(fabric, i));
  for (std::uint32_t i = 0; i < thread_count; ++i)
    threads_.emplace_back([worker = workers_[i].get()]() noexcept { worker->run(); });
}

WorkerGroup::~WorkerGroup() { stop(); }

void WorkerGroup::stop() {
  for (std::uint32_t i = 0; i < threads_.size(); ++i) send(i, {Letter::Kind::kStop, {}, nullptr});
  for (std::uint32_t i = 0; i < threads_.size(); ++i) workers_[i]->wake();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void WorkerGroup::send(std::uint32_t index, const Letter& letter) {
  Worker& worker = *workers_[index];
  while (!worker.send(letter)) {
    worker.wake();
    std::this_thread::yield();
  }
}

void WorkerGroup::attach(PortId port, Port& device) {
  send(port.value % size(), {Letter::Kind::kAttach, port, &device});
}

void WorkerGroup::detach(PortId port) { send(port.value % size(), {Letter::Kind::kDetach, port, nullptr}); }

void WorkerGroup::flush_flows(PortId port) {
  for (std::uint32_t i = 0; i < size(); ++i) send(i, {Letter::Kind::kFlushFlows, port, nullptr});
}

void WorkerGroup::settle() {
  const std::uint64_t number = fabric_.epoch.retire();
  for (const auto& worker : workers_) worker->wake();
  while (!fabric_.epoch.passed(number)) std::this_thread::sleep_for(std::chrono::microseconds(20));
}

}  // namespace vsw
