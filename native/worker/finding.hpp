// Finding: the connection that a packet belongs to, before any stage is asked.
// Home: anywhere; it writes nothing. What the forwarder and `explain` hand to the stages is found here by both.
#pragma once
#include <cstdint>
#include "flow/flow_key.hpp"
#include "packet/packet.hpp"
#include "pipeline/standing.hpp"
#include "worker/fabric.hpp"
#include "worker/worth.hpp"

namespace vsw {

struct Finding {
  Standing standing;
  std::uint32_t number = 0;  // of the record; 0: there is none
  bool is_stale = false;     // the record speaks for nothing any more
  Worth worth;               // of the record
};

// The key of a fragment's datagram, from its headers: a later one's have been told what the first one said. It is left
// alone where that is nothing that connections are made of.
void make_datagram_key(const Packet& packet, NetworkId network, HashSeed seed, FlowKey& key) noexcept;

// `key` is the packet's or its datagram's, of no kind when its verdict may not be cached. Only where the network tracks
// connections.
[[nodiscard]] Finding find_connection(const Fabric& fabric, const Generation& generation, const NetworkEntry& network,
                                      PortId ingress, const Packet& packet, const FlowKey& key) noexcept;

}  // namespace vsw
