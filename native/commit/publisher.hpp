// Publisher: makes transactions into generations, one after the other.
// Home: control; one caller at a time.
//
// commit builds generation N+1 beside N, opens and changes devices, and publishes by one pointer; a
// port passes nothing before. A step that fails undoes the ones before it and leaves N in force. Only
// a namespace that is not there does not fail: its port waits. Devices that their ports leave are removed
// wherever they are, those of a switch that ends are not. They are closed, and N is freed, after every worker passed a quiet moment. So when commit returns, no worker
// judges by N any more.
#pragma once
#include <cstdint>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>
#include "base/result.hpp"
#include "commit/draft.hpp"
#include "commit/transaction.hpp"
#include "port/link_watch.hpp"
#include "worker/fabric.hpp"
#include "worker/worker_group.hpp"

namespace vsw {

struct PortOutcome {
  PortId port;
  bool ready = false;
  std::string message;  // why it waits
};

struct Receipt {
  GenerationId generation;
  std::vector<PortOutcome> ports;  // every port that the transaction put or closed
};

class Publisher {
 public:
  // Publishes an empty generation of the given number.
  Publisher(Fabric& fabric, GenerationId first);

  // The workers are made after the first generation and end before the last one.
  void connect(WorkerGroup& workers) noexcept { workers_ = &workers; }
  [[nodiscard]] Result<Receipt> commit(const Transaction& transaction);
  // The running generation, to look at from control.
  [[nodiscard]] std::shared_ptr<const Generation> running() const {
    const std::lock_guard guard(mutex_);
    return running_;
  }
  // Which devices were changed behind the switch's back since the last call.
  [[nodiscard]] std::vector<PortId> changed_devices() { return links_.changed(); }
  // Closes every device; persistent ones stay in their namespaces. The last thing that is done.
  void close();

 private:
  struct Change {  // what was done to a device, and so what would have to be undone
    enum class Kind : std::uint8_t { kOpened, kReconfigured } kind;
    std::shared_ptr<Port> device;
    PortSettings before, after;
  };
  Outcome open_devices(Draft& draft, std::vector<Change>& changes, Receipt& receipt,
                       std::vector<std::shared_ptr<Port>>& adopted);
  static void undo(std::vector<Change>& changes);
  void forget_groups(const Generation& before, const Generation& after, const std::set<PortId>& touched);
  void publish(std::shared_ptr<const Generation> next);

  Fabric& fabric_;
  LinkWatch links_;
  WorkerGroup* workers_ = nullptr;
  mutable std::mutex mutex_;  // guards running_ alone, between control's threads
  std::shared_ptr<const Generation> running_;
};

}  // namespace vsw
