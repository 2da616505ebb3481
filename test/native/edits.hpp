// Edits: transactions for native tests, written byte by byte as edits.def says.
//
// Nothing here uses native/commit, so that a mistake in the decoder cannot hide behind the same mistake here.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "native/frames.hpp"

namespace vsw::test {

struct PlannedNetwork {
  std::uint16_t id = 1;
  std::string name = "dev";
  std::uint16_t mtu = 1500;
  std::uint32_t mac_age_ms = 300'000;
  std::vector<std::uint16_t> ether_types{};
  bool ingress_allowed = true, egress_allowed = true;
  std::uint16_t vlan = 0;
  bool carries_tags = false;
  std::uint32_t storm_broadcast = 1'000, storm_multicast = 5'000, storm_unknown_unicast = 1'000;
  std::uint32_t loop_probe_ms = 0, loop_hold_ms = 30'000;
  bool snooping = false, querier = false, fast_leave = false, flood_unknown = false;
  std::uint32_t query_ms = 125'000, response_ms = 10'000;
  std::vector<std::uint32_t> timeouts{};
  bool tcp_loose = true;
};

struct PlannedRoute {
  Bytes to{};  // 16 bytes of address
  std::uint8_t length = 0;
  Bytes via{};
};

struct PlannedTrunkAddress {
  std::uint16_t network = 0;
  std::uint16_t station = 0;  // whose IPv4 address it is
};

struct PlannedRule {
  std::uint32_t id = 2;
  std::uint8_t action = 0;  // 0 allow, 1 drop, 2 reject, 3 pass
  std::uint8_t tier = 3;
  std::uint8_t flags = 0;   // 1 log, 2 audited, 4 keep, 8 kill
  std::uint32_t source = 0, destination = 0;
  struct Service {
    std::uint16_t protocol = 256, first = 0, last = 0xffff;
    std::uint32_t named = 0;
  };
  std::vector<Service> services{};
  std::vector<std::pair<std::uint16_t, std::uint16_t>> source_ports{};
};

struct PlannedPort {
  std::uint16_t id = 1;
  std::uint16_t network = 1;
  std::uint8_t type = 2;                           // 1 tap, 2 memory, 3 pcap
  std::uint16_t station = 0;                       // whose MAC and addresses it has; 0: those of its id
  std::vector<std::uint16_t> further_addresses{};  // stations whose addresses it has, too
  bool anti_spoof = true, offloads = false, persist = true;
  std::uint16_t mtu = 1500;
  std::uint32_t macs_max = 16, flows_max = 65'536, groups_max = 256;
  bool multicast_router = false;
  std::uint8_t queues = 1;
  std::string netns{}, device{}, pcap_read{}, pcap_write{};
  bool pcap_repeat = false;
  std::vector<std::uint16_t> trunk{};              // networks; `network` is the native one, or 0
  std::vector<PlannedTrunkAddress> trunk_addresses{};
  std::vector<PlannedRoute> routes{};
  bool hairpin = false;
  std::string capture_file{};
  std::uint32_t capture_snapshot_length = 65'557, capture_bytes_max = 1 << 20;
  std::uint32_t fault_seed = 0, fault_loss = 0, fault_repeat = 0, fault_corrupt = 0, fault_delay_ms = 0;
  std::uint8_t fault_directions = 0;               // 1 receive, 2 transmit
  std::uint32_t connections_max = 65'536;
};

// Station N: 02:00:00:00:HH:LL, 10.77.HH.LL and fd00:77::N.
inline Bytes mac_of(std::uint16_t station) { return join({from_hex("02000000"), number(station, 2)}); }
inline Bytes ip4_of(std::uint16_t station) { return join({from_hex("0a4d"), number(station, 2)}); }
inline Bytes ip6_of(std::uint16_t station) { return join({from_hex("fd000077"), number(0, 10), number(station, 2)}); }
inline Bytes mapped(const Bytes& address) { return join({number(0, 10), from_hex("ffff"), address}); }
// fe80::/64 with the modified EUI-64 of the station's MAC.
inline Bytes link_local_of(std::uint16_t station) {
  return join({from_hex("fe80 0000 0000 0000 0000 00ff fe00"), number(station, 2)});
}

class Edits {
 public:
  Edits& put_network(const PlannedNetwork& network = {}) {
    add(1, 1).add(network.id, 2).text(network.name).add(network.mtu, 2).add(network.mac_age_ms, 4);
    add(network.ether_types.size(), 2);
    for (const std::uint16_t type : network.ether_types) add(type, 2);
    return add(network.ingress_allowed ? 1 : 0, 1).add(network.egress_allowed ? 1 : 0, 1)
        .add(network.vlan, 2)
        .add(network.carries_tags ? 1 : 0, 1)
        .add(network.storm_broadcast, 4)
        .add(network.storm_multicast, 4)
        .add(network.storm_unknown_unicast, 4)
        .add(network.loop_probe_ms, 4)
        .add(network.loop_hold_ms, 4)
        .add(network.snooping ? 1 : 0, 1)
        .add(network.querier ? 1 : 0, 1)
        .add(network.fast_leave ? 1 : 0, 1)
        .add(network.flood_unknown ? 1 : 0, 1)
        .add(network.query_ms, 4)
        .add(network.response_ms, 4)
        .list(network.timeouts)
        .add(network.tcp_loose ? 1 : 0, 1);
  }
  Edits& delete_network(std::uint16_t id) { return add(2, 1).add(id, 2); }
  Edits& put_port(const PlannedPort& port) {
    const std::uint16_t station = port.station != 0 ? port.station : port.id;
    const std::string name = "port-" + std::to_string(port.id);
    add(3, 1).add(port.id, 2).text(name).add(port.network, 2).add(port.type, 1).text(port.netns).text(port.device);
    append(mac_of(station));
    add(2 + port.further_addresses.size(), 2);
    append(mapped(ip4_of(station))).add(16, 1).append(ip6_of(station)).add(64, 1);
    for (const std::uint16_t other : port.further_addresses) append(mapped(ip4_of(other))).add(32, 1);
    add(port.routes.size(), 2);
    for (const PlannedRoute& route : port.routes) append(route.to).add(route.length, 1).append(route.via);
    add(port.mtu, 2).add(port.anti_spoof ? 1 : 0, 1).add(port.persist ? 1 : 0, 1).add(port.offloads ? 1 : 0, 1);
    add(port.macs_max, 4).add(port.flows_max, 4).text(port.pcap_read).text(port.pcap_write).add(port.pcap_repeat ? 1 : 0, 1);
    add(port.trunk.size(), 2);
    for (const std::uint16_t network : port.trunk) add(network, 2);
    add(port.trunk_addresses.size(), 2);
    for (const PlannedTrunkAddress& address : port.trunk_addresses)
      add(address.network, 2).append(mapped(ip4_of(address.station))).add(16, 1);
    add(port.hairpin ? 1 : 0, 1);
    add(port.groups_max, 4).add(port.multicast_router ? 1 : 0, 1).add(port.queues, 1);
    text(port.capture_file).add(port.capture_snapshot_length, 4).add(port.capture_bytes_max, 4);
    add(port.fault_seed, 4).add(port.fault_loss, 4).add(port.fault_repeat, 4).add(port.fault_corrupt, 4);
    add(port.fault_delay_ms, 4).add(port.fault_directions, 1).add(port.connections_max, 4);
    return *this;
  }
  Edits& delete_port(std::uint16_t id) { return add(4, 1).add(id, 2); }
  Edits& close_port(std::uint16_t id) { return add(5, 1).add(id, 2); }
  Edits& put_static_mac(std::uint16_t network, std::uint16_t station, std::uint16_t port) {
    return add(6, 1).add(network, 2).append(mac_of(station)).add(port, 2);
  }
  Edits& delete_static_mac(std::uint16_t network, std::uint16_t station) {
    return add(7, 1).add(network, 2).append(mac_of(station));
  }

  Edits& put_address_sets(std::uint16_t network, const Bytes& address, const std::vector<std::uint32_t>& sets) {
    return add(8, 1).add(network, 2).append(address).list(sets);
  }
  Edits& delete_address_sets(std::uint16_t network, const Bytes& address) { return add(9, 1).add(network, 2).append(address); }
  Edits& put_prefix_set(std::uint32_t set, std::uint16_t network, const Bytes& address, std::uint8_t length) {
    return add(10, 1).add(set, 4).add(1, 2).add(network, 2).append(address).add(length, 1);
  }
  Edits& delete_prefix_set(std::uint32_t set) { return add(11, 1).add(set, 4); }
  Edits& put_service_sets(std::uint16_t network, const Bytes& address, std::uint8_t protocol, std::uint16_t port,
                          const std::vector<std::uint32_t>& services) {
    return add(12, 1).add(network, 2).append(address).add(protocol, 1).add(port, 2).list(services);
  }
  Edits& delete_service_sets(std::uint16_t network, const Bytes& address, std::uint8_t protocol, std::uint16_t port) {
    return add(13, 1).add(network, 2).append(address).add(protocol, 1).add(port, 2);
  }
  Edits& put_rules(std::uint32_t list, const std::vector<PlannedRule>& rules) { return add(14, 1).add(list, 4).rules(rules); }
  Edits& splice_rules(std::uint32_t list, std::uint32_t at, std::uint32_t removed, const std::vector<PlannedRule>& inserted) {
    return add(15, 1).add(list, 4).add(at, 4).add(removed, 4).rules(inserted);
  }
  Edits& delete_rules(std::uint32_t list) { return add(16, 1).add(list, 4); }
  Edits& put_port_policy(std::uint16_t port, std::uint32_t ingress, std::uint32_t egress, std::uint32_t ingress_audit = 0,
                         std::uint32_t egress_audit = 0) {
    return add(17, 1).add(port, 2).add(ingress, 4).add(egress, 4).add(ingress_audit, 4).add(egress_audit, 4);
  }

  // Plain parts, little-endian, for what is wrong on purpose.
  Edits& add(std::uint64_t value, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) bytes_.push_back(static_cast<std::byte>(value >> 8 * i & 0xff));
    return *this;
  }
  Edits& text(std::string_view text) {
    add(text.size(), 2);
    for (const char letter : text) bytes_.push_back(static_cast<std::byte>(letter));
    return *this;
  }
  Edits& append(const Bytes& more) {
    bytes_.insert(bytes_.end(), more.begin(), more.end());
    return *this;
  }
  [[nodiscard]] const Bytes& bytes() const noexcept { return bytes_; }
  operator std::span<const std::byte>() const noexcept { return bytes_; }  // NOLINT: edits are their bytes

 private:
  Edits& list(const std::vector<std::uint32_t>& values) {
    add(values.size(), 2);
    for (const std::uint32_t value : values) add(value, 4);
    return *this;
  }
  Edits& rules(const std::vector<PlannedRule>& rules) {
    add(rules.size(), 4);
    for (const PlannedRule& rule : rules) {
      add(rule.id, 4).add(rule.action, 1).add(rule.tier, 1).add(rule.flags, 1).add(rule.source, 4).add(rule.destination, 4);
      add(rule.services.size(), 2);
      for (const PlannedRule::Service& service : rule.services)
        add(service.protocol, 2).add(service.first, 2).add(service.last, 2).add(service.named, 4);
      add(rule.source_ports.size(), 2);
      for (const auto& [first, last] : rule.source_ports) add(first, 2).add(last, 2);
    }
    return *this;
  }

  Bytes bytes_;
};

}  // namespace vsw::test
