#include "port/fault_port.hpp"

#include <poll.h>

#include "native/frames.hpp"
#include "native/small_switch.hpp"
#include "native/tap.hpp"

using namespace vsw;
using namespace vsw::test;

namespace {

FaultSettings faults(std::uint32_t loss, std::uint32_t repeat, std::uint32_t corrupt, std::uint32_t delay_ms = 0) {
  return {7, loss, repeat, corrupt, delay_ms, true, true};
}

Bytes numbered(std::uint32_t number, std::size_t length = 60) {
  Bytes frame = counting(length);
  write(frame, 0, number, 4);
  return frame;
}

Bytes bytes_of(const Packet& packet) {
  Bytes bytes(packet.data, packet.data + packet.length);
  if (packet.tail_length > 0) bytes.insert(bytes.end(), packet.tail, packet.tail + packet.tail_length);
  return bytes;
}

struct Lab {
  explicit Lab(const FaultSettings& settings, Clock::Kind kind = Clock::Kind::kVirtual)
      : clock(kind), inner(std::make_shared<MemoryPort>(true)), port(inner, settings, clock) {}

  std::vector<Bytes> receive() {
    std::vector<Bytes> frames;
    for (bool drained = false; !drained;) {
      Batch batch;
      drained = port.receive(pool, batch);
      for (Packet* packet : batch.packets()) {
        frames.push_back(bytes_of(*packet));
        offloads.push_back(packet->offload);
        pool.give(*packet);
      }
      batch.release();
    }
    return frames;
  }
  // The masks of what was taken and of what was lost.
  std::pair<std::uint64_t, std::uint64_t> transmit(const std::vector<Bytes>& frames) {
    std::vector<Packet*> packets;
    for (const Bytes& frame : frames) {
      Packet* packet = pool.take();
      std::memcpy(packet->data, frame.data(), frame.size());
      packet->length = static_cast<std::uint32_t>(frame.size());
      packets.push_back(packet);
    }
    std::uint64_t lost = 0;
    const std::uint64_t taken = port.transmit_through_faults(packets, lost);
    for (std::size_t i = 0; i < frames.size(); ++i) {
      CHECK(bytes_of(*packets[i]) == frames[i]);  // others may be offered the same packet
      pool.give(*packets[i]);
    }
    return {taken, lost};
  }
  std::vector<Bytes> outside() {
    std::vector<Bytes> frames;
    Offload offload;
    for (Bytes frame; inner->receive_frame(frame, offload);) frames.push_back(frame);
    return frames;
  }

  Clock clock;
  Pool pool{256};
  std::shared_ptr<MemoryPort> inner;
  FaultPort port;
  std::vector<Offload> offloads;
};

std::uint32_t number_of(const Bytes& frame) { return read(frame, 0, 4); }

// Which of the first frames a seed loses, told a second time in other words.
std::vector<std::uint32_t> survivors(std::uint64_t stream, std::uint32_t count, double share) {
  std::vector<std::uint32_t> left;
  for (std::uint32_t n = 0; n < count; ++n)
    if (static_cast<double>(fault_word(stream, n, 0)) / 18'446'744'073'709'551'616.0 >= share) left.push_back(n);
  return left;
}

std::size_t different_bits(const Bytes& one, const Bytes& other) {
  std::size_t bits = 0;
  for (std::size_t i = 0; i < one.size(); ++i)
    bits += static_cast<std::size_t>(__builtin_popcount(std::to_integer<unsigned>(one[i] ^ other[i])));
  return bits;
}

}  // namespace

TEST("port/fault_port: a word follows from stream, number and question alone (splitmix64's published values)") {
  // The first outputs of splitmix64 seeded with 0 are those of states 0 and 0x9e3779b97f4a7c15 before its step.
  CHECK_EQUAL(fault_word(0, 0, 0), std::uint64_t{0xe220'a839'7b1d'cdaf});
  CHECK_EQUAL(fault_word(0x9e37'79b9'7f4a'7c15, 0, 0), std::uint64_t{0x6e78'9e6a'a1b9'65f4});
  CHECK_EQUAL(fault_word(0, 1, 0), fault_word(4, 0, 0));
  CHECK_EQUAL(fault_word(0, 0, 3), fault_word(3, 0, 0));
}

TEST("port/fault_port: loses received frames before the switch sees them, alike however they are cut") {
  std::vector<std::uint32_t> first;
  for (const std::uint32_t cut : {1u, 7u, 300u}) {
    Lab lab(faults(300'000, 0, 0));
    std::vector<std::uint32_t> got;
    for (std::uint32_t i = 0; i < 300; ++i) {
      REQUIRE(lab.inner->send(numbered(i), {}));
      if ((i + 1) % cut != 0) continue;
      for (const Bytes& frame : lab.receive()) got.push_back(number_of(frame));
    }
    for (const Bytes& frame : lab.receive()) got.push_back(number_of(frame));
    CHECK_EQUAL(lab.port.received().seen, std::uint64_t{300});
    CHECK_EQUAL(lab.port.received().lost, 300 - got.size());
    CHECK(got.size() > 180 && got.size() < 240);
    if (first.empty()) first = got;
    CHECK(got == first);
  }
}

TEST("port/fault_port: another seed, and the other direction, lose others") {
  const auto lost_of = [](std::uint32_t seed) {
    FaultSettings settings = faults(500'000, 0, 0);
    settings.seed = seed;
    Lab lab(settings);
    std::vector<Bytes> frames;
    for (std::uint32_t i = 0; i < 64; ++i) frames.push_back(numbered(i));
    for (const Bytes& frame : frames) CHECK(lab.inner->send(frame, {}));
    std::uint64_t received = 0;
    for (const Bytes& frame : lab.receive()) received |= std::uint64_t{1} << number_of(frame);
    const auto [taken, lost] = lab.transmit(frames);
    CHECK_EQUAL(taken, ~lost);
    CHECK_EQUAL(static_cast<std::size_t>(__builtin_popcountll(taken)), lab.outside().size());
    return std::pair{~received, lost};
  };
  const auto one = lost_of(1), again = lost_of(1), other = lost_of(2);
  CHECK(one == again);
  CHECK(one.first != other.first);
  CHECK(one.first != one.second);
}

TEST("port/fault_port: what the loss of a stream is, by arithmetic of reals") {
  std::uint64_t hits = 0;
  for (std::uint64_t stream = 1; stream < 4; ++stream) hits += survivors(stream, 10'000, 0.3).size();
  CHECK(hits > 20'600 && hits < 21'400);
}

TEST("port/fault_port: repeats in place, also where a batch ends") {
  Lab lab(faults(0, 1'000'000, 0));
  for (std::uint32_t i = 0; i < 100; ++i) REQUIRE(lab.inner->send(numbered(i), {}));
  const std::vector<Bytes> frames = lab.receive();
  REQUIRE(frames.size() == 200);
  for (std::uint32_t i = 0; i < 200; ++i) CHECK(frames[i] == numbered(i / 2));
  CHECK_EQUAL(lab.port.received().repeated, std::uint64_t{100});
  CHECK_EQUAL(lab.pool.available(), lab.pool.capacity());
  const auto [taken, lost] = lab.transmit({numbered(1), numbered(2)});
  CHECK_EQUAL(taken, std::uint64_t{3});
  CHECK_EQUAL(lost, std::uint64_t{0});
  const std::vector<Bytes> out = lab.outside();
  REQUIRE(out.size() == 4);
  CHECK(out[0] == out[1] && out[2] == out[3] && number_of(out[2]) == 2);
}

TEST("port/fault_port: corrupts one bit, and a promised checksum is promised no more") {
  Lab lab(faults(0, 0, 1'000'000));
  Offload promised;
  promised.needs_checksum = true;
  promised.checksum_start = 34;
  promised.checksum_offset = 16;
  for (std::uint32_t i = 0; i < 40; ++i) REQUIRE(lab.inner->send(numbered(0, 3000), promised));
  const std::vector<Bytes> frames = lab.receive();
  REQUIRE(frames.size() == 40);
  bool differ = false;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    CHECK_EQUAL(different_bits(frames[i], numbered(0, 3000)), std::size_t{1});
    CHECK(!lab.offloads[i].needs_checksum);
    differ = differ || frames[i] != frames[0];
  }
  CHECK(differ);
  CHECK(!lab.port.info().takes_checksum && !lab.port.info().takes_tcp4);  // so sums are complete before bits flip
  const auto [taken, lost] = lab.transmit({numbered(9)});
  CHECK_EQUAL(taken, std::uint64_t{1});
  CHECK_EQUAL(different_bits(lab.outside().at(0), numbered(9)), std::size_t{1});
}

TEST("port/fault_port: delays by the switch's clock, in order, super-frames too") {
  Lab lab(faults(0, 0, 0, 50));
  const Bytes large = numbered(2, 60'000);
  REQUIRE(lab.inner->send(numbered(1), {}));
  REQUIRE(lab.inner->send(large, {}));
  CHECK(lab.receive().empty());
  CHECK_EQUAL(lab.transmit({numbered(5), numbered(6)}).first, std::uint64_t{3});
  CHECK(lab.outside().empty());
  CHECK_EQUAL(lab.port.received().waiting, std::uint64_t{2});
  CHECK_EQUAL(lab.port.transmitted().waiting, std::uint64_t{2});
  lab.clock.advance(49'999'999);
  CHECK(lab.receive().empty() && lab.outside().empty());
  lab.clock.advance(1);
  const std::vector<Bytes> frames = lab.receive();
  REQUIRE(frames.size() == 2);
  CHECK(frames[0] == numbered(1) && frames[1] == large);
  const std::vector<Bytes> out = lab.outside();
  REQUIRE(out.size() == 2);
  CHECK(number_of(out[0]) == 5 && number_of(out[1]) == 6);
  CHECK_EQUAL(lab.port.received().delayed + lab.port.transmitted().delayed, std::uint64_t{4});
  CHECK_EQUAL(lab.port.received().waiting + lab.port.transmitted().waiting, std::uint64_t{0});
}

TEST("port/fault_port: what finds no room to wait is counted, and refused on the transmit side") {
  Lab lab(faults(0, 0, 0, 50));
  const std::vector<Bytes> batch(64, numbered(1));
  std::uint64_t refused = 0;
  for (std::uint32_t i = 0; i < FrameQueue::kFramesMax / 64 + 1; ++i)
    refused += static_cast<std::uint64_t>(__builtin_popcountll(~lab.transmit(batch).first));
  CHECK_EQUAL(refused, std::uint64_t{64});
  CHECK_EQUAL(lab.port.transmitted().overflowed, refused);
  for (std::uint32_t i = 0; i < FrameQueue::kFramesMax; ++i) REQUIRE(lab.inner->send(numbered(i), {}));
  CHECK(lab.receive().empty());
  REQUIRE(lab.inner->send(numbered(0), {}));
  CHECK(lab.receive().empty());
  CHECK_EQUAL(lab.port.received().overflowed, std::uint64_t{1});
}

TEST("port/fault_port: what waits to be transmitted goes out when the port ends") {
  Clock clock(Clock::Kind::kVirtual);
  const auto inner = std::make_shared<MemoryPort>(false);
  Pool pool(4);
  {
    FaultPort port(inner, faults(0, 0, 0, 50), clock);
    Packet* packet = pool.take();
    packet->length = 60;
    CHECK_EQUAL(port.transmit({&packet, 1}), std::uint64_t{1});
    pool.give(*packet);
  }
  Bytes frame;
  Offload offload;
  CHECK(inner->receive_frame(frame, offload));
}

TEST("port/fault_port: with a real clock it wakes for the device and for what is due") {
  Lab lab(faults(0, 0, 0, 20), Clock::Kind::kReal);
  pollfd ready{lab.port.wake_fd(), POLLIN, 0};
  CHECK_EQUAL(::poll(&ready, 1, 0), 0);
  REQUIRE(lab.inner->send(numbered(1), {}));
  CHECK_EQUAL(::poll(&ready, 1, 0), 1);
  (void)lab.receive();
  REQUIRE(::poll(&ready, 1, 10'000) == 1);
  CHECK_EQUAL(lab.receive().size() + lab.port.received().waiting, std::uint64_t{1});
}

TEST("port/fault_port: a direction without faults is left alone, and so is the device behind") {
  FaultSettings settings = faults(1'000'000, 0, 0);
  settings.transmitted = false;
  Lab lab(settings);
  REQUIRE(lab.inner->send(numbered(1), {}));
  CHECK(lab.receive().empty());
  CHECK_EQUAL(lab.transmit({numbered(2)}).first, std::uint64_t{1});
  CHECK_EQUAL(lab.outside().size(), std::size_t{1});
  CHECK_EQUAL(lab.port.transmitted().seen, std::uint64_t{0});
  CHECK(lab.port.type() == PortType::kMemory && !lab.port.gone() && lab.port.kernel_dropped() == 0);
  CHECK(as_memory_port(lab.port) == lab.inner.get());
}

TEST("port/fault_port: in a switch the law holds, and faults come and go without a new device") {
  SmallSwitch lab;
  Edits edits;
  edits.put_network();
  edits.put_port({.id = 1}).put_port({.id = 2, .fault_loss = 500'000, .fault_directions = 3});
  lab.commit(edits);
  MemoryPort* const device = lab.port(2);
  REQUIRE(device != nullptr);
  const Bytes there = udp4_frame(1, 2), back = udp4_frame(2, 1);
  for (int i = 0; i < 100; ++i) lab.deliver(1, there, 2);
  for (int i = 0; i < 100; ++i) lab.deliver(2, back, 1);
  const std::uint64_t lost = lab.drops(2, DropReason::k_fault_injected, true);
  CHECK(lost > 20 && lost < 80);
  CHECK_EQUAL(lab.count(2, Counter::k_transmitted_packets), 100 - lost);
  CHECK(lab.count(2, Counter::k_received_packets) > 20 && lab.count(2, Counter::k_received_packets) < 80);
  CHECK_EQUAL(lab.broken_law(), std::string());

  Edits healed;
  healed.put_port({.id = 2});
  lab.commit(healed);
  CHECK(lab.port(2) == device);
  for (int i = 0; i < 20; ++i) CHECK_EQUAL(lab.deliver(1, there, 2), std::size_t{1});
  Edits broken;
  broken.put_port({.id = 2, .fault_loss = 1'000'000, .fault_directions = 2});
  lab.commit(broken);
  CHECK(lab.port(2) == device);
  CHECK_EQUAL(lab.deliver(1, there, 2), std::size_t{0});
  CHECK_EQUAL(lab.deliver(2, back, 1), std::size_t{1});
  CHECK_EQUAL(lab.broken_law(), std::string());
}
