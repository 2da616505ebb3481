// Answerer: what the switch itself says: answers to ARP and neighbour discovery, to packets that are too large or not
// allowed, and to both ends of a connection that may not live on.
// Home: worker.
//
// What answers a packet goes out by the port that this came by, whatever its source says, so it can be aimed at nobody
// else. How much a port is told of its errors is bounded, and counted beyond that (`answersRefused`).
#pragma once
#include "packet/pool.hpp"
#include "worker/egress.hpp"
#include "worker/fabric.hpp"
#include "worker/lane.hpp"

namespace vsw {

class Answerer {
 public:
  Answerer(Fabric& fabric, Pool& pool, CounterPage page, Egress& egress) noexcept
      : fabric_(fabric), pool_(pool), page_(page), egress_(egress) {}

  // Sends a packet of the switch's own, which stays the caller's.
  void originate(const PortEntry& receiver, const NetworkEntry& network, Packet& packet, std::uint64_t now_ns) noexcept;
  // Whoever asked for the address that `mac` has is told. False: no packet was free.
  [[nodiscard]] bool answer(const Lane& lane, const Moment& moment, const Packet& packet, const Mac& mac) noexcept;
  void tell_too_big(const Lane& lane, const Moment& moment, const PortEntry& receiver, const Packet& packet) noexcept;
  void reject(const Lane& lane, const Moment& moment, const Packet& packet) noexcept;
  template <class Key>
  void end_both(const Flow<Key>& flow, const Generation& generation, std::uint64_t now_ns) noexcept;

 private:
  [[nodiscard]] bool may_answer(const Moment& moment) noexcept;
  void send_back(const Lane& lane, const Moment& moment, const Packet& asked, Packet& answer) noexcept;

  Fabric& fabric_;
  Pool& pool_;
  CounterPage page_;
  Egress& egress_;
};

}  // namespace vsw
