// FlowEnd: who stands at one end of a flow: its port and its MAC, in one word, so that an end is compared at once.
// Home: worker; a value.
//
// A frame states both ends in its first twelve bytes: the sender's MAC and, by where it came in, its port; of the
// receiver the MAC alone. Where the frame is to leave follows from the record and is not compared.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include "base/ids.hpp"
#include "wire/ethernet.hpp"
#include "wire/mac.hpp"

namespace vsw {

struct alignas(8) FlowEnd {
  PortId port;  // 0 at the far end of a flooded flow
  Mac mac;

  [[nodiscard]] std::uint64_t word() const noexcept {
    std::uint64_t value;
    std::memcpy(&value, this, sizeof value);
    return value;
  }
};
static_assert(sizeof(FlowEnd) == 8 && offsetof(FlowEnd, mac) == 2);
static_assert(std::has_unique_object_representations_v<FlowEnd>);

struct FrameEnds {
  static constexpr std::uint64_t kPortBits = 0xffff;  // of a word: the MAC's are the others

  std::uint64_t sender;    // the word of its end
  std::uint64_t receiver;  // the word of its end, without a port

  // The frame has its Ethernet header.
  [[nodiscard]] static FrameEnds read(const std::byte* frame, PortId ingress) noexcept {
    static_assert(Ethernet::kDestination == 0 && Ethernet::kSource == 6);
    std::uint64_t first, behind;  // from the destination on, and from two bytes before the source on
    std::memcpy(&first, frame, sizeof first);
    std::memcpy(&behind, frame + 4, sizeof behind);
    return {(behind & ~kPortBits) | ingress.value, first << 16};
  }
  // The bits in which a flow's ends are others; 0: none.
  [[nodiscard]] std::uint64_t difference(const FlowEnd& from, const FlowEnd& to) const noexcept {
    return (from.word() ^ sender) | ((to.word() ^ receiver) & ~kPortBits);
  }
};

}  // namespace vsw
