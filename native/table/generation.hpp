// Generation: everything the operator decided, as the dataplane needs it.
// Home: control builds; shared: read-only after publish.
//
// A generation is built beside the running one, shares with it every entry that did not change, and
// is published by one pointer. Its number only grows. An entry carries the number of the generation
// in which it last changed: a flow that was confirmed at or after that number is still true.
#pragma once
#include <cstdint>
#include <memory>
#include <vector>
#include "base/ids.hpp"
#include "table/address_index.hpp"
#include "table/network_table.hpp"
#include "table/port_table.hpp"
#include "table/rule_list.hpp"
#include "table/service_index.hpp"

namespace vsw {

// A list of rules and the generation in which what it says last changed.
struct RuleListEntry {
  std::shared_ptr<const RuleList> rules;
  GenerationId changed;
};

struct Generation {
  GenerationId id;
  bool is_probed = false;  // some network is
  std::vector<std::shared_ptr<const PortEntry>> ports;        // by PortId
  std::vector<std::shared_ptr<const NetworkEntry>> networks;  // by NetworkId

  bool snoops = false;                                        // some network looks after multicast groups
  std::shared_ptr<const AddressIndex> addresses;              // null: no address is in a set
  std::shared_ptr<const ServiceIndex> services;               // null: nothing stands for a name
  std::vector<RuleListEntry> rule_lists;                      // by number, which ports name

  [[nodiscard]] const PortEntry* port(PortId port_id) const noexcept {
    return port_id.value < ports.size() ? ports[port_id.value].get() : nullptr;
  }
  [[nodiscard]] const NetworkEntry* network(NetworkId network_id) const noexcept {
    return network_id.value < networks.size() ? networks[network_id.value].get() : nullptr;
  }
  // Null: there is no list of that number, as of 0.
  [[nodiscard]] const RuleListEntry* rule_list(std::uint32_t number) const noexcept {
    return number < rule_lists.size() && rule_lists[number].rules ? &rule_lists[number] : nullptr;
  }
};

}  // namespace vsw
