// Draft: a generation being made: edits applied to a copy of the running tables.
// Home: control.
//
// A draft is pure: it touches no device and no worker. It refuses edits that contradict each other or
// what runs; `finish` derives what follows from the ports of each network. The publisher makes a draft
// into the next generation, a trace asks it as a candidate.
#pragma once
#include <cstdint>
#include <memory>
#include <set>
#include <vector>
#include "base/ids.hpp"
#include "base/result.hpp"
#include "commit/transaction.hpp"
#include "table/generation.hpp"

namespace vsw {

class Draft {
 public:
  // `next` is the number of the generation to be.
  Draft(const Generation& running, GenerationId next, std::uint32_t ports_max);

  Outcome apply(const Transaction& transaction);
  // The ports that the transaction put, closed or deleted.
  [[nodiscard]] const std::set<PortId>& touched() const noexcept { return touched_; }
  [[nodiscard]] const std::set<PortId>& closed() const noexcept { return closed_; }
  // A port of the draft to change further (its device); null when it has none of this id.
  [[nodiscard]] PortEntry* edit_port(PortId port);
  [[nodiscard]] const PortEntry* port(PortId port) const noexcept { return generation_->port(port); }
  [[nodiscard]] std::unique_ptr<Generation> finish();

 private:
  Outcome apply_edit(const PutNetwork& edit);
  Outcome apply_edit(const DeleteNetwork& edit);
  Outcome apply_edit(const PutPort& edit);
  Outcome apply_edit(const DeletePort& edit);
  Outcome apply_edit(const ClosePort& edit);
  Outcome apply_edit(const PutStaticMac& edit);
  Outcome apply_edit(const DeleteStaticMac& edit);
  Outcome apply_edit(const PutAddressSets& edit);
  Outcome apply_edit(const DeleteAddressSets& edit);
  Outcome apply_edit(const PutPrefixSet& edit);
  Outcome apply_edit(const DeletePrefixSet& edit);
  Outcome apply_edit(const PutServiceSets& edit);
  Outcome apply_edit(const DeleteServiceSets& edit);
  Outcome apply_edit(const PutRules& edit);
  Outcome apply_edit(const SpliceRules& edit);
  Outcome apply_edit(const DeleteRules& edit);
  Outcome apply_edit(const PutPortPolicy& edit);
  Outcome check() const;
  Outcome check_trunk(const PortEntry& port) const;
  Outcome check_policy(const PortEntry& port) const;
  Outcome finish_indexes();
  void derive_tracking();
  [[nodiscard]] AddressIndex::Edit& edit_addresses();
  [[nodiscard]] ServiceIndex::Edit& edit_services();
  [[nodiscard]] NetworkEntry* edit_network(NetworkId network);
  void derive(NetworkEntry& network) const;
  // A trunk with its table of VLANs; the entry as it was when that is true already.
  [[nodiscard]] std::shared_ptr<const PortEntry> with_vlans(const std::shared_ptr<const PortEntry>& trunk) const;

  const std::uint32_t ports_max_;
  std::unique_ptr<Generation> generation_;
  std::set<PortId> touched_, closed_;
  std::set<NetworkId> stale_;  // networks whose derived part must be made anew
  bool vlans_changed_ = false, policies_changed_ = false;
  std::unique_ptr<AddressIndex::Edit> addresses_;  // what the transaction makes of the running ones
  std::unique_ptr<ServiceIndex::Edit> services_;
};

}  // namespace vsw
