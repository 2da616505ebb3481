#include "commit/dataplane.hpp"

#include <random>

#include "base/assert.hpp"

namespace vsw {

namespace {

HashSeed draw_seed() {
  std::random_device device;
  const auto word = [&] { return std::uint64_t{device()} << 32 | device(); };
  return {word() | 1, word() | 1};
}

FabricLimits with_workers(FabricLimits limits, std::uint32_t threads) {
  limits.workers = threads == 0 ? 1 : threads;
  return limits;
}

}  // namespace

Dataplane::Dataplane(const DataplaneOptions& options)
    : clock_(options.virtual_clock ? Clock::Kind::kVirtual : Clock::Kind::kReal),
      fabric_(with_workers(options.limits, options.threads), draw_seed(), clock_),
      publisher_(fabric_, options.first),
      workers_(std::make_unique<WorkerGroup>(fabric_, options.threads)),
      captures_(fabric_, *workers_) {
  publisher_.connect(*workers_);
}

Dataplane::~Dataplane() { stop(); }

void Dataplane::stop() {
  const std::lock_guard guard(commits_);
  stopped_ = true;
  workers_->stop();
  publisher_.close();
}

Result<Receipt> Dataplane::commit(std::span<const std::byte> edits) {
  Result<Transaction> transaction = Transaction::decode(edits);
  if (!transaction) return transaction.error();
  const std::lock_guard guard(commits_);
  if (stopped_) return Error{ErrorCode::kInvalid, "the switch is stopped", 0};
  return publisher_.commit(transaction.value());
}

Result<Trace> Dataplane::trace(PortId ingress, std::span<const std::byte> frame, const Offload& offload,
                               const std::span<const std::byte>* edits) {
  const std::shared_ptr<const Generation> generation = running();
  if (edits == nullptr) return vsw::trace(fabric_, *generation, nullptr, ingress, frame, offload);
  Result<Transaction> transaction = Transaction::decode(*edits);
  if (!transaction) return transaction.error();
  return vsw::trace(fabric_, *generation, &transaction.value(), ingress, frame, offload);
}

Result<std::vector<TraceVerdict>> Dataplane::trace_verdicts(std::span<const TracedFrame> frames,
                                                            const std::span<const std::byte>* edits) {
  const std::shared_ptr<const Generation> generation = running();
  if (edits == nullptr) return vsw::trace_verdicts(fabric_, *generation, nullptr, frames);
  Result<Transaction> transaction = Transaction::decode(*edits);
  if (!transaction) return transaction.error();
  return vsw::trace_verdicts(fabric_, *generation, &transaction.value(), frames);
}

DeviceFinding Dataplane::inspect(PortId port) {
  const std::lock_guard guard(commits_);  // a commit that fails puts a device back to what it was
  const std::shared_ptr<const Generation> generation = running();
  const PortEntry* entry = generation->port(port);
  return entry != nullptr && entry->device ? entry->device->inspect() : DeviceFinding{};
}

std::uint32_t Dataplane::run() noexcept {
  constexpr std::uint32_t kFramesMax = 1'000'000;
  return workers_->drive(kFramesMax);
}

void Dataplane::advance(std::uint64_t ms) noexcept {
  clock_.advance(ms * 1'000'000);
  if (workers_->driven()) workers_->age_all();
  else for (std::uint32_t i = 0; i < workers_->size(); ++i) workers_->worker(i).wake();
}

void Dataplane::read_letters() noexcept {
  if (workers_->driven()) workers_->read_letters();
}

std::uint32_t Dataplane::flush_macs(NetworkId network, PortId port, const Mac& mac) noexcept {
  return fabric_.macs.flush(network, port, mac);
}

std::uint32_t Dataplane::flush_flows(PortId port) {
  std::uint32_t count = 0;
  visit_flows([&](std::uint32_t, const auto& flow) {
    if (!port || flow.end[0].port == port || flow.end[1].port == port) ++count;
  });
  workers_->flush_flows(port);
  workers_->settle();
  return count;
}

}  // namespace vsw
