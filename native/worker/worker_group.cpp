#include "worker/worker_group.hpp"

#include <pthread.h>

#include <charconv>
#include <chrono>
#include <cstring>

#include "worker/steering.hpp"

namespace vsw {

namespace {

// As `top -H` and debuggers show it.
void name_thread(std::uint32_t worker) noexcept {
  char name[16] = "vsw-worker-";
  std::to_chars(name + std::strlen(name), name + sizeof name - 1, worker);
  ::pthread_setname_np(::pthread_self(), name);
}

}  // namespace

WorkerGroup::WorkerGroup(Fabric& fabric, std::uint32_t thread_count)
    : fabric_(fabric), driven_(thread_count == 0), sent_(fabric.limits.workers) {
  for (std::uint32_t i = 0; i < fabric.limits.workers; ++i) workers_.push_back(std::make_unique<Worker>(fabric, i));
  for (std::uint32_t i = 0; i < thread_count; ++i)
    threads_.emplace_back([worker = workers_[i].get(), i]() noexcept {
      name_thread(i);
      worker->run();
    });
}

WorkerGroup::~WorkerGroup() { stop(); }

void WorkerGroup::stop() {
  {
    const std::lock_guard guard(driving_);
    stopped_ = true;
  }
  for (std::uint32_t i = 0; i < threads_.size(); ++i) send(i, {Letter::Kind::kStop, {}, nullptr});
  for (std::uint32_t i = 0; i < threads_.size(); ++i) workers_[i]->wake();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void WorkerGroup::send(std::uint32_t index, const Letter& letter) {
  const std::lock_guard guard(letters_);
  Worker& worker = *workers_[index];
  while (!worker.send(letter)) {
    worker.wake();
    std::this_thread::yield();
  }
  ++sent_[index];
}

void WorkerGroup::attach(PortId port, Port& device) {
  const std::uint32_t queues = device.info().queues;
  const Steering steering(port, queues, size());
  for (std::uint32_t queue = 0; queue < queues; ++queue)
    send(steering.worker_of(queue), {Letter::Kind::kAttach, port, &device.queue(queue)});
}

// A worker that has no queue of the port has nothing to do.
void WorkerGroup::detach(PortId port) {
  for (std::uint32_t i = 0; i < size(); ++i) send(i, {Letter::Kind::kDetach, port, nullptr});
}

void WorkerGroup::flush_flows(PortId port) {
  for (std::uint32_t i = 0; i < size(); ++i) send(i, {Letter::Kind::kFlushFlows, port, nullptr});
}

void WorkerGroup::settle() {
  if (threads_.empty()) {
    read_letters();
    return;
  }
  std::vector<std::uint64_t> sent;
  {
    const std::lock_guard guard(letters_);
    sent = sent_;
  }
  const std::uint64_t number = fabric_.epoch.retire();
  for (const auto& worker : workers_) worker->wake();
  const auto settled = [&] {
    for (std::uint32_t i = 0; i < size(); ++i)
      if (workers_[i]->letters_handled() < sent[i]) return false;
    return fabric_.epoch.passed(number);
  };
  while (!settled()) std::this_thread::sleep_for(std::chrono::microseconds(20));
}

std::uint32_t WorkerGroup::drive(std::uint32_t frames_max) {
  const std::lock_guard guard(driving_);
  return driven_ && !stopped_ ? workers_[0]->drive(frames_max) : 0;
}

void WorkerGroup::read_letters() {
  const std::lock_guard guard(driving_);
  for (const auto& worker : workers_) worker->read_letters();
}

void WorkerGroup::age_all() {
  const std::lock_guard guard(driving_);
  workers_[0]->age_all();
}

}  // namespace vsw
