// Lane, Moment: what a worker knows of one packet of a batch, and of the batch.
// Home: worker.
#pragma once
#include <cstddef>
#include <cstdint>
#include "flow/flow_cache.hpp"
#include "flow/flow_key.hpp"
#include "packet/packet.hpp"
#include "table/generation.hpp"

namespace vsw {

struct Lane {
  FlowKey key;  // of no kind, too, when the packet is dead
  const NetworkEntry* network = nullptr;  // a trunk's batch may hold frames of several
  Packet* packet = nullptr;
  std::uint32_t candidate = 0;
  bool dead = false;
};

struct Moment {
  const Generation& generation;
  const PortEntry& ingress;
  Grounds grounds;
  std::uint64_t now_ns;
  std::uint32_t now_ms;
  std::uint32_t worker;
  bool takes_turns;  // other workers may hold frames of the same flow's direction
  std::uint64_t forwarded = 0, consumed = 0, hits = 0, misses = 0;
};

template <class Key>
inline void count(Flow<Key>& flow, std::size_t side, const Moment& moment, const Packet& packet) noexcept {
  if (moment.takes_turns) [[unlikely]] flow.turn[side].take(moment.worker);
  flow.direction[side].count(packet.wire_packets, packet.wire_bytes());
  if (moment.takes_turns) [[unlikely]] flow.turn[side].rest();
}

template <class Key>
[[nodiscard]] inline Tracked track(Flow<Key>& flow, std::size_t side, const Moment& moment, const Packet& packet) noexcept {
  if (moment.takes_turns) [[unlikely]] flow.turn[side].take(moment.worker);
  const Tracked tracked = flow.connection.track(packet, static_cast<unsigned>(side), true);
  if (moment.takes_turns) [[unlikely]] flow.turn[side].rest();
  return tracked;
}

}  // namespace vsw
