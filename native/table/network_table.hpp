// NetworkEntry: one broadcast domain: what was decided about it, and what follows from its ports.
// Home: control builds; shared: read-only after publish.
//
// `stations` are the MACs that were declared (a port's own and static ones), `bindings` the declared
// IP addresses of open ports: what the switch may answer ARP and neighbour discovery for.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <vector>
#include "base/frozen_map.hpp"
#include "base/hash.hpp"
#include "base/ids.hpp"
#include "wire/ip.hpp"
#include "wire/mac.hpp"
#include "wire/timeouts.hpp"

namespace vsw {

struct MacHash {
  std::size_t operator()(const Mac& mac) const noexcept { return hash_words(HashSeed{}, mac.number(), 0); }
};
struct IpHash {
  std::size_t operator()(const Ip& ip) const noexcept {
    std::uint64_t words[2];
    std::memcpy(words, ip.bytes.data(), 16);
    return hash_words(HashSeed{}, words[0], words[1]);
  }
};

struct Binding {
  Mac mac;
  PortId port;
};

struct StaticMac {
  Mac mac;
  PortId port;
  bool operator==(const StaticMac&) const noexcept = default;
};

// Who gets frames of multicast groups: everybody, or (snooping) those who asked.
struct MulticastSettings {
  bool snooping = false;
  bool querier = false;        // the switch asks, when nobody else does
  bool fast_leave = false;     // who leaves is believed without being asked
  bool flood_unknown = false;  // frames that nobody asked for go to everybody, not to routers alone
  std::uint32_t query_ms = 125'000, response_ms = 10'000;
  bool operator==(const MulticastSettings&) const noexcept = default;
};

struct NetworkEntry {
  NetworkId id;
  std::string name;
  std::uint16_t mtu = 1500;
  std::uint32_t mac_age_ms = 300'000;
  std::uint16_t vlan = 0;                  // its tag on trunks; 0: it has none
  bool carries_tags = false;               // tags of its hosts pass as payload
  std::vector<std::uint16_t> ether_types;  // others than IPv4, IPv6 and ARP that may pass
  bool ingress_allowed = true, egress_allowed = true;  // what no rule decided
  Timeouts timeouts;
  bool tcp_loose = true;                   // a running TCP connection may be picked up
  std::vector<StaticMac> static_macs;
  std::array<std::uint32_t, 3> storm_limits{1'000, 5'000, 1'000};  // frames a second and port, by StormKind
  std::uint32_t loop_probe_ms = 0;         // between probes for loops; 0: none
  std::uint32_t loop_hold_ms = 30'000;     // how long a port that loops is held down
  MulticastSettings multicast;

  // Derived from the ports:
  std::vector<PortId> members;     // open ports, ascending
  std::vector<std::uint64_t> member_bits;  // the same, a bit a port id
  std::vector<std::uint64_t> router_bits;  // those of them that are declared to lead to multicast routers
  std::vector<PortId> undeclared;  // those of them that may hold MACs which nobody declared
  FrozenMap<Mac, PortId, MacHash> stations;
  FrozenMap<Ip, Binding, IpHash> bindings;

  // Connections are tracked: some port is judged by rules, or not everything that nothing decided is allowed.
  bool tracks = false;

  GenerationId judged;   // when something that a verdict reads last changed
  GenerationId flooded;  // when a flood set last changed

  // A loop needs two ports that may send what they did not make.
  [[nodiscard]] bool is_probed() const noexcept { return loop_probe_ms != 0 && undeclared.size() >= 2; }
  [[nodiscard]] bool carries(std::uint16_t ether_type) const noexcept {
    for (const std::uint16_t listed : ether_types)
      if (listed == ether_type) return true;
    return false;
  }
};

}  // namespace vsw
