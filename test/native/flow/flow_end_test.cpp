#include "flow/flow_end.hpp"

#include "native/stations.hpp"
#include "native/tap.hpp"

using namespace vsw;
using namespace vsw::test;

namespace {

FlowEnd end_of(std::uint16_t port, std::uint8_t station) { return {PortId{port}, Mac::read(mac_of(station).data())}; }

}  // namespace

TEST("flow/flow_end: a frame's ends are its MACs, and its sender's port") {
  const Bytes frame = udp4_frame(1, 2);
  const FrameEnds ends = FrameEnds::read(frame.data(), PortId{0xfedc});
  CHECK_EQUAL(ends.sender, end_of(0xfedc, 1).word());
  CHECK_EQUAL(ends.receiver, end_of(0, 2).word());
}

TEST("flow/flow_end: every bit of both MACs and of the sender's port makes a difference, the receiver's port makes none") {
  const Bytes frame = udp4_frame(1, 2);
  const FlowEnd from = end_of(7, 1), to = end_of(8, 2);
  const auto is_same = [&](const Bytes& other, std::uint16_t port) {
    return FrameEnds::read(other.data(), PortId{port}).difference(from, to) == 0;
  };
  CHECK(is_same(frame, 7));
  CHECK(FrameEnds::read(frame.data(), PortId{7}).difference(from, end_of(0, 2)) == 0);
  CHECK(FrameEnds::read(frame.data(), PortId{7}).difference(to, from) != 0);
  for (unsigned bit = 0; bit < 16; ++bit) CHECK(!is_same(frame, static_cast<std::uint16_t>(7 ^ 1u << bit)));
  for (std::size_t at = 0; at < 12; ++at)
    for (unsigned bit = 0; bit < 8; ++bit) {
      Bytes other = frame;
      other[at] ^= static_cast<std::byte>(1u << bit);
      CHECK(!is_same(other, 7));
    }
  Bytes other = frame;
  other[12] ^= std::byte{0xff};  // the EtherType is the key's
  CHECK(is_same(other, 7));
}
