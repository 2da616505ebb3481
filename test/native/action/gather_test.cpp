// Datagrams gathered into a super-frame are, segmented again, what they were.
#include "action/gather.hpp"

#include <memory>
#include <vector>

#include "action/offload.hpp"
#include "action/segment.hpp"
#include "native/held_packet.hpp"
#include "native/tap.hpp"

using namespace vsw;
using namespace vsw::test;

namespace {

struct Datagram {
  std::size_t length = 64;
  bool v6 = false;
  std::uint16_t id = 0, flags = 0x4000;  // not to be fragmented
  std::uint16_t port = 4000;
  Bytes options{};
};

// A whole frame with a right checksum.
Bytes frame_of(const Datagram& datagram) {
  Bytes message = udp(counting(datagram.length));
  write(message, 0, datagram.port, 2);
  write(message, 6, 0, 2);
  const std::uint32_t pseudo = datagram.v6 ? pseudo_sum(kSource6, kDestination6, 17, message.size())
                                           : pseudo_sum(kSource4, kDestination4, 17, message.size());
  write(message, 6, 0xffff ^ naive_sum(message, pseudo), 2);
  if (datagram.v6) return ethernet(0x86dd, ipv6(17, message));
  Bytes packet = ipv4(17, message, datagram.flags, datagram.options);
  write(packet, 4, datagram.id, 2);
  Bytes header(packet.begin(), packet.begin() + 20 + static_cast<std::ptrdiff_t>(datagram.options.size()));
  repair_ipv4(header);
  std::copy(header.begin(), header.end(), packet.begin());
  return ethernet(0x0800, packet);
}

class Train {
 public:
  explicit Train(const std::vector<Bytes>& frames, const Offload& offload = {}) {
    for (const Bytes& frame : frames) {
      held_.push_back(std::make_unique<HeldPacket>(frame, offload));
      CHECK(held_.back()->error == ParseError::kNone);
      CHECK(check_offload(held_.back()->packet));
      packets_.push_back(&held_.back()->packet);
    }
  }
  std::uint32_t gather(std::size_t from = 0) { return gatherer.gather(std::span(packets_).subspan(from)); }
  [[nodiscard]] std::vector<Bytes> segments() {
    std::vector<Bytes> all;
    Segmenter segmenter(gatherer.gathered());
    for (;;) {
      HeldPacket into;
      if (!segmenter.next(into.packet)) return all;
      all.push_back(into.bytes());
    }
  }
  Packet& packet(std::size_t i) { return *packets_[i]; }
  Gatherer gatherer;

 private:
  std::vector<std::unique_ptr<HeldPacket>> held_;
  std::vector<Packet*> packets_;
};

std::vector<Bytes> train_of(std::size_t count, Datagram datagram = {}, bool ids = true) {
  std::vector<Bytes> frames;
  for (std::size_t i = 0; i < count; ++i, datagram.id = static_cast<std::uint16_t>(datagram.id + (ids ? 1 : 0)))
    frames.push_back(frame_of(datagram));
  return frames;
}

std::uint32_t gathered_of(const std::vector<Bytes>& frames) { return Train(frames).gather(); }

}  // namespace

TEST("action/gather: what was gathered is segmented into the same frames, by our segmenter") {
  for (const bool v6 : {false, true})
    for (const std::size_t length : {1u, 22u, 64u, 1000u}) {
      std::vector<Bytes> frames = train_of(10, {.length = length, .v6 = v6, .id = 0xfffb, .flags = 0});
      if (length > 1) frames.push_back(frame_of({.length = length - 1, .v6 = v6, .id = 5, .flags = 0}));
      Train train(frames);
      CHECK_EQUAL(train.gather(), static_cast<std::uint32_t>(frames.size()));
      Packet& super = train.gatherer.gathered();
      CHECK_EQUAL(super.wire_packets, static_cast<std::uint16_t>(frames.size()));
      std::uint64_t bytes = 0;
      for (const Bytes& frame : frames) bytes += frame.size();
      CHECK_EQUAL(super.wire_bytes(), bytes);
      Packet checked = super;
      CHECK(check_offload(checked));  // as the receiver's kernel would hold it against its headers
      CHECK_EQUAL(checked.wire_packets, super.wire_packets);
      CHECK(train.segments() == frames);
    }
}

TEST("action/gather: partial checksums are the sender's word, and come out complete") {
  Offload partial;
  partial.needs_checksum = true;
  partial.checksum_start = 34;
  partial.checksum_offset = 6;
  const std::vector<Bytes> whole = train_of(3);
  std::vector<Bytes> frames = whole;
  for (Bytes& frame : frames) write(frame, 40, pseudo_sum(kSource4, kDestination4, 17, frame.size() - 34), 2);
  Train train(frames, partial);
  CHECK_EQUAL(train.gather(), 3u);
  CHECK(train.segments() == whole);
}

TEST("action/gather: a shorter one is the last, a longer one begins anew") {
  std::vector<Bytes> frames = train_of(2);
  frames.push_back(frame_of({.length = 10, .id = 2}));
  frames.push_back(frame_of({.length = 64, .id = 3}));
  Train train(frames);
  CHECK_EQUAL(train.gather(), 3u);
  CHECK_EQUAL(train.gather(3), 1u);
  CHECK_EQUAL(gathered_of({frame_of({.length = 10}), frame_of({.length = 64, .id = 1})}), 1u);
}

TEST("action/gather: at most 64, and no longer than a datagram may be") {
  CHECK_EQUAL(gathered_of(train_of(70)), Gatherer::kDatagramsMax);
  const std::vector<Bytes> large = train_of(60, {.length = 1400});
  Train train(large);
  const std::uint32_t count = train.gather();
  CHECK_EQUAL(count, (65'535u - 42u) / 1400u);
  CHECK(train.segments() == std::vector<Bytes>(large.begin(), large.begin() + count));
}

TEST("action/gather: IPv4 ids count up, or do not matter because nothing may be fragmented") {
  CHECK_EQUAL(gathered_of(train_of(3, {.id = 7, .flags = 0})), 3u);
  CHECK_EQUAL(gathered_of(train_of(3, {.id = 7, .flags = 0}, false)), 1u);
  CHECK_EQUAL(gathered_of(train_of(3, {.id = 0}, false)), 3u);
}

TEST("action/gather: what differs, or has no right checksum, goes alone") {
  const auto second = [](const auto& change) {
    std::vector<Bytes> frames = train_of(2);
    change(frames[1]);
    return gathered_of(frames);
  };
  CHECK_EQUAL(second([](Bytes&) {}), 2u);
  CHECK_EQUAL(second([](Bytes& frame) { frame[5] ^= std::byte{1}; }), 1u);    // another MAC
  CHECK_EQUAL(second([](Bytes& frame) { frame[43] ^= std::byte{1}; }), 1u);   // the payload, so the sum is wrong
  CHECK_EQUAL(second([](Bytes& frame) { write(frame, 40, 0, 2); }), 1u);      // no checksum
  CHECK_EQUAL(second([](Bytes& frame) { frame = frame_of({.id = 1, .port = 4001}); }), 1u);
  CHECK_EQUAL(second([](Bytes& frame) { frame = frame_of({.id = 1, .options = from_hex("01010101")}); }), 1u);
  CHECK_EQUAL(second([](Bytes& frame) { frame = frame_of({.v6 = true}); }), 1u);
  CHECK_EQUAL(second([](Bytes& frame) { frame.push_back(std::byte{0}); }), 1u);  // padding
  CHECK_EQUAL(second([](Bytes& frame) {  // another priority of traffic
                frame[15] = std::byte{4};
                Bytes header(frame.begin() + 14, frame.begin() + 34);
                repair_ipv4(header);
                std::copy(header.begin(), header.end(), frame.begin() + 14);
              }), 1u);
  Train tagged(train_of(2));
  tagged.packet(1).tag = 5 << 13;
  CHECK_EQUAL(tagged.gather(), 1u);
}

TEST("action/gather: TCP, fragments and super-frames go alone") {
  const Bytes segment = ethernet(0x0800, ipv4(6, tcp(counting(64))));
  CHECK_EQUAL(gathered_of({segment, segment}), 1u);
  const Bytes fragment = ethernet(0x0800, ipv4(17, udp(counting(64)), 0x2000));
  CHECK_EQUAL(gathered_of({fragment, fragment}), 1u);
}
