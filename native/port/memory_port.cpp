#include "port/memory_port.hpp"

#include <sys/eventfd.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/assert.hpp"

namespace vsw {

namespace {
struct Record {
  std::uint32_t length;
  Offload offload;
};
}  // namespace

void FrameQueue::write(const void* from, std::size_t size) noexcept {
  const std::size_t at = (read_at_ + used_) % kBytesMax;
  const std::size_t first = std::min(size, kBytesMax - at);
  if (first > 0) std::memcpy(region_.as<std::byte>() + at, from, first);
  if (size > first) std::memcpy(region_.as<std::byte>(), static_cast<const std::byte*>(from) + first, size - first);
  used_ += size;
}

void FrameQueue::read(void* to, std::size_t size) noexcept {
  const std::size_t first = std::min(size, kBytesMax - read_at_);
  if (first > 0) std::memcpy(to, region_.as<std::byte>() + read_at_, first);
  if (size > first) std::memcpy(static_cast<std::byte*>(to) + first, region_.as<std::byte>(), size - first);
  read_at_ = (read_at_ + size) % kBytesMax;
  used_ -= size;
}

bool FrameQueue::push(std::span<const std::byte> head, std::span<const std::byte> tail,
                      const Offload& offload) noexcept {
  const std::size_t length = head.size() + tail.size();
  if (count_ == kFramesMax || length > Packet::kLengthMax || used_ + sizeof(Record) + length > kBytesMax) return false;
  if (count_ == 0) read_at_ = 0;  // an empty queue starts over where the cache is warm
  const Record record{static_cast<std::uint32_t>(length), offload};
  write(&record, sizeof record);
  write(head.data(), head.size());
  write(tail.data(), tail.size());
  ++count_;
  return true;
}

std::uint32_t FrameQueue::front_length() const noexcept {
  if (count_ == 0) return 0;
  std::uint32_t length;
  for (std::size_t i = 0; i < sizeof length; ++i)
    reinterpret_cast<std::byte*>(&length)[i] = region_.as<std::byte>()[(read_at_ + i) % kBytesMax];
  return length;
}

void FrameQueue::pop(std::span<std::byte> head, std::span<std::byte> tail, Offload& offload) noexcept {
  Record record;
  read(&record, sizeof record);
  offload = record.offload;
  const std::size_t first = std::min<std::size_t>(record.length, head.size());
  VSW_ASSERT(record.length - first <= tail.size());
  read(head.data(), first);
  read(tail.data(), record.length - first);
  --count_;
}

MemoryPort::MemoryPort(bool offloads) : offloads_(offloads), wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  VSW_ASSERT(wake_.get() >= 0);
}

bool MemoryPort::send(std::span<const std::byte> frame, const Offload& offload) noexcept {
  const std::lock_guard guard(inbound_mutex_);
  if (!inbound_.push(frame, {}, offload)) return false;
  if (!std::exchange(readable_, true)) ::eventfd_write(wake_.get(), 1);
  return true;
}

bool MemoryPort::receive_frame(std::vector<std::byte>& frame, Offload& offload) {
  const std::lock_guard guard(outbound_mutex_);
  if (outbound_.empty()) return false;
  frame.resize(outbound_.front_length());
  outbound_.pop(frame, {}, offload);
  return true;
}

bool MemoryPort::receive(Pool& pool, Batch& into) noexcept {
  const std::lock_guard guard(inbound_mutex_);
  while (!inbound_.empty() && !into.full()) {
    Packet* packet = pool.take();
    if (packet == nullptr) return false;
    const std::uint32_t length = inbound_.front_length();
    packet->length = std::min(length, Packet::kSlotSize);
    packet->tail_length = length - packet->length;
    if (packet->tail_length > 0) packet->tail = pool.spill();
    inbound_.pop({packet->data, packet->length}, {packet->tail, packet->tail_length}, packet->offload);
    into.push(*packet);
    if (packet->tail_length > 0) break;
  }
  if (!inbound_.empty()) return false;
  if (std::exchange(readable_, false)) {
    eventfd_t value;
    ::eventfd_read(wake_.get(), &value);
  }
  return true;
}

std::uint64_t MemoryPort::transmit(std::span<Packet* const> packets) noexcept {
  const std::lock_guard guard(outbound_mutex_);
  std::uint64_t taken = 0;
  for (std::size_t i = 0; i < packets.size(); ++i) {
    const Packet& packet = *packets[i];
    if (outbound_.push(packet.head(), {packet.tail, packet.tail_length}, packet.offload)) taken |= std::uint64_t{1} << i;
  }
  return taken;
}

}  // namespace vsw
