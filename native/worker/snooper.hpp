// Snooper: what the switch learns from IGMP and MLD, and what it asks itself.
// Home: worker.
//
// `take` is told of each message that the stage snoop let through. `pass` moves time, on one worker alone:
// it ends memberships, decides who is querier, and sends the switch's own queries: general ones to every
// port of the network, and ones for a group to the port whose last member may have left.
#pragma once
#include "packet/pool.hpp"
#include "packet/packet.hpp"
#include "telemetry/events.hpp"
#include "wire/membership.hpp"
#include "worker/egress.hpp"
#include "worker/fabric.hpp"

namespace vsw {

class Snooper {
 public:
  Snooper(Fabric& fabric, Pool& pool, EventRing& events, CounterPage page, Egress& egress) noexcept
      : fabric_(fabric), pool_(pool), events_(events), page_(page), egress_(egress) {}

  void take(const Generation& generation, const NetworkEntry& network, const PortEntry& ingress, const Packet& packet,
            std::uint64_t now_ns) noexcept;
  // `everything`: all memberships are looked at, otherwise a bounded number of them.
  void pass(const Generation& generation, std::uint64_t now_ns, bool everything) noexcept;

 private:
  struct Moment {
    const Generation& generation;
    const NetworkEntry& network;
    const PortEntry& ingress;
    bool v6;
    std::uint64_t now_ns;
    std::uint32_t now_ms;
  };
  void hear_query(const Moment& moment, const MembershipMessage& message) noexcept;
  void want(const Moment& moment, const Ip& group, bool version1) noexcept;
  void give_everything(const Moment& moment) noexcept;
  void abandon(const Moment& moment, const Ip& group, bool surely) noexcept;
  void ask(const Generation& generation, const NetworkEntry& network, const Ip& group, std::uint32_t response_ms,
           PortId only, std::uint64_t now_ns) noexcept;
  void tell(EventType type, NetworkId network, PortId port, const Ip& group) noexcept;

  Fabric& fabric_;
  Pool& pool_;
  EventRing& events_;
  CounterPage page_;
  Egress& egress_;
  std::uint32_t cursor_ = 0;
};

}  // namespace vsw
