#include "commit/draft.hpp"

#include <algorithm>
#include <utility>

#include "wire/ethernet.hpp"

namespace vsw {

namespace {

// fe80::/64 with the modified EUI-64 of the MAC (RFC 4291, appendix A).
Ip link_local_of(const Mac& mac) {
  Ip ip;
  ip.bytes = {0xfe, 0x80};
  ip.bytes[8] = static_cast<std::uint8_t>(mac.bytes[0] ^ 2);
  ip.bytes[9] = mac.bytes[1];
  ip.bytes[10] = mac.bytes[2];
  ip.bytes[11] = 0xff;
  ip.bytes[12] = 0xfe;
  ip.bytes[13] = mac.bytes[3];
  ip.bytes[14] = mac.bytes[4];
  ip.bytes[15] = mac.bytes[5];
  return ip;
}

Error invalid(std::string message, std::uint16_t subject = 0) {
  return {ErrorCode::kInvalid, std::move(message), subject};
}

constexpr std::uint32_t kRuleListsMax = 65'535;

template <class Entry>
void grow(std::vector<std::shared_ptr<const Entry>>& entries, std::size_t id) {
  if (entries.size() <= id) entries.resize(id + 1);
}

}  // namespace

Draft::Draft(const Generation& running, GenerationId next, std::uint32_t ports_max)
    : ports_max_(ports_max), generation_(std::make_unique<Generation>(running)) {
  generation_->id = next;
}

Outcome Draft::apply(const Transaction& transaction) {
  for (const Edit& edit : transaction.edits()) {
    Outcome outcome = std::visit([this](const auto& one) { return apply_edit(one); }, edit);
    if (!outcome) return outcome;
  }
  if (Outcome outcome = finish_indexes(); !outcome) return outcome;
  return check();
}

// What no single edit can see: ports and static MACs stand in networks and at ports that are there.
Outcome Draft::check() const {
  for (const auto& port : generation_->ports) {
    if (!port) continue;
    for (const NetworkId id : port->networks())
      if (generation_->network(id) == nullptr)
        return invalid("port " + port->name + " is in a network that does not exist", port->id.value);
    if (port->is_trunk())
      if (Outcome outcome = check_trunk(*port); !outcome) return outcome;
    if (policies_changed_)
      if (Outcome outcome = check_policy(*port); !outcome) return outcome;
  }
  for (const auto& network : generation_->networks) {
    if (!network) continue;
    for (const StaticMac& station : network->static_macs) {
      const PortEntry* port = generation_->port(station.port);
      if (port == nullptr || !port->is_in(network->id))
        return invalid("a static MAC of network " + network->name + " is at a port that is not in it", network->id.value);
    }
  }
  return Done{};
}

Outcome Draft::check_trunk(const PortEntry& port) const {
  if (port.network && !port.is_in(port.network))
    return invalid("trunk " + port.name + " does not carry its own native network", port.id.value);
  std::set<std::uint16_t> vlans;
  for (const NetworkId id : port.trunk) {
    const NetworkEntry& network = *generation_->network(id);
    const bool native = id == port.network;
    if (!native && network.vlan == 0)
      return invalid("trunk " + port.name + " carries network " + network.name + ", which has no VLAN", port.id.value);
    if (network.vlan != 0 && !vlans.insert(network.vlan).second)
      return invalid("trunk " + port.name + " carries two networks of VLAN " + std::to_string(network.vlan),
                     port.id.value);
    // Without a tag of its own, a tag that its hosts wrote would be taken for one of ours behind the trunk.
    if (native && network.carries_tags)
      return invalid("network " + network.name + " carries tags, so it cannot be native on trunk " + port.name,
                     port.id.value);
  }
  for (const TrunkAddress& address : port.trunk_addresses)
    if (address.network == port.network || !port.is_in(address.network))
      return invalid("trunk " + port.name + " has an address in a network that it does not carry tagged", port.id.value);
  return Done{};
}

PortEntry* Draft::edit_port(PortId id) {
  if (generation_->port(id) == nullptr) return nullptr;
  auto copy = std::make_shared<PortEntry>(*generation_->ports[id.value]);
  PortEntry* entry = copy.get();
  entry->changed = generation_->id;
  generation_->ports[id.value] = std::move(copy);
  touched_.insert(id);
  stale_.insert(entry->networks().begin(), entry->networks().end());
  return entry;
}

NetworkEntry* Draft::edit_network(NetworkId id) {
  if (generation_->network(id) == nullptr) return nullptr;
  auto copy = std::make_shared<NetworkEntry>(*generation_->networks[id.value]);
  NetworkEntry* entry = copy.get();
  generation_->networks[id.value] = std::move(copy);
  stale_.insert(id);
  return entry;
}

Outcome Draft::apply_edit(const PutNetwork& edit) {
  const NetworkId id{edit.network};
  if (!id) return invalid("network id 0 names nothing", 0);
  grow(generation_->networks, id.value);
  if (!generation_->networks[id.value]) {
    auto entry = std::make_shared<NetworkEntry>();
    entry->id = id;
    generation_->networks[id.value] = std::move(entry);
  }
  if (edit.vlan >= Vlan::kIdReserved) return invalid("network " + edit.name + " has a VLAN beyond 4094");
  NetworkEntry* entry = edit_network(id);
  const MulticastSettings multicast{edit.snooping != 0, edit.querier != 0, edit.fast_leave != 0,
                                    edit.flood_unknown != 0, edit.query_ms, edit.response_ms};
  const bool judged = entry->ether_types != edit.ether_types || entry->multicast != multicast ||
                      entry->carries_tags != (edit.carries_tags != 0) ||
                      entry->ingress_allowed != (edit.ingress_allowed != 0) ||
                      entry->egress_allowed != (edit.egress_allowed != 0);
  entry->name = edit.name;
  entry->mtu = edit.mtu;
  entry->mac_age_ms = edit.mac_age_ms;
  entry->ether_types = edit.ether_types;
  entry->ingress_allowed = edit.ingress_allowed != 0;
  entry->egress_allowed = edit.egress_allowed != 0;
  vlans_changed_ = vlans_changed_ || entry->vlan != edit.vlan;
  entry->vlan = edit.vlan;
  entry->carries_tags = edit.carries_tags != 0;
  entry->loop_probe_ms = edit.loop_probe_ms;
  entry->loop_hold_ms = edit.loop_hold_ms;
  if (edit.timeouts.size() > Timeouts::kCount) return invalid("network " + edit.name + " has timeouts of unknown names");
  entry->timeouts = {};
  for (std::size_t i = 0; i < edit.timeouts.size(); ++i)
    if (!entry->timeouts.set(i, edit.timeouts[i]))
      return invalid("network " + edit.name + " has a timeout that is none or too long");
  entry->tcp_loose = edit.tcp_loose != 0;
  policies_changed_ = true;
  entry->storm_limits = {edit.storm_broadcast, edit.storm_multicast, edit.storm_unknown_unicast};
  entry->multicast = multicast;
  if (judged) entry->judged = generation_->id;
  return Done{};
}

Outcome Draft::apply_edit(const DeleteNetwork& edit) {
  const NetworkId id{edit.network};
  if (generation_->network(id) == nullptr) return invalid("there is no network to delete");
  generation_->networks[id.value] = nullptr;
  stale_.erase(id);
  return Done{};
}

Outcome Draft::apply_edit(const PutPort& edit) {
  const PortId id{edit.port};
  if (!id || id.value >= ports_max_)
    return Error{ErrorCode::kLimit, "port ids end below " + std::to_string(ports_max_), edit.port};
  if (edit.type < 1 || edit.type > 3) return invalid("port " + edit.name + " is of an unknown type", edit.port);
  if (edit.queues < 1) return invalid("port " + edit.name + " has no queue", edit.port);
  grow(generation_->ports, id.value);
  if (!generation_->ports[id.value]) {
    auto entry = std::make_shared<PortEntry>();
    entry->id = id;
    entry->network = NetworkId{edit.network};
    generation_->ports[id.value] = std::move(entry);
  }
  PortEntry* entry = edit_port(id);
  entry->name = edit.name;
  entry->network = NetworkId{edit.network};
  entry->trunk.clear();
  for (const std::uint16_t network : edit.trunk) entry->trunk.push_back(NetworkId{network});
  std::sort(entry->trunk.begin(), entry->trunk.end());
  entry->trunk_addresses = edit.trunk_addresses;
  entry->by_vlan.clear();
  stale_.insert(entry->networks().begin(), entry->networks().end());
  entry->anti_spoof = edit.anti_spoof != 0;
  entry->hairpin = edit.hairpin != 0;
  entry->macs_max = edit.macs_max;
  entry->flows_max = edit.flows_max;
  entry->groups_max = edit.groups_max;
  entry->multicast_router = edit.multicast_router != 0;
  entry->connections_max = edit.connections_max;
  policies_changed_ = true;
  entry->settings = {static_cast<PortType>(edit.type), edit.netns, edit.device, edit.mac, edit.addresses, edit.routes,
                     edit.mtu, edit.persist != 0, edit.offloads != 0, edit.pcap_read, edit.pcap_write, edit.pcap_repeat != 0,
                     edit.queues,
                     {edit.capture_file, edit.capture_snapshot_length, edit.capture_bytes_max},
                     {edit.fault_seed, edit.fault_loss, edit.fault_repeat, edit.fault_corrupt, edit.fault_delay_ms,
                      (edit.fault_directions & 1) != 0, (edit.fault_directions & 2) != 0}};
  entry->link_local = link_local_of(edit.mac);
  closed_.erase(id);
  return Done{};
}

Outcome Draft::apply_edit(const DeletePort& edit) {
  const PortId id{edit.port};
  const PortEntry* entry = generation_->port(id);
  if (entry == nullptr) return invalid("there is no port to delete", edit.port);
  stale_.insert(entry->networks().begin(), entry->networks().end());
  touched_.insert(id);
  policies_changed_ = true;
  generation_->ports[id.value] = nullptr;
  return Done{};
}

Outcome Draft::apply_edit(const ClosePort& edit) {
  const PortId id{edit.port};
  PortEntry* entry = edit_port(id);
  if (entry == nullptr) return invalid("there is no port to close", edit.port);
  entry->device = nullptr;
  entry->info = {};
  closed_.insert(id);
  return Done{};
}

Outcome Draft::apply_edit(const PutStaticMac& edit) {
  NetworkEntry* entry = edit_network(NetworkId{edit.network});
  if (entry == nullptr) return invalid("there is no network for a static MAC");
  std::erase_if(entry->static_macs, [&](const StaticMac& station) { return station.mac == edit.mac; });
  entry->static_macs.push_back({edit.mac, PortId{edit.port}});
  return Done{};
}

Outcome Draft::apply_edit(const DeleteStaticMac& edit) {
  NetworkEntry* entry = edit_network(NetworkId{edit.network});
  if (entry == nullptr) return invalid("there is no network for a static MAC");
  std::erase_if(entry->static_macs, [&](const StaticMac& station) { return station.mac == edit.mac; });
  return Done{};
}

AddressIndex::Edit& Draft::edit_addresses() {
  if (!addresses_) addresses_ = std::make_unique<AddressIndex::Edit>(generation_->addresses, generation_->id);
  return *addresses_;
}

ServiceIndex::Edit& Draft::edit_services() {
  if (!services_) services_ = std::make_unique<ServiceIndex::Edit>(generation_->services, generation_->id);
  return *services_;
}

Outcome Draft::apply_edit(const PutAddressSets& edit) {
  return edit_addresses().put(NetworkId{edit.network}, edit.address, edit.sets);
}

Outcome Draft::apply_edit(const DeleteAddressSets& edit) {
  edit_addresses().remove(NetworkId{edit.network}, edit.address);
  return Done{};
}

Outcome Draft::apply_edit(const PutPrefixSet& edit) { return edit_addresses().put_prefixes(edit.set, edit.prefixes); }

Outcome Draft::apply_edit(const DeletePrefixSet& edit) {
  edit_addresses().remove_prefixes(edit.set);
  return Done{};
}

Outcome Draft::apply_edit(const PutServiceSets& edit) {
  return edit_services().put({NetworkId{edit.network}, edit.address, edit.protocol, edit.port}, edit.services);
}

Outcome Draft::apply_edit(const DeleteServiceSets& edit) {
  edit_services().remove({NetworkId{edit.network}, edit.address, edit.protocol, edit.port});
  return Done{};
}

Outcome Draft::apply_edit(const PutRules& edit) {
  if (edit.list == 0 || edit.list > kRuleListsMax)
    return Error{ErrorCode::kLimit, "lists of rules are numbered from 1 to " + std::to_string(kRuleListsMax), 0};
  Result<std::shared_ptr<const RuleList>> made = RuleList::make(edit.rules);
  if (!made) return made.error();
  if (generation_->rule_lists.size() <= edit.list) generation_->rule_lists.resize(edit.list + 1);
  generation_->rule_lists[edit.list] = {std::move(made.value()), generation_->id};
  return Done{};
}

Outcome Draft::apply_edit(const SpliceRules& edit) {
  const RuleListEntry* entry = generation_->rule_list(edit.list);
  if (entry == nullptr || edit.at > entry->rules->size() || edit.removed > entry->rules->size() - edit.at)
    return invalid("there are no such rules to change in list " + std::to_string(edit.list), 0);
  Result<std::shared_ptr<const RuleList>> made = entry->rules->splice(edit.at, edit.removed, edit.inserted);
  if (!made) return made.error();
  generation_->rule_lists[edit.list] = {std::move(made.value()), generation_->id};
  return Done{};
}

Outcome Draft::apply_edit(const DeleteRules& edit) {
  if (generation_->rule_list(edit.list) == nullptr)
    return invalid("there is no list " + std::to_string(edit.list) + " of rules to delete", 0);
  generation_->rule_lists[edit.list] = {};
  policies_changed_ = true;
  return Done{};
}

// The port's device and its networks have no part in this.
Outcome Draft::apply_edit(const PutPortPolicy& edit) {
  const PortId id{edit.port};
  if (generation_->port(id) == nullptr) return invalid("there is no port to judge by rules", edit.port);
  auto copy = std::make_shared<PortEntry>(*generation_->ports[id.value]);
  copy->policy = {edit.ingress, edit.egress, edit.ingress_audit, edit.egress_audit};
  copy->judged = generation_->id;
  generation_->ports[id.value] = std::move(copy);
  policies_changed_ = true;
  return Done{};
}

Outcome Draft::finish_indexes() {
  if (addresses_) {
    Result<std::shared_ptr<const AddressIndex>> made = addresses_->finish();
    if (!made) return made.error();
    generation_->addresses = std::move(made.value());
  }
  if (services_) {
    Result<std::shared_ptr<const ServiceIndex>> made = services_->finish();
    if (!made) return made.error();
    generation_->services = std::move(made.value());
  }
  return Done{};
}

Outcome Draft::check_policy(const PortEntry& port) const {
  for (const std::uint32_t list :
       {port.policy.ingress, port.policy.egress, port.policy.ingress_audit, port.policy.egress_audit})
    if (list != 0 && generation_->rule_list(list) == nullptr)
      return invalid("port " + port.name + " is judged by list " + std::to_string(list) + " of rules, which is not there",
                     port.id.value);
  return Done{};
}

// A network in which nothing is ever denied needs no memory of who began.
void Draft::derive_tracking() {
  std::vector<bool> ruled(generation_->networks.size());
  for (const auto& port : generation_->ports) {
    if (!port || port->policy.is_empty()) continue;
    for (const NetworkId network : port->networks()) ruled[network.value] = true;
  }
  for (auto& network : generation_->networks) {
    if (!network) continue;
    const bool tracks = ruled[network->id.value] || !network->ingress_allowed || !network->egress_allowed;
    if (tracks == network->tracks) continue;
    auto copy = std::make_shared<NetworkEntry>(*network);
    copy->tracks = tracks;
    copy->judged = generation_->id;
    network = std::move(copy);
  }
}

void Draft::derive(NetworkEntry& network) const {
  std::vector<PortId> members, undeclared;
  std::vector<FrozenMap<Mac, PortId, MacHash>::Item> stations;
  std::vector<FrozenMap<Ip, Binding, IpHash>::Item> bindings;
  for (const auto& port : generation_->ports) {
    if (!port || !port->is_in(network.id)) continue;
    stations.push_back({port->settings.mac, port->id});
    if (!port->device) continue;
    members.push_back(port->id);
    if (!port->anti_spoof) undeclared.push_back(port->id);
    if (port->network == network.id)
      for (const Prefix& prefix : port->settings.addresses)
        bindings.push_back({prefix.address, {port->settings.mac, port->id}});
    for (const TrunkAddress& address : port->trunk_addresses)
      if (address.network == network.id) bindings.push_back({address.prefix.address, {port->settings.mac, port->id}});
  }
  for (const StaticMac& station : network.static_macs) stations.push_back({station.mac, station.port});
  if (members != network.members || undeclared != network.undeclared) network.flooded = generation_->id;
  network.member_bits.assign((generation_->ports.size() + 63) / 64, 0);
  network.router_bits.assign(network.member_bits.size(), 0);
  for (const PortId port : members) {
    const std::uint64_t bit = std::uint64_t{1} << port.value % 64;
    network.member_bits[port.value / 64u] |= bit;
    if (generation_->port(port)->multicast_router) network.router_bits[port.value / 64u] |= bit;
  }
  network.members = std::move(members);
  network.undeclared = std::move(undeclared);
  network.stations = FrozenMap<Mac, PortId, MacHash>(stations);
  network.bindings = FrozenMap<Ip, Binding, IpHash>(bindings);
}

std::shared_ptr<const PortEntry> Draft::with_vlans(const std::shared_ptr<const PortEntry>& trunk) const {
  std::vector<NetworkId> by_vlan(std::size_t{Vlan::kIdReserved} + 1);
  by_vlan[0] = by_vlan[Vlan::kIdReserved] = trunk->network;
  for (const NetworkId id : trunk->trunk)
    if (const std::uint16_t vlan = generation_->network(id)->vlan; vlan != 0) by_vlan[vlan] = id;
  if (by_vlan == trunk->by_vlan) return trunk;
  auto copy = std::make_shared<PortEntry>(*trunk);
  copy->by_vlan = std::move(by_vlan);
  return copy;
}

std::unique_ptr<Generation> Draft::finish() {
  for (auto& port : generation_->ports)
    if (port && port->is_trunk() && (vlans_changed_ || port->by_vlan.empty())) port = with_vlans(port);

  const std::set<NetworkId> stale = stale_;
  for (const NetworkId id : stale)
    if (NetworkEntry* entry = edit_network(id); entry != nullptr) derive(*entry);
  if (policies_changed_) derive_tracking();
  generation_->is_probed = std::any_of(generation_->networks.begin(), generation_->networks.end(),
                                       [](const auto& network) { return network && network->is_probed(); });
  generation_->snoops = false;
  for (const auto& network : generation_->networks)
    if (network) generation_->snoops = generation_->snoops || network->multicast.snooping;
  return std::move(generation_);
}

}  // namespace vsw
