#include "packet/pool.hpp"

#include <cstring>
#include <set>
#include <vector>

#include "native/tap.hpp"

using namespace vsw;

TEST("packet/pool: has as many packets as was asked for, and then none") {
  Pool pool(5);
  CHECK_EQUAL(pool.capacity(), 5u);
  std::vector<Packet*> taken;
  for (std::uint32_t left = 5; left > 0; --left) {
    CHECK_EQUAL(pool.available(), left);
    taken.push_back(pool.take());
    CHECK(taken.back() != nullptr);
  }
  CHECK(pool.take() == nullptr);
  CHECK_EQUAL(pool.available(), 0u);
  for (Packet* packet : taken) pool.give(*packet);
  CHECK_EQUAL(pool.available(), 5u);
  CHECK(pool.take() != nullptr);
}

TEST("packet/pool: the packet that was given back last is taken next") {
  Pool pool(8);
  Packet* first = pool.take();
  Packet* second = pool.take();
  pool.give(*first);
  pool.give(*second);
  CHECK(pool.take() == second);
  CHECK(pool.take() == first);
}

TEST("packet/pool: a packet that is taken remembers nothing, and its data is where it belongs") {
  Pool pool(2);
  Packet* packet = pool.take();
  std::byte* const data = packet->data;
  packet->data += 14;
  packet->tail = pool.spill();
  packet->length = 99;
  packet->tail_length = 7;
  packet->ingress = PortId{3};
  packet->wire_packets = 44;
  packet->offload = {Offload::Gso::kTcp6, true, true, true, 1400, 54, 16};
  pool.give(*packet);
  Packet* again = pool.take();
  REQUIRE(again == packet);
  CHECK(again->data == data);
  CHECK(again->tail == nullptr);
  CHECK_EQUAL(again->frame_length(), 0u);
  CHECK(!again->ingress);
  CHECK_EQUAL(again->wire_packets, 1);
  CHECK(again->offload.gso == Offload::Gso::kNone);
  CHECK(!again->offload.ecn && !again->offload.needs_checksum && !again->offload.checksum_valid);
}

TEST("packet/pool: slots with their headrooms, and the spill buffer, share no byte") {
  constexpr std::uint32_t kPackets = 64;
  Pool pool(kPackets);
  std::vector<Packet*> packets;
  for (std::uint32_t i = 0; i < kPackets; ++i) packets.push_back(pool.take());
  std::memset(pool.spill(), 0xee, Pool::kSpillSize);
  for (std::uint32_t i = 0; i < kPackets; ++i)
    std::memset(packets[i]->data - Packet::kHeadroom, static_cast<int>(i), Packet::kHeadroom + Packet::kSlotSize);
  std::uint32_t wrong = 0;
  for (std::uint32_t i = 0; i < kPackets; ++i) {
    const std::byte* slot = packets[i]->data - Packet::kHeadroom;
    for (std::uint32_t at = 0; at < Packet::kHeadroom + Packet::kSlotSize; ++at)
      wrong += slot[at] != static_cast<std::byte>(i);
  }
  for (std::uint32_t at = 0; at < Pool::kSpillSize; ++at) wrong += pool.spill()[at] != std::byte{0xee};
  CHECK_EQUAL(wrong, 0u);
  CHECK_EQUAL(std::set<Packet*>(packets.begin(), packets.end()).size(), std::size_t{kPackets});
}

TEST("packet/pool: slots begin with a cache line, and slot and spill hold the longest frame") {
  Pool pool(3);
  for (int i = 0; i < 3; ++i) CHECK_EQUAL(reinterpret_cast<std::uintptr_t>(pool.take()->data) % 64, 0u);
  static_assert(Packet::kSlotSize + Pool::kSpillSize > Packet::kLengthMax);
}
