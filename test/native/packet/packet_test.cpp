#include "packet/packet.hpp"

#include "native/tap.hpp"

using namespace vsw;

TEST("packet/packet: a new packet stands for one packet on a wire and knows nothing else") {
  const Packet packet;
  CHECK(packet.data == nullptr);
  CHECK_EQUAL(packet.frame_length(), 0u);
  CHECK_EQUAL(packet.wire_packets, 1);
  CHECK_EQUAL(packet.wire_bytes(), std::uint64_t{0});
  CHECK(packet.offload.gso == Offload::Gso::kNone);
}

TEST("packet/packet: its frame is as long as both of its pieces, and its head is the first") {
  std::byte bytes[100]{};
  Packet packet;
  packet.data = bytes;
  packet.length = 60;
  packet.tail_length = 63'000;
  CHECK_EQUAL(packet.frame_length(), 63'060u);
  CHECK(packet.head().data() == bytes);
  CHECK_EQUAL(packet.head().size(), std::size_t{60});
}

TEST("packet/packet: on a wire every segment repeats the headers") {
  Packet packet;
  packet.length = 2'048;
  packet.tail_length = 54 + 45 * 1'460 - 2'048;
  packet.headers.payload = 54;
  packet.wire_packets = 45;
  CHECK_EQUAL(packet.wire_bytes(), std::uint64_t{45 * (54 + 1'460)});
}

TEST("packet/packet: bytes on a wire do not wrap where 32 bits would") {
  Packet packet;
  packet.length = 1'000;
  packet.headers.payload = 65'535;
  packet.wire_packets = 65'535;
  CHECK_EQUAL(packet.wire_bytes(), 1'000 + std::uint64_t{65'534} * 65'535);
}
