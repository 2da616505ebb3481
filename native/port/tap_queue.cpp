#include "port/tap_queue.hpp"

#include <sys/uio.h>

#include <algorithm>
#include <cerrno>

namespace vsw {

namespace {

// virtio_net_hdr as a TAP speaks it: host byte order, ten bytes (virtio 1.2, 5.1.6).
struct VirtioHeader {
  std::uint8_t flags = 0;
  std::uint8_t gso_type = 0;
  std::uint16_t header_length = 0;
  std::uint16_t gso_size = 0;
  std::uint16_t checksum_start = 0;
  std::uint16_t checksum_offset = 0;
};
static_assert(sizeof(VirtioHeader) == kVirtioHeaderSize);
constexpr std::uint8_t kNeedsChecksum = 1, kDataValid = 2, kGsoEcn = 0x80;

Offload offload_of(const VirtioHeader& header) noexcept {
  Offload offload;
  offload.gso = static_cast<Offload::Gso>(header.gso_type & ~kGsoEcn);
  offload.ecn = (header.gso_type & kGsoEcn) != 0;
  offload.needs_checksum = (header.flags & kNeedsChecksum) != 0;
  offload.checksum_valid = (header.flags & kDataValid) != 0;
  offload.gso_size = header.gso_size;
  offload.checksum_start = header.checksum_start;
  offload.checksum_offset = header.checksum_offset;
  return offload;
}

VirtioHeader header_of(const Packet& packet) noexcept {
  const Offload& offload = packet.offload;
  VirtioHeader header;
  if (offload.needs_checksum) {
    header.flags = kNeedsChecksum;
    header.checksum_start = offload.checksum_start;
    header.checksum_offset = offload.checksum_offset;
  } else if (offload.checksum_valid) {
    header.flags = kDataValid;
  }
  if (offload.gso != Offload::Gso::kNone) {
    header.gso_type = static_cast<std::uint8_t>(static_cast<std::uint8_t>(offload.gso) | (offload.ecn ? kGsoEcn : 0));
    header.gso_size = offload.gso_size;
    header.header_length = packet.headers.payload;  // the sender's word for it is not passed on
  }
  return header;
}

}  // namespace

bool TapQueue::receive(Pool& pool, Batch& into) noexcept {
  while (!into.full()) {
    Packet* packet = pool.take();
    if (packet == nullptr) return false;
    VirtioHeader header;
    iovec pieces[3] = {{&header, sizeof header}, {packet->data, Packet::kSlotSize}, {pool.spill(), Pool::kSpillSize}};
    const ssize_t received = ::readv(fd_.get(), pieces, 3);
    if (received < static_cast<ssize_t>(sizeof header)) {
      pool.give(*packet);
      if (received < 0 && errno == EBADFD) gone_.store(true, std::memory_order_relaxed);
      return true;
    }
    const auto length = static_cast<std::uint32_t>(received) - static_cast<std::uint32_t>(sizeof header);
    packet->length = std::min(length, Packet::kSlotSize);
    packet->tail_length = length - packet->length;
    packet->offload = offload_of(header);
    into.push(*packet);
    if (packet->tail_length > 0) {
      packet->tail = pool.spill();
      return false;
    }
  }
  return false;
}

std::uint64_t TapQueue::transmit(std::span<Packet* const> packets) noexcept {
  std::uint64_t taken = 0;
  for (std::size_t i = 0; i < packets.size(); ++i) {
    const Packet& packet = *packets[i];
    VirtioHeader header = header_of(packet);
    iovec pieces[3] = {{&header, sizeof header}, {packet.data, packet.length}, {packet.tail, packet.tail_length}};
    const ssize_t sent = ::writev(fd_.get(), pieces, packet.tail_length > 0 ? 3 : 2);
    if (sent >= 0) taken |= std::uint64_t{1} << i;
  }
  return taken;
}

}  // namespace vsw
