#include "commit/draft.hpp"

#include <algorithm>

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

Error invalid(std::string message, std::uint16_t subject) {
  return {ErrorCode::kInvalid, std::move(message), subject};
}

template <class Entry>
void grow(std::vector<std::shared_ptr<const Entry>>& entries, std::size_t id) {
  if (entries.size() <= id) entries.resize(id + 1);
}

}  // namespace

Draft::Draft(const Generation& running, GenerationId next, std::uint32_t ports_max)
    : running_(running), ports_max_(ports_max), generation_(std::make_unique<Generation>(running)) {
  generation_->id = next;
}

Outcome Draft::apply(const Transaction& transaction) {
  for (const Edit& edit : transaction.edits()) {
    Outcome outcome = std::visit([this](const auto& one) { return apply_edit(one); }, edit);
    if (!outcome) return outcome;
  }
  return check();
}

// What no single edit can see: ports and static MACs stand in networks and at ports that are there.
Outcome Draft::check() const {
  for (const auto& port : generation_->ports)
    if (port && generation_->network(port->network) == nullptr)
      return invalid("port " + port->name + " is in a network that does not exist", port->id.value);
  for (const auto& network : generation_->networks) {
    if (!network) continue;
    for (const StaticMac& station : network->static_macs) {
      const PortEntry* port = generation_->port(station.port);
      if (port == nullptr || !(port->network == network->id))
        return invalid("a static MAC of network " + network->name + " is at a port that is not in it", network->id.value);
    }
  }
  return Done{};
}

PortEntry* Draft::edit_port(PortId id) {
  if (generation_->port(id) == nullptr) return nullptr;
  auto copy = std::make_shared<PortEntry>(*generation_->ports[id.value]);
  PortEntry* entry = copy.get();
  entry->changed = generation_->id;
  generation_->ports[id.value] = std::move(copy);
  touched_.insert(id);
  stale_.insert(entry->network);
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
  NetworkEntry* entry = edit_network(id);
  const bool judged = entry->ether_types != edit.ether_types ||
                      entry->ingress_allowed != (edit.ingress_allowed != 0) ||
                      entry->egress_allowed != (edit.egress_allowed != 0);
  entry->name = edit.name;
  entry->mtu = edit.mtu;
  entry->mac_age_ms = edit.mac_age_ms;
  entry->ether_types = edit.ether_types;
  entry->ingress_allowed = edit.ingress_allowed != 0;
  entry->egress_allowed = edit.egress_allowed != 0;
  if (judged) entry->judged = generation_->id;
  return Done{};
}

Outcome Draft::apply_edit(const DeleteNetwork& edit) {
  const NetworkId id{edit.network};
  if (generation_->network(id) == nullptr) return invalid("there is no network to delete", edit.network);
  generation_->networks[id.value] = nullptr;
  stale_.erase(id);
  return Done{};
}

Outcome Draft::apply_edit(const PutPort& edit) {
  const PortId id{edit.port};
  if (!id || id.value >= ports_max_)
    return Error{ErrorCode::kLimit, "port ids end below " + std::to_string(ports_max_), edit.port};
  if (edit.type < 1 || edit.type > 3) return invalid("port " + edit.name + " is of an unknown type", edit.port);
  grow(generation_->ports, id.value);
  if (!generation_->ports[id.value]) {
    auto entry = std::make_shared<PortEntry>();
    entry->id = id;
    entry->network = NetworkId{edit.network};
    generation_->ports[id.value] = std::move(entry);
  }
  PortEntry* entry = edit_port(id);
  stale_.insert(NetworkId{edit.network});
  entry->name = edit.name;
  entry->network = NetworkId{edit.network};
  entry->anti_spoof = edit.anti_spoof != 0;
  entry->macs_max = edit.macs_max;
  entry->flows_max = edit.flows_max;
  entry->settings = {static_cast<PortType>(edit.type), edit.netns, edit.device, edit.mac, edit.addresses, edit.routes,
                     edit.mtu, edit.persist != 0, edit.offloads != 0, edit.pcap_read, edit.pcap_write, edit.pcap_repeat != 0};
  entry->link_local = link_local_of(edit.mac);
  closed_.erase(id);
  return Done{};
}

Outcome Draft::apply_edit(const DeletePort& edit) {
  const PortId id{edit.port};
  const PortEntry* entry = generation_->port(id);
  if (entry == nullptr) return invalid("there is no port to delete", edit.port);
  stale_.insert(entry->network);
  touched_.insert(id);
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
  if (entry == nullptr) return invalid("there is no network for a static MAC", edit.network);
  std::erase_if(entry->static_macs, [&](const StaticMac& station) { return station.mac == edit.mac; });
  entry->static_macs.push_back({edit.mac, PortId{edit.port}});
  return Done{};
}

Outcome Draft::apply_edit(const DeleteStaticMac& edit) {
  NetworkEntry* entry = edit_network(NetworkId{edit.network});
  if (entry == nullptr) return invalid("there is no network for a static MAC", edit.network);
  std::erase_if(entry->static_macs, [&](const StaticMac& station) { return station.mac == edit.mac; });
  return Done{};
}

void Draft::derive(NetworkEntry& network) const {
  std::vector<PortId> members, undeclared;
  std::vector<FrozenMap<Mac, PortId, MacHash>::Item> stations;
  std::vector<FrozenMap<Ip, Binding, IpHash>::Item> bindings;
  for (const auto& port : generation_->ports) {
    if (!port || !(port->network == network.id)) continue;
    stations.push_back({port->settings.mac, port->id});
    if (!port->device) continue;
    members.push_back(port->id);
    if (!port->anti_spoof) undeclared.push_back(port->id);
    for (const Prefix& prefix : port->settings.addresses)
      bindings.push_back({prefix.address, {port->settings.mac, port->id}});
  }
  for (const StaticMac& station : network.static_macs) stations.push_back({station.mac, station.port});
  if (members != network.members || undeclared != network.undeclared) network.flooded = generation_->id;
  network.members = std::move(members);
  network.undeclared = std::move(undeclared);
  network.stations = FrozenMap<Mac, PortId, MacHash>(stations);
  network.bindings = FrozenMap<Ip, Binding, IpHash>(bindings);
}

std::unique_ptr<Generation> Draft::finish() {
  const std::set<NetworkId> stale = stale_;
  for (const NetworkId id : stale)
    if (NetworkEntry* entry = edit_network(id); entry != nullptr) derive(*entry);
  return std::move(generation_);
}

}  // namespace vsw
