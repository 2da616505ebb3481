#include "commit/publisher.hpp"

#include <algorithm>

#include "port/open_port.hpp"

namespace vsw {

namespace {

// Equal means: the same device, which can be changed in place.
bool same_device(const PortSettings& one, const PortSettings& other) {
  return one.type == other.type && one.netns == other.netns && one.device == other.device &&
         one.offloads == other.offloads && one.queues == other.queues && one.pcap_read == other.pcap_read && one.pcap_write == other.pcap_write &&
         one.pcap_repeat == other.pcap_repeat &&
         (one.type == PortType::kTap || one.type == PortType::kPcap || one.type == PortType::kMemory);
}

// A TAP is made for its number of queues, and cannot be made anew under a name that is still taken.
Outcome keeps_queues(const PortEntry* before, const PortEntry& after) {
  if (before == nullptr || !before->device || before->settings.type != PortType::kTap || after.settings.type != PortType::kTap ||
      before->settings.netns != after.settings.netns || before->settings.device != after.settings.device ||
      before->settings.queues == after.settings.queues)
    return Done{};
  return Error{ErrorCode::kDeviceClash,
               "a TAP keeps the number of its queues as long as it stands: write spec.queues: " +
                   std::to_string(before->settings.queues) + ", or delete the port first and apply it then",
               after.id.value};
}

// What was learned at a port in this network, when it has gone, left, or may hold nothing undeclared any more.
bool forgets_macs(const PortEntry& before, const PortEntry* after, NetworkId network) {
  if (before.anti_spoof) return false;
  return after == nullptr || !after->device || after->anti_spoof || !after->is_in(network);
}

}  // namespace

Publisher::Publisher(Fabric& fabric, GenerationId first) : fabric_(fabric) {
  auto generation = std::make_shared<Generation>();
  generation->id = first;
  fabric_.generation.store(generation.get(), std::memory_order_seq_cst);
  running_ = std::move(generation);
}

// Memberships end with the port that asked, and with the network's wish to know of them.
void Publisher::forget_groups(const Generation& before, const Generation& after, const std::set<PortId>& touched) {
  for (const PortId id : touched) {
    const PortEntry* old_entry = before.port(id);
    const PortEntry* new_entry = after.port(id);
    if (old_entry == nullptr) continue;
    for (const NetworkId network : old_entry->networks())
      if (new_entry == nullptr || !new_entry->device || !new_entry->is_in(network)) fabric_.groups.forget(network, id);
  }
  for (const auto& network : before.networks) {
    if (!network || !network->multicast.snooping) continue;
    const NetworkEntry* now = after.network(network->id);
    if (now != nullptr && now->multicast.snooping) continue;
    fabric_.groups.forget(network->id, {});
    fabric_.queriers.forget(network->id);
    for (const bool v6 : {false, true}) fabric_.groups.set_filters(network->id, v6, false);
  }
}

void Publisher::undo(std::vector<Change>& changes) {
  for (auto change = changes.rbegin(); change != changes.rend(); ++change) {
    if (change->kind == Change::Kind::kOpened) abandon_port(*change->device);
    else (void)reconfigure_port(*change->device, change->after, change->before);
  }
}

// Gives each port that was put its device: its own, changed in place; the one of a port that leaves
// in the same transaction; or a new one.
Outcome Publisher::open_devices(Draft& draft, std::vector<Change>& changes, Receipt& receipt,
                                std::vector<std::shared_ptr<Port>>& adopted) {
  for (const PortId id : std::set<PortId>(draft.touched())) {
    const PortEntry* before = running_->port(id);
    if (draft.port(id) == nullptr) continue;
    if (draft.closed().contains(id)) {
      receipt.ports.push_back({id, false, "closed"});
      continue;
    }
    PortEntry* entry = draft.edit_port(id);
    PortOutcome outcome{id, true, ""};

    const PortEntry* owner = before != nullptr && before->device && entry->device ? before : nullptr;
    if (Outcome kept = keeps_queues(before, *entry); !kept) return kept;
    if (owner != nullptr && !same_device(owner->settings, entry->settings)) owner = nullptr;
    for (const PortId other : draft.touched()) {
      const PortEntry* leaving = owner == nullptr && draft.port(other) == nullptr ? running_->port(other) : nullptr;
      if (leaving != nullptr && leaving->device && leaving->settings.type == PortType::kTap &&
          same_device(leaving->settings, entry->settings))
        owner = leaving;
    }
    if (owner != nullptr) {
      Outcome changed = reconfigure_port(*owner->device, owner->settings, entry->settings);
      if (!changed) {
        changed.error().subject = id.value;
        return changed;
      }
      changes.push_back({Change::Kind::kReconfigured, owner->device, owner->settings, entry->settings});
      if (owner->id != id) adopted.push_back(owner->device);
      Result<std::shared_ptr<Port>> wrapped =
          wrap_port(owner->device, &owner->settings, entry->settings, entry->name, fabric_.clock);
      if (!wrapped) {
        wrapped.error().subject = id.value;
        return wrapped.error();
      }
      entry->device = std::move(wrapped.value());
      entry->info = entry->device->info();
      receipt.ports.push_back(std::move(outcome));
      continue;
    }
    Result<std::shared_ptr<Port>> opened = open_port(entry->settings, fabric_.clock, fabric_.limits.workers);
    if (opened) {
      changes.push_back({Change::Kind::kOpened, opened.value(), {}, entry->settings});
      Result<std::shared_ptr<Port>> wrapped =
          wrap_port(opened.value(), nullptr, entry->settings, entry->name, fabric_.clock);
      if (!wrapped) {
        wrapped.error().subject = id.value;
        return wrapped.error();
      }
      entry->device = std::move(wrapped.value());
      entry->info = entry->device->info();
    } else if (opened.error().code == ErrorCode::kNamespaceAbsent) {
      entry->device = nullptr;
      entry->info = {};
      outcome.ready = false;
      outcome.message = opened.error().message;
    } else {
      opened.error().subject = id.value;
      return opened.error();
    }
    receipt.ports.push_back(std::move(outcome));
  }
  return Done{};
}

Result<Receipt> Publisher::commit(const Transaction& transaction) {
  const std::shared_ptr<const Generation> before = running();
  const GenerationId next{before->id.value + 1};
  Draft draft(*before, next, fabric_.limits.ports);
  if (Outcome applied = draft.apply(transaction); !applied) return applied.error();

  Receipt receipt{next, {}};
  std::vector<Change> changes;
  std::vector<std::shared_ptr<Port>> adopted;
  if (Outcome opened = open_devices(draft, changes, receipt, adopted); !opened) {
    undo(changes);
    return opened.error();
  }
  const std::set<PortId> touched = draft.touched();
  std::shared_ptr<const Generation> after = draft.finish();

  // Devices that are no longer used by their port are taken from the workers first.
  std::vector<std::pair<PortId, std::shared_ptr<Port>>> leaving, arriving;
  std::vector<PortId> deleted;
  std::vector<std::shared_ptr<Port>> unwanted;  // whose device shall go, too
  for (const PortId id : touched) {
    const PortEntry* old_entry = before->port(id);
    const PortEntry* new_entry = after->port(id);
    const std::shared_ptr<Port> old_device = old_entry != nullptr ? old_entry->device : nullptr;
    const std::shared_ptr<Port> new_device = new_entry != nullptr ? new_entry->device : nullptr;
    if (old_entry != nullptr && new_entry == nullptr) deleted.push_back(id);
    if (old_device == new_device) continue;
    if (old_device) {
      leaving.emplace_back(id, old_device);
      // A device that only got other ports around it is still in use.
      const bool is_left = !new_device || innermost(old_device) != innermost(new_device);
      if (is_left && std::find(adopted.begin(), adopted.end(), old_device) == adopted.end())
        unwanted.push_back(old_device);
    }
    if (new_device) arriving.emplace_back(id, new_device);
  }

  publish(after);
  for (const auto& [id, device] : leaving) {
    links_.remove(device->change_fd());
    workers_->detach(id);
  }
  for (const PortId id : deleted) workers_->flush_flows(id);
  workers_->settle();
  // From here on nobody judges by the old generation.
  for (const PortId id : touched)
    if (const PortEntry* port = before->port(id); port != nullptr)
      for (const NetworkId network : port->networks())
        if (forgets_macs(*port, after->port(id), network)) fabric_.macs.flush(network, id, {});
  forget_groups(*before, *after, touched);
  for (const PortId id : touched)
    if (const PortEntry* port = after->port(id); port != nullptr)
      for (const NetworkId network : port->networks()) fabric_.macs.forget(network, port->settings.mac);
  for (const Edit& edit : transaction.edits())
    if (const auto* put = std::get_if<PutStaticMac>(&edit)) fabric_.macs.forget(NetworkId{put->network}, put->mac);
  for (const PortId id : deleted) {
    fabric_.counters.retire(id);
    fabric_.drop_log.forget(id, fabric_.clock.now_ns());
    fabric_.storms.forget(id);
    fabric_.decisions.forget(id);
    fabric_.loops.let_go(id);
    fabric_.answers(id).reset();
  }
  for (const auto& device : unwanted) remove_device(*device);
  for (const auto& [id, device] : arriving) {
    workers_->attach(id, *device);
    links_.add(id, device->change_fd());
  }
  workers_->settle();
  return receipt;
}

void Publisher::publish(std::shared_ptr<const Generation> next) {
  fabric_.generation.store(next.get(), std::memory_order_seq_cst);
  const std::lock_guard guard(mutex_);
  running_ = std::move(next);
}

void Publisher::close() {
  auto empty = std::make_shared<Generation>();
  empty->id = running_->id;
  publish(std::move(empty));
}

}  // namespace vsw
