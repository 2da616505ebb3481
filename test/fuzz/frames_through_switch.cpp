// Fuzz target `frames_through_switch`: any frames from any port, in any order, through the whole pipeline.
//
// The input is a story: steps of one control byte and what it needs. Bits 6 and 7 say what is done: 0 and 1
// send a frame, 2 sends one with a virtio_net_hdr (10 bytes), 3 does something else (`happen`, one more byte).
// Bits 0 to 2 choose the port; bits 3, 4 and 5 help chance along: the sender's MAC and address become its own, the
// receiver's become a station's, an IPv4 header's checksum becomes right. A frame is a 16-bit length and its bytes.
//
// What must hold after every step: the law of conservation; nothing crosses networks; what leaves a port without
// offloads parses, and is no longer than its MTU allows.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <vector>

#include "base/assert.hpp"
#include "commit/dataplane.hpp"
#include "native/edits.hpp"
#include "port/open_port.hpp"
#include "wire/checksum.hpp"
#include "wire/ethernet.hpp"
#include "wire/ipv4.hpp"
#include "wire/parse.hpp"

namespace {

using namespace vsw;
using namespace vsw::test;

constexpr std::uint16_t kPorts = 8;
constexpr std::uint16_t kVlan[] = {0, 100, 200};  // by network
constexpr std::uint32_t kStepsMax = 64;
constexpr std::uint32_t kFrameMax = 4'096;

struct Place {
  std::uint16_t network;
  bool anti_spoof, offloads;
  std::uint16_t mtu;
  bool trunk = false;  // of both networks, its own native
};
// Two networks, the second with tags of its hosts; honest and loose ports, with and without offloads, small and large; a trunk.
constexpr std::array<Place, kPorts> kPlaces = {{{1, true, false, 1500}, {1, true, true, 1500}, {1, false, false, 1500},
                                                {1, false, true, 9000}, {1, false, false, 600}, {2, true, false, 1500},
                                                {2, false, false, 1500}, {1, false, false, 1500, true}}};

class Story {
 public:
  Story() : plane_({0, true, GenerationId{1}, {1, kPorts + 1, 256, 64}}) {
    Edits edits;
    edits.put_network({.id = 1, .mtu = 9000, .ether_types = {0x88cc}, .vlan = kVlan[1], .storm_broadcast = 100,
                       .storm_multicast = 100, .storm_unknown_unicast = 100, .snooping = true, .querier = true});
    edits.put_network(other(kVlan[2]));
    for (std::uint16_t id = 1; id <= kPorts; ++id) edits.put_port(planned(id));
    commit(edits);
  }

  // Every story starts from the same switch, so a file that does harm does it again.
  void begin() {
    plane_.flush_flows({});
    plane_.flush_macs({}, {}, {});
    plane_.advance(3'600'000);
    settle(1);  // the network that snoops asks
  }

  void live(const std::uint8_t* at, const std::uint8_t* end) {
    for (std::uint32_t step = 0; step < kStepsMax && at < end; ++step) {
      const std::uint8_t control = *at++;
      const auto port = static_cast<std::uint16_t>(1 + (control & 7) % kPorts);
      if (control >> 6 == 3) {
        if (at < end) happen(port, *at++);
        continue;
      }
      Offload offload;
      if (control >> 6 == 2) {
        if (end - at < 10) return;
        offload = offload_of(at);
        at += 10;
      }
      if (end - at < 2) return;
      const std::size_t wanted = (at[0] | at[1] << 8) % kFrameMax;
      at += 2;
      const auto length = std::min<std::size_t>(wanted, static_cast<std::size_t>(end - at));
      frame_.assign(reinterpret_cast<const std::byte*>(at), reinterpret_cast<const std::byte*>(at) + length);
      at += length;
      // Short inputs stand for long frames: what is missing is zero.
      frame_.resize(wanted);
      help(control, port);
      send(port, offload);
    }
  }

 private:
  static PlannedPort planned(std::uint16_t id) {
    const Place& place = kPlaces[id - 1u];
    return {.id = id, .network = place.network, .anti_spoof = place.anti_spoof, .offloads = place.offloads, .mtu = place.mtu,
            .macs_max = 8, .flows_max = 64, .trunk = place.trunk ? std::vector<std::uint16_t>{1, 2} : std::vector<std::uint16_t>{}};
  }
  static PlannedNetwork other(std::uint16_t vlan) { return {.id = 2, .name = "other", .vlan = vlan, .carries_tags = true}; }
  // What network a frame that the port sends is in; 0: none.
  static std::uint16_t network_of(std::uint16_t port, const Bytes& frame) {
    const Place& place = kPlaces[port - 1u];
    const bool tagged = frame.size() >= 18 && frame[12] == std::byte{0x81} && frame[13] == std::byte{0};
    if (!place.trunk || !tagged) return place.network;
    const std::uint32_t vlan = read(frame, 14, 2) & Vlan::kIdMask;
    return vlan == 0 || vlan == kVlan[1] ? 1 : vlan == kVlan[2] ? 2 : 0;
  }
  static Offload offload_of(const std::uint8_t* header) {
    const auto number = [&](int at) { return static_cast<std::uint16_t>(header[at] | header[at + 1] << 8); };
    Offload offload;
    offload.needs_checksum = (header[0] & 1) != 0;
    offload.checksum_valid = (header[0] & 2) != 0;
    offload.gso = static_cast<Offload::Gso>(header[1] & 0x7f);
    offload.ecn = (header[1] & 0x80) != 0;
    offload.gso_size = number(4);
    offload.checksum_start = number(6);
    offload.checksum_offset = number(8);
    return offload;
  }

  void commit(const Edits& edits) { VSW_ASSERT(plane_.commit(edits).ok()); }

  MemoryPort& memory_port(std::uint16_t id) { return *as_memory_port(*plane_.running()->port(PortId{id})->device); }

  void help(std::uint8_t control, std::uint16_t port) {
    if (frame_.size() < Ethernet::kLength) return;
    const auto receiver = static_cast<std::uint16_t>(1 + (control >> 1 & 7) % kPorts);
    const bool v4 = frame_.size() >= 34 && frame_[12] == std::byte{8} && frame_[13] == std::byte{0};
    const bool v6 = frame_.size() >= 54 && frame_[12] == std::byte{0x86} && frame_[13] == std::byte{0xdd};
    const auto put = [&](std::size_t offset, const Bytes& bytes) { std::memcpy(frame_.data() + offset, bytes.data(), bytes.size()); };
    if ((control & 8) != 0) {
      put(6, mac_of(port));
      if (v4) put(26, ip4_of(port));
      if (v6) put(22, ip6_of(port));
    }
    if ((control & 16) != 0) {
      put(0, mac_of(receiver));
      if (v4) put(30, ip4_of(receiver));
      if (v6) put(38, ip6_of(receiver));
    }
    if ((control & 32) != 0 && v4) {
      std::byte* header = frame_.data() + Ethernet::kLength;
      const std::uint32_t length = Ipv4::header_length(header);
      if (length < Ipv4::kLength || Ethernet::kLength + length > frame_.size()) return;
      const std::uint16_t checksum = checksum_ipv4_header(header, length);
      std::memcpy(header + Ipv4::kChecksum, &checksum, sizeof checksum);
    }
  }

  void happen(std::uint16_t port, std::uint8_t what) {
    const std::uint16_t network = kPlaces[port - 1u].network;
    switch (what & 63) {  // commits are rare: each costs as much as thousands of frames
      case 0: plane_.advance(1); break;
      case 1: plane_.advance(1'000); break;
      case 2: plane_.advance(60'000); break;
      case 3: plane_.flush_flows(PortId{port}); break;
      case 4: plane_.flush_macs(NetworkId{network}, PortId{port}, {}); break;
      case 5: {  // a port is closed and comes back: what traffic taught of it is gone, the port is the same
        Edits edits;
        edits.close_port(port);
        commit(edits);
        Edits again;
        again.put_port(planned(port));
        commit(again);
        break;
      }
      case 6: {  // what it may hold changes, while flows rest on it
        PlannedPort plan = planned(port);
        plan.flows_max = 1;
        Edits edits, back;
        edits.put_port(plan);
        commit(edits);
        back.put_port(planned(port));
        commit(back);
        break;
      }
      case 7: {  // a network's tag changes, and changes back
        Edits edits, back;
        edits.put_network(other(kVlan[2] + 1));
        commit(edits);
        back.put_network(other(kVlan[2]));
        commit(back);
        break;
      }
      default: plane_.advance(100); break;
    }
    settle(1);  // where nobody sent, only the network that snoops may hear something: a query
  }

  void send(std::uint16_t port, const Offload& offload) {
    if (!memory_port(port).send(frame_, offload)) return;
    plane_.run();
    settle(network_of(port, frame_));
  }

  // Takes what was transmitted, and holds it against what must be. Only ports of `network` may have got anything.
  void settle(std::uint16_t network) {
    for (std::uint16_t id = 1; id <= kPorts; ++id) {
      const Place& place = kPlaces[id - 1u];
      Offload offload;
      while (memory_port(id).receive_frame(received_, offload)) {
        VSW_ASSERT(place.trunk ? network != 0 : place.network == network);
        if (place.trunk) {
          VSW_ASSERT(network_of(id, received_) == network && has_tag(received_) == (network != place.network));
          if (has_tag(received_)) received_.erase(received_.begin() + 12, received_.begin() + 16);
        }
        if (place.offloads) continue;
        Headers headers;
        VSW_ASSERT(offload.gso == Offload::Gso::kNone && !offload.needs_checksum);
        VSW_ASSERT(parse(received_, static_cast<std::uint32_t>(received_.size()), false, headers) == ParseError::kNone);
        const std::uint32_t inside = (headers.end != 0 ? headers.end : static_cast<std::uint32_t>(received_.size())) - headers.l3;
        VSW_ASSERT(inside <= place.mtu);
      }
    }
    hold_the_law();
  }

  static bool has_tag(const Bytes& frame) { return frame[12] == std::byte{0x81} && frame[13] == std::byte{0}; }

  void hold_the_law() {
    std::uint64_t offered = 0, forwarded = 0, copied = 0, originated = 0;
    Counters& counters = plane_.fabric().counters;
    for (std::uint16_t id = 0; id <= kPorts; ++id) {
      const auto read = [&](Counter counter) { return counters.read(PortId{id}, counter); };
      VSW_ASSERT(read(Counter::k_received_packets) == read(Counter::k_forwarded_packets) + read(Counter::k_consumed_packets) +
                                                          read(Counter::k_dropped_packets) + read(Counter::k_held_packets));
      VSW_ASSERT(read(Counter::k_offered_packets) ==
                 read(Counter::k_transmitted_packets) + read(Counter::k_transmit_dropped_packets));
      offered += read(Counter::k_offered_packets);
      forwarded += read(Counter::k_forwarded_packets);
      copied += read(Counter::k_copied_packets);
      originated += read(Counter::k_originated_packets);
    }
    VSW_ASSERT(offered == forwarded + copied + originated);
    VSW_ASSERT(counters.read_drops(PortId{0}, DropReason::k_bug, false) == 0);
  }

  Dataplane plane_;
  Bytes frame_, received_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Story story;
  story.begin();
  story.live(data, data + size);
  return 0;
}
