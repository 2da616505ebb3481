// SmallSwitch: a whole dataplane with memory ports, small tables, and the law at hand.
//
// Driven and on a virtual clock unless threads are asked for.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "commit/dataplane.hpp"
#include "native/edits.hpp"
#include "native/stations.hpp"
#include "native/tap.hpp"
#include "port/open_port.hpp"

namespace vsw::test {

class SmallSwitch {
 public:
  explicit SmallSwitch(std::uint32_t threads = 0, FabricLimits limits = {1, 32, 1024, 256})
      : plane({threads, threads == 0, GenerationId{1}, limits}) {}

  // The receipt; a refusal fails the test.
  Receipt commit(const Edits& edits) {
    Result<Receipt> result = plane.commit(edits);
    if (result) return std::move(result.value());
    fail(__FILE__, __LINE__, "a commit was refused: " + result.error().message);
    return {};
  }
  // The error; a commit that works fails the test.
  Error refuse(const Edits& edits) {
    Result<Receipt> result = plane.commit(edits);
    if (!result) return result.error();
    fail(__FILE__, __LINE__, "a commit was not refused");
    return {};
  }
  [[nodiscard]] MemoryPort* port(std::uint16_t id) {
    const auto generation = plane.running();
    const PortEntry* entry = generation->port(PortId{id});
    return entry != nullptr && entry->device ? as_memory_port(*entry->device) : nullptr;
  }
  bool send(std::uint16_t id, const Bytes& frame, const Offload& offload = {}) {
    MemoryPort* to = port(id);
    return to != nullptr && to->send(frame, offload);
  }
  // What the switch transmitted to the port since it was last asked.
  std::vector<Bytes> receive(std::uint16_t id) {
    std::vector<Bytes> frames;
    MemoryPort* from = port(id);
    Offload offload;
    for (Bytes frame; from != nullptr && from->receive_frame(frame, offload);) frames.push_back(frame);
    return frames;
  }
  // How many frames the port got of one that another sends.
  std::size_t deliver(std::uint16_t from, const Bytes& frame, std::uint16_t to) {
    if (!send(from, frame)) fail(__FILE__, __LINE__, "a port took no frame");
    plane.run();
    return receive(to).size();
  }

  [[nodiscard]] std::uint64_t count(std::uint16_t id, Counter counter) {
    return plane.fabric().counters.read(PortId{id}, counter);
  }
  [[nodiscard]] std::uint64_t drops(std::uint16_t id, DropReason reason, bool transmit = false) {
    return plane.fabric().counters.read_drops(PortId{id}, reason, transmit);
  }
  // "" when the law of conservation holds, otherwise what does not add up.
  [[nodiscard]] std::string broken_law() {
    std::uint64_t offered = 0, forwarded = 0, copied = 0, originated = 0;
    for (std::uint16_t id = 0; id < plane.fabric().counters.port_count(); ++id) {
      const auto read = [&](Counter counter) { return count(id, counter); };
      std::uint64_t received_drops = 0, transmitted_drops = 0;
      for (std::size_t reason = 0; reason < kDropReasonCount; ++reason) {
        received_drops += drops(id, static_cast<DropReason>(reason), false);
        transmitted_drops += drops(id, static_cast<DropReason>(reason), true);
      }
      const std::string port = "port " + std::to_string(id);
      if (read(Counter::k_received_packets) != read(Counter::k_forwarded_packets) + read(Counter::k_consumed_packets) +
                                                   read(Counter::k_dropped_packets) + read(Counter::k_held_packets))
        return port + ": received is not forwarded + consumed + dropped + held";
      if (read(Counter::k_offered_packets) !=
          read(Counter::k_transmitted_packets) + read(Counter::k_transmit_dropped_packets))
        return port + ": offered is not transmitted + dropped";
      if (read(Counter::k_dropped_packets) != received_drops) return port + ": dropped is not the sum of its reasons";
      if (read(Counter::k_transmit_dropped_packets) != transmitted_drops)
        return port + ": dropped on transmit is not the sum of its reasons";
      offered += read(Counter::k_offered_packets);
      forwarded += read(Counter::k_forwarded_packets);
      copied += read(Counter::k_copied_packets);
      originated += read(Counter::k_originated_packets);
    }
    if (offered != forwarded + copied + originated) return "over all ports, offered is not forwarded + copied + originated";
    return "";
  }

  Dataplane plane;
};

// One network with `ports` anti-spoofed ports 1, 2 …
inline Edits one_network(std::uint16_t ports, const PlannedNetwork& network = {}) {
  Edits edits;
  edits.put_network(network);
  for (std::uint16_t id = 1; id <= ports; ++id) edits.put_port({.id = id, .network = network.id});
  return edits;
}

}  // namespace vsw::test
