// HeldPacket: a packet with memory of its own, of exactly the size that it uses.
//
// A pool's slots lie side by side, so reading past one goes unseen; here the address sanitizer sees it.
#pragma once
#include <algorithm>
#include <cstdint>

#include "native/frames.hpp"
#include "packet/packet.hpp"

namespace vsw::test {

class HeldPacket {
 public:
  // The frame's first `split` bytes at `data`, the rest in `tail`; parsed as a super-frame when it has a gso type.
  HeldPacket(const Bytes& frame, const Offload& offload, std::size_t split = Packet::kSlotSize)
      : data_(frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(std::min(split, frame.size()))),
        tail_(frame.begin() + static_cast<std::ptrdiff_t>(data_.size()), frame.end()) {
    packet.data = data_.data();
    packet.length = static_cast<std::uint32_t>(data_.size());
    packet.tail = tail_.empty() ? nullptr : tail_.data();
    packet.tail_length = static_cast<std::uint32_t>(tail_.size());
    packet.offload = offload;
    error = parse(packet.head(), packet.frame_length(), offload.gso != Offload::Gso::kNone, packet.headers);
  }
  // An empty slot.
  HeldPacket() : data_(Packet::kSlotSize) { packet.data = data_.data(); }
  HeldPacket(const HeldPacket&) = delete;
  HeldPacket& operator=(const HeldPacket&) = delete;

  [[nodiscard]] Bytes bytes() const {
    Bytes all(packet.data, packet.data + packet.length);
    if (packet.tail_length != 0) all.insert(all.end(), packet.tail, packet.tail + packet.tail_length);
    return all;
  }

  Packet packet;
  ParseError error = ParseError::kNone;

 private:
  Bytes data_, tail_;
};

// Whether the transport checksum at `l4` of a whole frame is right, by the naive twin. UDP's may not be 0.
inline bool transport_is_right(const Bytes& frame, const Headers& headers) {
  const auto part = [&frame](std::size_t from, std::size_t to) {
    return Bytes(frame.begin() + static_cast<std::ptrdiff_t>(from), frame.begin() + static_cast<std::ptrdiff_t>(to));
  };
  const bool v4 = headers.has(Headers::kIpv4);
  const std::size_t source = headers.l3 + (v4 ? 12u : 8u), size = v4 ? 4 : 16;
  const Bytes segment = part(headers.l4, headers.end);
  const std::uint32_t pseudo =
      pseudo_sum(part(source, source + size), part(source + size, source + 2 * size), headers.protocol, segment.size());
  if (headers.protocol == 17 && read(segment, 6, 2) == 0) return false;
  return naive_sum(segment, pseudo) == 0xffff;
}

}  // namespace vsw::test
