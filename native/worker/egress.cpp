#include "worker/egress.hpp"

#include <cstring>

#include "action/segment.hpp"
#include "action/tag.hpp"
#include "worker/steering.hpp"

namespace vsw {

Egress::Group& Egress::group_of(const Target& target) noexcept {
  for (std::uint32_t i = 0; i < group_count_; ++i)
    if (groups_[i].target == target) return groups_[i];
  // A batch has at most as many unicast receivers as packets; floods flush before they fan out.
  VSW_ASSERT(group_count_ < groups_.size());
  Group& group = groups_[group_count_++];
  group.target = target;
  group.size = 0;
  group.is_simple = target.receiver->device != nullptr;
  group.sum = {};
  return group;
}

void Egress::refuse(const PortEntry& receiver, const NetworkEntry& network, Packet& packet, DropReason reason,
                    std::uint64_t now_ns) noexcept {
  page_.add(receiver.id, Counter::k_offered_packets, packet.wire_packets);
  drop({&receiver, receiver.vlan_for(network)}, packet, reason, packet.wire_packets, packet.wire_bytes(), now_ns);
}

void Egress::flush(std::uint64_t now_ns) noexcept {
  for (std::uint32_t i = 0; i < group_count_; ++i) {
    const Group& group = groups_[i];
    page_.add(group.target.receiver->id, Counter::k_offered_packets, group.sum.packets);
    transmit(group, now_ns);
  }
  group_count_ = 0;
  last_ = {};
}

// Counts and notes what the receiver would have got; the packet is as it was afterwards.
void Egress::drop(const Target& target, Packet& packet, DropReason reason, std::uint64_t packets, std::uint64_t bytes,
                  std::uint64_t now_ns) noexcept {
  if (target.vlan != 0) {
    bytes += packets * Vlan::kLength;
    put_on_tag(packet, target.vlan | packet.priority());
  }
  page_.drop_transmitted(target.receiver->id, reason, packets, bytes);
  drop_log_.write_transmitted(target.receiver->id, packet.ingress, reason, now_ns, packet.head(), packet.frame_length(),
                              packet.wire_packets);
  if (capture_.active()) capture_.write(worker_, target.receiver->id, packet, true, reason, now_ns);
  if (target.vlan != 0) take_off_tag(packet);
}

// Sorts out what cannot be delivered, and hands on runs of packets that the receiver takes as they are.
void Egress::transmit(const Group& group, std::uint64_t now_ns) noexcept {
  const Target& target = group.target;
  const PortEntry& receiver = *target.receiver;
  const std::span<Packet* const> packets{group.packets.data(), group.size};
  if (group.is_simple && !receiver.info.likes_udp_gathered) return transmit_ready(target, packets, now_ns, &group.sum);
  std::array<Packet*, Batch::kCapacity> ready, completed;
  std::uint32_t count = 0, completed_count = 0;
  for (Packet* packet : packets) {
    if (!receiver.device) {
      drop(target, *packet, DropReason::k_port_closed, packet->wire_packets, packet->wire_bytes(), now_ns);
      continue;
    }
    if (mtu_for(*packet) > receiver.settings.mtu) {
      drop(target, *packet, DropReason::k_mtu_exceeded, packet->wire_packets, packet->wire_bytes(), now_ns);
      continue;
    }
    if (!takes(receiver.info, *packet)) {
      if (packet->offload.gso != Offload::Gso::kNone) {
        transmit_gathered(target, {ready.data(), count}, now_ns);
        count = 0;
        transmit_segments(target, *packet, now_ns);
        continue;
      }
      // Another receiver may take it as it is, so a copy is completed.
      Packet* copy = copy_of(*packet);
      if (copy == nullptr) {
        drop(target, *packet, DropReason::k_out_of_packets, 1, packet->wire_bytes(), now_ns);
        continue;
      }
      complete_checksum(*copy);
      completed[completed_count++] = packet = copy;
    }
    ready[count++] = packet;
  }
  transmit_gathered(target, {ready.data(), count}, now_ns);
  for (std::uint32_t i = 0; i < completed_count; ++i) pool_.give(*completed[i]);
}

// The headers' piece is copied, the tail shared; null when the pool is empty.
Packet* Egress::copy_of(const Packet& packet) noexcept {
  Packet* copy = pool_.take();
  if (copy == nullptr) return nullptr;
  std::byte* data = copy->data;
  *copy = packet;
  copy->data = data;
  std::memcpy(data, packet.data, packet.length);
  return copy;
}

// In order: what travels together is transmitted as one, the runs between as they are.
void Egress::transmit_gathered(const Target& target, std::span<Packet* const> packets, std::uint64_t now_ns) noexcept {
  if (!target.receiver->info.likes_udp_gathered) return transmit_ready(target, packets, now_ns);
  std::size_t sent = 0, at = 0;
  while (at < packets.size()) {
    const std::uint32_t count = gatherer_.gather(packets.subspan(at));
    if (count > 1) {
      transmit_ready(target, packets.subspan(sent, at - sent), now_ns);
      Packet* const gathered = &gatherer_.gathered();
      gathered->ingress = packets[at]->ingress;
      transmit_ready(target, {&gathered, 1}, now_ns);
      sent = at + count;
    }
    at += count;
  }
  transmit_ready(target, packets.subspan(sent), now_ns);
}

// `sum` is that of the packets, where it is known.
void Egress::transmit_ready(const Target& target, std::span<Packet* const> packets, std::uint64_t now_ns,
                            const Sum* sum) noexcept {
  if (packets.empty()) return;
  const PortEntry& receiver = *target.receiver;
  if (target.vlan != 0)
    for (Packet* packet : packets) put_on_tag(*packet, target.vlan | packet->priority());
  const std::uint32_t queues = receiver.info.queues;
  Port& queue = queues == 1 ? *receiver.device : receiver.device->queue(Steering(receiver.id, queues, workers_).queue_of(worker_));
  std::uint64_t lost = 0;
  const std::uint64_t taken =
      receiver.info.injects_faults ? queue.transmit_through_faults(packets, lost) : queue.transmit(packets);
  if (capture_.active())
    for (std::size_t i = 0; i < packets.size(); ++i)
      if ((taken >> i & 1) != 0) capture_.write(worker_, receiver.id, *packets[i], true, DropReason::kNone, now_ns);
  Sum transmitted;
  const std::uint64_t all = ~std::uint64_t{0} >> (Batch::kCapacity - packets.size());
  const bool all_known = sum != nullptr && target.vlan == 0 && (taken & all) == all;
  if (all_known) transmitted = *sum;
  for (std::size_t i = 0; i < packets.size() && !all_known; ++i) {
    Packet& packet = *packets[i];
    const std::uint64_t wire_bytes = packet.wire_bytes();
    if (target.vlan != 0) take_off_tag(packet);
    if ((taken >> i & 1) != 0) {
      transmitted.packets += packet.wire_packets;
      transmitted.bytes += wire_bytes;
    } else {
      const DropReason reason = (lost >> i & 1) != 0 ? DropReason::k_fault_injected : DropReason::k_device_refused;
      drop(target, packet, reason, packet.wire_packets, packet.wire_bytes(), now_ns);
    }
  }
  page_.add(receiver.id, Counter::k_transmitted_packets, transmitted.packets);
  page_.add(receiver.id, Counter::k_transmitted_bytes, transmitted.bytes);
}

void Egress::transmit_segments(const Target& target, Packet& super, std::uint64_t now_ns) noexcept {
  Segmenter segmenter(super);
  std::array<Packet*, 32> segments;
  bool more = true;
  while (more) {
    std::uint32_t count = 0;
    while (count < segments.size()) {
      const std::uint32_t remaining = segmenter.remaining();
      Packet* segment = remaining > 0 ? pool_.take() : nullptr;
      if (segment == nullptr) {
        more = remaining > 0 && count > 0;  // with some in flight, transmitting them frees buffers
        if (!more && remaining > 0)
          drop(target, super, DropReason::k_out_of_packets, remaining,
               std::uint64_t{remaining} * (super.headers.payload + super.offload.gso_size), now_ns);
        break;
      }
      if (!segmenter.next(*segment)) {
        pool_.give(*segment);
        more = false;
        break;
      }
      segment->ingress = super.ingress;
      segments[count++] = segment;
    }
    transmit_ready(target, {segments.data(), count}, now_ns);
    for (std::uint32_t i = 0; i < count; ++i) pool_.give(*segments[i]);
  }
}

}  // namespace vsw
