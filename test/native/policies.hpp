// Policies: rules and TCP segments between stations, for tests that run a whole dataplane.
#pragma once
#include <cstdint>
#include <vector>

#include "native/small_switch.hpp"

namespace vsw::test {

constexpr std::uint8_t kFinFlag = 1, kSynFlag = 2, kResetFlag = 4, kAckFlag = 16;

struct PlannedSegment {
  std::uint8_t flags = kAckFlag;
  std::uint32_t sequence = 0, acknowledgement = 0;
  std::uint16_t source_port = 4000, destination_port = 80;
  std::size_t length = 0;
  std::uint16_t window = 0xffff;
};

// Its checksum is that of all its bytes, the pseudo-header among them.
inline Bytes tcp4_frame(std::uint16_t from, std::uint16_t to, const PlannedSegment& planned) {
  Bytes segment = join({number(planned.source_port, 2), number(planned.destination_port, 2), number(planned.sequence, 4),
                        number(planned.acknowledgement, 4), number(0x50, 1), number(planned.flags, 1), number(planned.window, 2),
                        number(0, 4), counting(planned.length)});
  write(segment, 16, 0xffff & ~naive_sum(segment, pseudo_sum(ip4_of(from), ip4_of(to), 6, segment.size())), 2);
  return between(mac_of(from), mac_of(to), 0x0800, ip4_datagram(ip4_of(from), ip4_of(to), 6, segment));
}

// Ports 1 … of one network, all of them judged by these lists.
inline Edits judged_network(std::uint16_t ports, const std::vector<PlannedRule>& ingress, const std::vector<PlannedRule>& egress = {},
                            const PlannedNetwork& network = {}) {
  Edits edits = one_network(ports, network);
  edits.put_rules(1, ingress).put_rules(2, egress);
  for (std::uint16_t id = 1; id <= ports; ++id) edits.put_port_policy(id, 1, 2);
  return edits;
}

// Station 1 opens a connection to station 2: how many of the three segments arrived.
inline std::size_t shake_hands(SmallSwitch& small, std::uint16_t port = 80, std::uint16_t from_port = 4000) {
  return small.deliver(1, tcp4_frame(1, 2, {kSynFlag, 100, 0, from_port, port}), 2) +
         small.deliver(2, tcp4_frame(2, 1, {kSynFlag | kAckFlag, 500, 101, port, from_port}), 1) +
         small.deliver(1, tcp4_frame(1, 2, {kAckFlag, 101, 501, from_port, port}), 2);
}

}  // namespace vsw::test
