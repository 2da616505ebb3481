#include "port/fault_port.hpp"

#include <sys/epoll.h>
#include <sys/timerfd.h>

#include <algorithm>
#include <cstring>

#include "base/assert.hpp"

namespace vsw {

namespace {

enum What : unsigned { kLoss, kRepeat, kCorrupt, kWhere, kWhats };

std::uint64_t mix(std::uint64_t value) noexcept {
  value += 0x9e37'79b9'7f4a'7c15;
  value = (value ^ value >> 30) * 0xbf58'476d'1ce4'e5b9;
  value = (value ^ value >> 27) * 0x94d0'49bb'1331'11eb;
  return value ^ value >> 31;
}

// Of a million equally likely cases, is this one of the first `per_million`?
bool happens(std::uint64_t word, std::uint32_t per_million) noexcept {
  return (word >> 32) * 1'000'000 >> 32 < per_million;
}

}  // namespace

std::uint64_t fault_word(std::uint64_t stream, std::uint64_t number, unsigned what) noexcept {
  return mix(stream + number * kWhats + what);
}

bool WaitingFrames::push(const Packet& packet, std::uint64_t due_ns) noexcept {
  if (!frames_.push(packet.head(), {packet.tail, packet.tail_length}, packet.offload)) return false;
  marks_[(first_ + count_++) % marks_.size()] = {due_ns, packet.headers, packet.wire_packets};
  return true;
}

void WaitingFrames::pop(Packet& packet, std::uint32_t head_size) noexcept {
  const std::uint32_t length = frames_.front_length();
  packet.length = std::min(length, head_size);
  packet.tail_length = length - packet.length;
  frames_.pop({packet.data, packet.length}, {packet.tail, packet.tail_length}, packet.offload);
  packet.headers = marks_[first_].headers;
  packet.wire_packets = marks_[first_].wire_packets;
  first_ = static_cast<std::uint32_t>((first_ + 1) % marks_.size());
  --count_;
}

FaultPort::FaultPort(std::shared_ptr<Port> inner, const FaultSettings& settings, const Clock& clock)
    : inner_(std::move(inner)), settings_(settings), clock_(clock), scratch_(Packet::kLengthMax) {
  inbound_.stream = mix(std::uint64_t{settings.seed} << 1);
  outbound_.stream = mix(std::uint64_t{settings.seed} << 1 | 1);
  if (clock.is_virtual()) return;  // whoever drives the switch asks every port
  timer_ = UniqueFd(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC));
  wake_ = UniqueFd(::epoll_create1(EPOLL_CLOEXEC));
  VSW_ASSERT(timer_ && wake_);
  epoll_event event{};
  event.events = EPOLLIN;
  VSW_ASSERT(::epoll_ctl(wake_.get(), EPOLL_CTL_ADD, timer_.get(), &event) == 0);
  if (inner_->wake_fd() >= 0) VSW_ASSERT(::epoll_ctl(wake_.get(), EPOLL_CTL_ADD, inner_->wake_fd(), &event) == 0);
}

FaultPort::~FaultPort() { release_transmitted(~std::uint64_t{0}); }

PortInfo FaultPort::info() const noexcept {
  PortInfo info = settings_.transmitted && settings_.corrupt_per_million > 0 ? PortInfo{} : inner_->info();
  info.injects_faults = true;
  return info;
}

FaultPort::Fate FaultPort::next_fate(Direction& direction) const noexcept {
  const std::uint64_t number = direction.counts.seen++;
  const auto word = [&](What what) { return fault_word(direction.stream, number, what); };
  Fate fate;
  fate.lost = happens(word(kLoss), settings_.loss_per_million);
  if (fate.lost) {
    ++direction.counts.lost;
    return fate;
  }
  fate.repeated = happens(word(kRepeat), settings_.repeat_per_million);
  fate.corrupted = happens(word(kCorrupt), settings_.corrupt_per_million);
  fate.where = word(kWhere);
  direction.counts.repeated += fate.repeated ? 1 : 0;
  direction.counts.corrupted += fate.corrupted ? 1 : 0;
  direction.counts.delayed += settings_.delay_ms > 0 ? 1 : 0;
  return fate;
}

// Flips one bit. A checksum that is not complete yet would hide it, so the sender's promise to complete
// it is forgotten: the receiver finds a wrong sum, and a super-frame contradicts its header.
void FaultPort::corrupt(Packet& packet, std::uint64_t where) noexcept {
  if (packet.frame_length() == 0) return;
  const std::uint32_t at = static_cast<std::uint32_t>(where / 8 % packet.frame_length());
  std::byte& byte = at < packet.length ? packet.data[at] : packet.tail[at - packet.length];
  byte ^= std::byte{1} << where % 8;
  packet.offload.needs_checksum = false;
  packet.offload.checksum_valid = false;
}

bool FaultPort::receive(Pool& pool, Batch& into) noexcept {
  const std::lock_guard guard(mutex_);
  const std::uint64_t now_ns = clock_.now_ns();
  release_transmitted(now_ns);
  bool drained;
  if (!settings_.received) {
    drained = inner_->receive(pool, into);
  } else {
    Batch taken;
    drained = inner_->receive(pool, taken);
    const std::uint64_t due_ns = now_ns + std::uint64_t{settings_.delay_ms} * 1'000'000;
    for (Packet* packet : taken.packets()) {
      const Fate fate = next_fate(inbound_);
      if (fate.corrupted) corrupt(*packet, fate.where);
      for (int copies = fate.lost ? 0 : fate.repeated ? 2 : 1; copies > 0; --copies)
        if (!inbound_.waiting.push(*packet, due_ns)) ++inbound_.counts.overflowed;
      pool.give(*packet);
    }
    taken.release();
    while (!into.full() && !inbound_.waiting.empty() && inbound_.waiting.due_ns() <= now_ns) {
      Packet* packet = pool.take();
      if (packet == nullptr) break;
      packet->tail = pool.spill();
      inbound_.waiting.pop(*packet, Packet::kSlotSize);
      if (packet->tail_length == 0) packet->tail = nullptr;
      into.push(*packet);
      if (packet->tail_length > 0) break;
    }
    drained = drained && (inbound_.waiting.empty() || inbound_.waiting.due_ns() > now_ns);
  }
  arm();
  return drained;
}

std::uint64_t FaultPort::transmit(std::span<Packet* const> packets) noexcept {
  std::uint64_t lost = 0;
  return transmit_through_faults(packets, lost);
}

std::uint64_t FaultPort::transmit_through_faults(std::span<Packet* const> packets, std::uint64_t& lost) noexcept {
  const std::lock_guard guard(mutex_);
  lost = 0;
  if (!settings_.transmitted) return inner_->transmit(packets);
  const std::uint64_t now_ns = clock_.now_ns();
  const std::uint64_t due_ns = now_ns + std::uint64_t{settings_.delay_ms} * 1'000'000;
  std::uint64_t taken = 0;
  for (std::size_t i = 0; i < packets.size(); ++i) {
    const Fate fate = next_fate(outbound_);
    if (fate.lost) {
      lost |= std::uint64_t{1} << i;
      continue;
    }
    // Others may get the same packet, so what is changed is a copy.
    Packet packet = *packets[i];
    if (fate.corrupted) {
      std::memcpy(scratch_.data(), packet.data, packet.length);
      if (packet.tail_length > 0) std::memcpy(scratch_.data() + packet.length, packet.tail, packet.tail_length);
      packet.data = scratch_.data();
      packet.length = packet.frame_length();
      packet.tail_length = 0;
      corrupt(packet, fate.where);
    }
    bool is_first = true;
    for (int copies = fate.repeated ? 2 : 1; copies > 0; --copies, is_first = false) {
      Packet* one = &packet;
      const bool waits = settings_.delay_ms > 0;
      const bool went = waits ? outbound_.waiting.push(packet, due_ns) : inner_->transmit({&one, 1}) != 0;
      if (waits && !went) ++outbound_.counts.overflowed;
      if (went && is_first) taken |= std::uint64_t{1} << i;
    }
  }
  if (settings_.delay_ms > 0) arm();
  return taken;
}

void FaultPort::release_transmitted(std::uint64_t now_ns) noexcept {
  while (!outbound_.waiting.empty() && outbound_.waiting.due_ns() <= now_ns) {
    Packet packet;
    packet.data = scratch_.data();
    outbound_.waiting.pop(packet, static_cast<std::uint32_t>(scratch_.size()));
    Packet* one = &packet;
    (void)inner_->transmit({&one, 1});
  }
}

// The timer wakes the worker when the next waiting frame is due; one that is due already, at once.
void FaultPort::arm() noexcept {
  if (!timer_) return;
  std::uint64_t due_ns = ~std::uint64_t{0};
  for (const WaitingFrames* waiting : {&inbound_.waiting, &outbound_.waiting})
    if (!waiting->empty()) due_ns = std::min(due_ns, waiting->due_ns());
  itimerspec when{};  // zero: never
  if (due_ns != ~std::uint64_t{0}) {
    when.it_value.tv_sec = static_cast<time_t>(due_ns / 1'000'000'000);
    when.it_value.tv_nsec = static_cast<long>(due_ns % 1'000'000'000);
  }
  ::timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME, &when, nullptr);
}

FaultCounts FaultPort::received() const noexcept {
  const std::lock_guard guard(mutex_);
  FaultCounts counts = inbound_.counts;
  counts.waiting = inbound_.waiting.size();
  return counts;
}

FaultCounts FaultPort::transmitted() const noexcept {
  const std::lock_guard guard(mutex_);
  FaultCounts counts = outbound_.counts;
  counts.waiting = outbound_.waiting.size();
  return counts;
}

}  // namespace vsw
