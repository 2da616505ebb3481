// Egress: packets on their way out, gathered by receiver and transmitted in batches.
// Home: worker.
//
// `offer` keeps a packet until `flush`, which counts it as offered; between packets of one ingress port to
// one receiver in one VLAN the order is kept. What a receiver does not take as it is, a super-frame or a partial
// checksum, is segmented or completed here, and a trunk gets its tag: put on in place for the moment of
// transmitting, with the priority that the packet came with. Every packet offered ends as transmitted or as dropped by
// name on the transmit side. Packets are not owned: the caller gives them back to the pool after
// `flush`, so one packet may be offered to many receivers.
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include "action/gather.hpp"
#include "action/offload.hpp"
#include "packet/batch.hpp"
#include "packet/pool.hpp"
#include "pipeline/deliver.hpp"
#include "table/port_table.hpp"
#include "telemetry/counters.hpp"
#include "telemetry/drop_log.hpp"
#include "worker/capture_tap.hpp"

namespace vsw {

class Egress {
 public:
  // `worker` of `workers`: whose packets these are.
  Egress(Pool& pool, CounterPage page, DropLog& drop_log, CaptureTap& capture, std::uint32_t worker,
         std::uint32_t workers) noexcept
      : pool_(pool), page_(page), drop_log_(drop_log), capture_(capture), worker_(worker), workers_(workers) {}

  // The receiver is in the packet's network. False: it is too large for the receiver, and will be dropped.
  bool offer(const PortEntry& receiver, const NetworkEntry& network, Packet& packet) noexcept {
    Group& group = group_of({&receiver, receiver.vlan_for(network)});
    last_ = {receiver.id, receiver.settings.mtu, &network, &group};
    group.add(packet);
    const bool fits = mtu_for(packet) <= receiver.settings.mtu;
    if (!fits || !takes(receiver.info, packet)) group.is_simple = false;
    return fits;
  }
  // Most often a packet is plain, fits, and goes where the one before went. False: otherwise, it is still to be offered.
  bool offer_again(PortId receiver, const NetworkEntry& network, Packet& packet) noexcept {
    const bool plain = packet.offload.is_plain();
    if (!plain || last_.receiver != receiver || last_.network != &network || mtu_for(packet) > last_.mtu) return false;
    last_.group->add(packet);
    return true;
  }
  // The receiver is offered the packet and does not get it.
  void refuse(const PortEntry& receiver, const NetworkEntry& network, Packet& packet, DropReason reason,
              std::uint64_t now_ns) noexcept;
  // Transmits all that was offered. `now_ns` dates the drops.
  void flush(std::uint64_t now_ns) noexcept;

 private:
  struct Target {
    const PortEntry* receiver = nullptr;
    std::uint16_t vlan = 0;  // 0: without a tag
    bool operator==(const Target&) const noexcept = default;
  };
  struct Sum {
    std::uint64_t packets = 0, bytes = 0;  // as on a wire, without a trunk's tag
  };
  struct Group {
    Target target;
    std::uint32_t size = 0;
    bool is_simple = true;  // the receiver has a device; each fits, and is taken as it is
    Sum sum;
    std::array<Packet*, Batch::kCapacity> packets;
    void add(Packet& packet) noexcept {
      VSW_ASSERT(size < packets.size());
      packets[size++] = &packet;
      sum.packets += packet.wire_packets;
      sum.bytes += packet.wire_bytes();
    }
  };
  struct Last {  // where the packet offered last went; without a network: none was offered since the last flush
    PortId receiver;
    std::uint16_t mtu = 0;
    const NetworkEntry* network = nullptr;
    Group* group = nullptr;
  };
  [[nodiscard]] Group& group_of(const Target& target) noexcept;
  void transmit(const Group& group, std::uint64_t now_ns) noexcept;
  [[nodiscard]] Packet* copy_of(const Packet& packet) noexcept;
  void transmit_gathered(const Target& target, std::span<Packet* const> packets, std::uint64_t now_ns) noexcept;
  void transmit_ready(const Target& target, std::span<Packet* const> packets, std::uint64_t now_ns, const Sum* sum = nullptr) noexcept;
  void transmit_segments(const Target& target, Packet& super, std::uint64_t now_ns) noexcept;
  void drop(const Target& target, Packet& packet, DropReason reason, std::uint64_t packets, std::uint64_t bytes,
            std::uint64_t now_ns) noexcept;

  Pool& pool_;
  CounterPage page_;
  DropLog& drop_log_;
  CaptureTap& capture_;
  const std::uint32_t worker_, workers_;
  std::uint32_t group_count_ = 0;
  std::array<Group, Batch::kCapacity> groups_;
  Last last_;
  Gatherer gatherer_;
};

}  // namespace vsw
