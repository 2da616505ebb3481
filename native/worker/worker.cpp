#include "worker/worker.hpp"

#include <utility>

#include "base/assert.hpp"

namespace vsw {

namespace {

// How long a silent flow is kept that has no connection: then it is only a cache, and forgetting it costs one slow path.
constexpr std::uint32_t kFlowIdleMs = 30'000;
constexpr std::uint32_t kTcpFlowIdleMs = 300'000;
constexpr std::uint8_t kTcp = 6;

constexpr std::uint32_t kSweepFlows = 4'096;       // records a housekeeping turn
constexpr std::uint32_t kSweepMacBuckets = 2'048;
constexpr int kAgeingSleepMs = 1'000;              // the longest sleep while something has to age

}  // namespace

Worker::Worker(Fabric& fabric, std::uint32_t index)
    : fabric_(fabric),
      index_(index),
      pool_(4 * Batch::kCapacity + FragmentTable::kHeld),
      forwarder_(fabric, index, pool_, events_),
      loop_guard_(fabric, pool_, events_, forwarder_),
      devices_(sizeof(Port*) * fabric.limits.ports),
      fds_(sizeof(int) * fabric.limits.ports),
      attached_(sizeof(PortId) * fabric.limits.ports) {}

Worker::~Worker() = default;

void Worker::wake() noexcept { idle_.wake(); }

void Worker::handle_letters() noexcept {
  Letter letter;
  PortId* attached = attached_.as<PortId>();
  while (mailbox_.pop(letter)) {
    switch (letter.kind) {
      case Letter::Kind::kAttach:
        VSW_ASSERT(device(letter.port) == nullptr);
        device(letter.port) = letter.device;
        watched_fd(letter.port) = letter.device->wake_fd();
        idle_.watch(watched_fd(letter.port), letter.port.value);
        attached[attached_count_++] = letter.port;
        break;
      case Letter::Kind::kDetach: {
        if (device(letter.port) == nullptr) break;
        idle_.forget(watched_fd(letter.port));
        device(letter.port) = nullptr;
        busy_.forget(letter.port);
        forwarder_.end_fragments(letter.port, fabric_.clock.now_ns());
        std::uint32_t at = 0;
        while (at < attached_count_ && !(attached[at] == letter.port)) ++at;
        for (--attached_count_; at < attached_count_; ++at) attached[at] = attached[at + 1];
        break;
      }
      case Letter::Kind::kFlushFlows:
        sweep_flows(fabric_.flows4, fabric_.flows4.used(index_), letter.port, true);
        sweep_flows(fabric_.flows6, fabric_.flows6.used(index_), letter.port, true);
        break;
      case Letter::Kind::kStop:
        stopped_ = true;
        break;
    }
    letters_handled_.fetch_add(1, std::memory_order_release);
  }
}

// Up to one full batch of small frames, or a few super-frames: what one port may have of a turn.
std::uint32_t Worker::serve(PortId port, bool& drained) noexcept {
  drained = true;
  Port* device = this->device(port);
  if (device == nullptr) return 0;
  std::uint32_t frames = 0;
  for (std::uint32_t i = 0; i < kBatchesPerTurn && frames < Batch::kCapacity; ++i) {
    drained = device->receive(pool_, batch_);
    if (!batch_.empty()) {
      frames += batch_.size();
      const Generation* generation = fabric_.generation.load(std::memory_order_seq_cst);
      now_ns_ = fabric_.clock.now_ns();
      forwarder_.process(*generation, port, batch_, now_ns_);
    }
    if (drained) break;
  }
  // A device that went away stays readable for ever; control will notice and close the port.
  if (frames == 0 && device->gone()) idle_.forget(std::exchange(watched_fd(port), -1));
  return frames;
}

void Worker::run() noexcept {
  std::uint32_t tokens[Idle::kReadyMax];
  fabric_.epoch.wake(index_);
  std::uint64_t last_work_ns = fabric_.clock.now_ns();
  std::uint64_t now_ns = last_work_ns, asked_ns = 0;
  while (!stopped_) {
    fabric_.epoch.quiet(index_);
    handle_letters();
    // Ports that had more are served again; the others are asked for at least so often.
    std::uint32_t ready = 0;
    if (busy_.empty() || now_ns - asked_ns >= kAskEveryNs) {
      ready = idle_.wait(0, tokens);
      asked_ns = now_ns;
    }
    std::uint32_t frames = serve_busy();
    frames += serve_ready({tokens, ready});
    now_ns = frames > 0 ? now_ns_ : fabric_.clock.now_ns();
    if (now_ns >= housekeeping_due_ns_) keep_house(now_ns);
    if (frames > 0) {
      last_work_ns = now_ns;
      continue;
    }
    if (ready > 0 || !mailbox_.empty() || stopped_) continue;
    if (now_ns - last_work_ns < idle_.spin_ns()) {
      __builtin_ia32_pause();
      continue;
    }
    if (idle_.spin_ns() > 0) idle_.spun_in_vain();

    // Sleep. Who finds us asleep may pull things from under us: nothing shared is touched until wake.
    const int longest_ms = sleep_ms();
    fabric_.epoch.sleep(index_);
    const std::uint32_t woken = idle_.wait(longest_ms, tokens);
    fabric_.epoch.wake(index_);
    const std::uint64_t woken_ns = fabric_.clock.now_ns();
    if (woken > 0) idle_.slept(woken_ns - now_ns);
    last_work_ns = woken_ns;
    handle_letters();
    serve_ready({tokens, woken});
    now_ns = woken_ns;
  }
  fabric_.epoch.sleep(index_);
}

std::uint32_t Worker::serve_busy() noexcept {
  std::uint32_t frames = 0;
  for (std::uint32_t count = busy_.size(); count > 0; --count) {
    const PortId port = busy_.take_first();
    bool drained;
    frames += serve(port, drained);
    if (!drained) busy_.note(port);
  }
  return frames;
}

std::uint32_t Worker::serve_ready(std::span<const std::uint32_t> tokens) noexcept {
  std::uint32_t frames = 0;
  for (const std::uint32_t token : tokens) {
    const PortId port{static_cast<std::uint16_t>(token)};
    if (busy_.has(port)) continue;  // it had its turn
    bool drained;
    frames += serve(port, drained);
    if (!drained) busy_.note(port);
  }
  return frames;
}

std::uint32_t Worker::drive(std::uint32_t frames_max) noexcept {
  fabric_.epoch.wake(index_);
  std::uint32_t total = 0;
  bool all_drained;
  do {
    fabric_.epoch.quiet(index_);
    handle_letters();
    all_drained = true;
    for (std::uint32_t i = 0; i < attached_count_; ++i) {
      bool drained;
      const std::uint32_t frames = serve(attached_.as<PortId>()[i], drained);
      total += frames;
      all_drained = all_drained && drained;
    }
  } while (!all_drained && total < frames_max);
  fabric_.epoch.sleep(index_);
  return total;
}

void Worker::read_letters() noexcept {
  fabric_.epoch.wake(index_);
  handle_letters();
  fabric_.epoch.sleep(index_);
}

int Worker::sleep_ms() const noexcept {
  const bool something_ages = fabric_.flows4.size() > 0 || fabric_.flows6.size() > 0 || fabric_.macs.size() > 0 ||
                              forwarder_.holds_fragments();
  const Generation& generation = *fabric_.generation.load(std::memory_order_seq_cst);
  const bool something_waits = index_ == 0 && (generation.snoops || loop_guard_.waits(generation));
  return something_ages || something_waits ? kAgeingSleepMs : -1;
}

void Worker::keep_house(std::uint64_t now_ns) noexcept {
  housekeeping_due_ns_ = now_ns + kHousekeepingNs;
  sweep(kSweepFlows, kSweepMacBuckets);
  fabric_.capture.publish(index_);  // frames of our own, which belong to no batch
}

void Worker::age_all() noexcept {
  fabric_.epoch.wake(index_);
  sweep(~std::uint32_t{0}, ~std::uint32_t{0});
  fabric_.epoch.sleep(index_);
}

void Worker::sweep(std::uint32_t flows, std::uint32_t mac_buckets) noexcept {
  sweep_flows(fabric_.flows4, flows, {}, false);
  sweep_flows(fabric_.flows6, flows, {}, false);
  forwarder_.end_fragments({}, fabric_.clock.now_ns());
  if (index_ != 0) return;  // one sweeper for the one MAC table
  const Generation* generation = fabric_.generation.load(std::memory_order_seq_cst);
  forwarder_.snooper().pass(*generation, fabric_.clock.now_ns(), mac_buckets == ~std::uint32_t{0});
  const std::uint32_t now_ms = fabric_.now_ms();
  loop_guard_.keep(*generation, fabric_.clock.now_ns());
  fabric_.macs.sweep(mac_cursor_, mac_buckets, [&](const MacTable::Entry& entry) noexcept {
    const NetworkEntry* network = generation->network(entry.network);
    const PortEntry* port = generation->port(entry.port);
    // What left with its network or port, or was declared elsewhere since, has no age.
    const bool stray = network == nullptr || port == nullptr || !port->is_in(entry.network) ||
                       network->stations.find(entry.mac) != nullptr;
    if (!stray && static_cast<std::int32_t>(now_ms - entry.heard_ms) < static_cast<std::int32_t>(network->mac_age_ms))
      return false;
    events_.push({EventType::kMacAged, entry.network, entry.port, {}, entry.mac.number()});
    return true;
  });
}

template <class Key>
void Worker::sweep_flows(FlowCache<Key>& cache, std::uint32_t count, PortId only, bool everything) noexcept {
  const std::uint64_t now_ns = fabric_.clock.now_ns();
  const auto now_ms = static_cast<std::uint32_t>(now_ns / 1'000'000);
  const Generation& generation = *fabric_.generation.load(std::memory_order_seq_cst);
  cache.sweep(
      index_, count, [&](const Key& key) noexcept { return hash_of(key, fabric_.seed); },
      [&](Flow<Key>& flow) noexcept {
        if (everything) return !only || flow.end[0].port == only || flow.end[1].port == only;
        std::uint32_t idle_ms = flow.key.protocol == kTcp ? kTcpFlowIdleMs : kFlowIdleMs;
        if ((Grounds{flow.confirmed.load(std::memory_order_acquire)}.marks() & Marks::kTracked) != 0) {
          forwarder_.book().recheck(flow, generation, now_ns);
          const NetworkEntry* network = generation.network(NetworkId{flow.key.network});
          if (network == nullptr) return true;
          idle_ms = flow.connection.timeout_ms(flow.key.protocol, network->timeouts);
        }
        return static_cast<std::int32_t>(now_ms - flow.last_heard_ms()) >= static_cast<std::int32_t>(idle_ms);
      },
      [&](const Flow<Key>& flow) noexcept {
        fabric_.flows_held(flow.end[flow.initiator].port).fetch_sub(1, std::memory_order_relaxed);
      });
}

}  // namespace vsw
