// What is done to packets on their way out: super-frames cut into segments, datagrams gathered into a super-frame.
#include <array>
#include <cstring>
#include <memory>

#include "action/gather.hpp"
#include "action/offload.hpp"
#include "action/segment.hpp"
#include "native/bench.hpp"
#include "native/stations.hpp"
#include "packet/pool.hpp"
#include "pipeline/prepare.hpp"
#include "wire/checksum.hpp"

namespace vsw::bench {

namespace {

constexpr std::uint16_t kSegmentSize = 1448;

// A super-frame as a container sends it: 45 segments, the checksum left to the hardware.
struct Super {
  Super() : pool(128), packet(*pool.take()) {
    const test::Bytes frame =
        test::ethernet(0x0800, test::ipv4(6, test::tcp(test::counting(std::size_t{45} * kSegmentSize - 100))));
    packet.length = 128;
    std::memcpy(packet.data, frame.data(), packet.length);
    packet.tail = pool.spill();
    packet.tail_length = static_cast<std::uint32_t>(frame.size()) - packet.length;
    std::memcpy(packet.tail, frame.data() + packet.length, packet.tail_length);
    packet.offload = {.gso = Offload::Gso::kTcp4, .needs_checksum = true, .gso_size = kSegmentSize, .checksum_start = 34,
                      .checksum_offset = 16};
    const DropReason reason = prepare(packet, false);
    keep(reason);
  }
  void segment(std::uint32_t packets) {
    Packet& segment = *pool.take();
    for (std::uint32_t done = 0; done < packets;) {
      Segmenter segmenter(packet);
      std::byte* const data = segment.data;
      while (done < packets && segmenter.next(segment)) {
        keep(segment);
        segment.data = data;
        segment.tail = nullptr;
        segment.tail_length = 0;
        ++done;
      }
    }
    pool.give(segment);
  }

  Pool pool;
  Packet& packet;
};

struct Datagrams {
  explicit Datagrams(std::size_t payload) : pool(128) {
    for (Packet*& packet : packets) {
      packet = pool.take();
      const test::Bytes frame = test::udp4_frame(1, 2, 4000, 5000, payload);
      std::memcpy(packet->data, frame.data(), frame.size());
      packet->data[20] = std::byte{0x40};  // not to be fragmented, so its id is of no account
      packet->data[24] = packet->data[25] = std::byte{0};
      const std::uint16_t sum = checksum_ipv4_header(packet->data + 14, 20);
      std::memcpy(packet->data + 24, &sum, sizeof sum);
      packet->length = static_cast<std::uint32_t>(frame.size());
      packet->offload = {.needs_checksum = true, .checksum_start = 34, .checksum_offset = 6};
      const DropReason reason = prepare(*packet, false);
      keep(reason);
    }
  }
  void gather(std::uint32_t count) {
    for (std::uint32_t done = 0; done < count;) done += gatherer.gather(packets);
  }

  Pool pool;
  std::array<Packet*, 64> packets;
  Gatherer gatherer;
};

}  // namespace

void add_action(Cases& cases) {
  cases.push_back({"segment: TCP, 1448 B", []() -> Work {
                     auto super = std::make_shared<Super>();
                     return [super](std::uint32_t packets) { super->segment(packets); };
                   }});
  for (const std::size_t payload : {std::size_t{64}, std::size_t{1000}})
    cases.push_back({"gather: UDP, " + std::to_string(payload) + " B", [payload]() -> Work {
                       auto datagrams = std::make_shared<Datagrams>(payload);
                       return [datagrams](std::uint32_t packets) { datagrams->gather(packets); };
                     }});
}

}  // namespace vsw::bench
