#include "port/memory_port.hpp"

#include <poll.h>

#include <atomic>
#include <thread>

#include "native/frames.hpp"
#include "native/held_packet.hpp"
#include "native/tap.hpp"

using namespace vsw;
using namespace vsw::test;

namespace {

bool readable(const Port& port) {
  pollfd ready{port.wake_fd(), POLLIN, 0};
  return ::poll(&ready, 1, 0) == 1;
}

// A frame that tells by itself which one it is.
Bytes numbered(std::uint32_t number, std::size_t length) {
  Bytes frame = counting(length);
  write(frame, 0, number, 4);
  return frame;
}

Bytes bytes_of(const Packet& packet) {
  Bytes bytes(packet.data, packet.data + packet.length);
  if (packet.tail_length > 0) bytes.insert(bytes.end(), packet.tail, packet.tail + packet.tail_length);
  return bytes;
}

// Everything that the switch would receive, batch by batch.
std::vector<Bytes> receive_all(Port& port, Pool& pool) {
  std::vector<Bytes> frames;
  for (bool drained = false; !drained;) {
    Batch batch;
    drained = port.receive(pool, batch);
    for (Packet* packet : batch.packets()) {
      frames.push_back(bytes_of(*packet));
      pool.give(*packet);
    }
    batch.release();
  }
  return frames;
}

}  // namespace

TEST("port/memory_port: what is sent is received, byte for byte and in order") {
  MemoryPort port(false);
  Pool pool(64);
  for (std::uint32_t i = 0; i < 200; ++i) REQUIRE(port.send(numbered(i, 14 + i * 7), {}));
  const std::vector<Bytes> frames = receive_all(port, pool);
  REQUIRE(frames.size() == 200);
  for (std::uint32_t i = 0; i < 200; ++i) CHECK(frames[i] == numbered(i, 14 + i * 7));
  CHECK_EQUAL(pool.available(), pool.capacity());
}

TEST("port/memory_port: a batch holds at most 64 packets, and says that there is more") {
  MemoryPort port(false);
  Pool pool(256);
  for (std::uint32_t i = 0; i < 65; ++i) REQUIRE(port.send(numbered(i, 60), {}));
  Batch batch;
  CHECK(!port.receive(pool, batch));
  CHECK(batch.full());
  for (Packet* packet : batch.packets()) pool.give(*packet);
  batch.release();
  CHECK(port.receive(pool, batch));
  CHECK_EQUAL(batch.size(), 1u);
  for (Packet* packet : batch.packets()) pool.give(*packet);
  batch.release();
}

TEST("port/memory_port: an empty pool loses no frame") {
  MemoryPort port(false);
  Pool pool(2);
  for (std::uint32_t i = 0; i < 5; ++i) REQUIRE(port.send(numbered(i, 60), {}));
  Batch batch;
  CHECK(!port.receive(pool, batch));
  CHECK_EQUAL(batch.size(), 2u);
  CHECK(readable(port));
  for (Packet* packet : batch.packets()) pool.give(*packet);
  batch.release();
  const std::vector<Bytes> frames = receive_all(port, pool);
  REQUIRE(frames.size() == 3);
  CHECK(frames[0] == numbered(2, 60));
  CHECK(!readable(port));
}

TEST("port/memory_port: is readable while a frame waits, and only then") {
  MemoryPort port(false);
  Pool pool(128);
  CHECK(!readable(port));
  REQUIRE(port.send(numbered(0, 60), {}));
  REQUIRE(port.send(numbered(1, 60), {}));
  CHECK(readable(port));
  CHECK_EQUAL(receive_all(port, pool).size(), std::size_t{2});
  CHECK(!readable(port));
  REQUIRE(port.send(numbered(2, 60), {}));
  CHECK(readable(port));
  CHECK_EQUAL(receive_all(port, pool).size(), std::size_t{1});
  CHECK(receive_all(port, pool).empty());
  CHECK(!readable(port));
}

TEST("port/memory_port: a full queue refuses, and takes again when there is room") {
  MemoryPort port(false);
  Pool pool(64);
  const Bytes frame = numbered(0, 60);
  for (std::uint32_t i = 0; i < FrameQueue::kFramesMax; ++i) REQUIRE(port.send(frame, {}));
  CHECK(!port.send(frame, {}));
  Batch batch;
  CHECK(!port.receive(pool, batch));
  for (Packet* packet : batch.packets()) pool.give(*packet);
  batch.release();
  CHECK(port.send(frame, {}));
  CHECK_EQUAL(receive_all(port, pool).size(), std::size_t{FrameQueue::kFramesMax - Batch::kCapacity + 1});
}

TEST("port/memory_port: long frames fill the queue by their bytes") {
  MemoryPort port(true);
  Pool pool(4);
  const Bytes frame = counting(Packet::kLengthMax);
  std::size_t sent = 0;
  while (port.send(frame, {})) ++sent;
  CHECK(sent >= 100);
  CHECK(sent * frame.size() <= FrameQueue::kBytesMax);
  const std::vector<Bytes> frames = receive_all(port, pool);
  REQUIRE(frames.size() == sent);
  for (const Bytes& one : frames) CHECK(one == frame);
}

TEST("port/memory_port: a frame longer than any frame may be is refused") {
  MemoryPort port(true);
  CHECK(!port.send(Bytes(Packet::kLengthMax + 1), {}));
  CHECK(port.send(Bytes(Packet::kLengthMax), {}));
  CHECK(port.send(Bytes{}, {}));
  Pool pool(4);
  const std::vector<Bytes> frames = receive_all(port, pool);
  REQUIRE(frames.size() == 2);
  CHECK(frames[1].empty());
}

TEST("port/memory_port: frames wrap around the end of the queue's memory unharmed") {
  FrameQueue queue;
  std::uint32_t in = 0, out = 0;
  const auto length_of = [](std::uint32_t number) { return 14 + number * 7'919 % 60'000; };
  Bytes head(2'048), tail(65'536);
  Offload offload;
  // One frame always stays behind, so the queue never starts over and its place goes round about four times.
  for (std::uint64_t bytes = 0; bytes < 4 * FrameQueue::kBytesMax;) {
    for (; in - out < 50; ++in) {
      offload.gso_size = static_cast<std::uint16_t>(in);
      if (!queue.push(numbered(in, length_of(in)), {}, offload)) break;
    }
    while (in - out > 1) {
      const std::uint32_t length = queue.front_length();
      REQUIRE(length == length_of(out));
      queue.pop(head, tail, offload);
      Bytes frame = join({head, tail});
      frame.resize(length);
      REQUIRE(frame == numbered(out, length));
      CHECK_EQUAL(offload.gso_size, static_cast<std::uint16_t>(out));
      bytes += length;
      ++out;
    }
  }
  CHECK(!queue.empty());
}

TEST("port/memory_port: a frame in two pieces is one frame") {
  FrameQueue queue;
  const Bytes whole = counting(9'000);
  REQUIRE(queue.push({whole.data(), 2'048}, {whole.data() + 2'048, 9'000 - 2'048}, {}));
  CHECK_EQUAL(queue.front_length(), 9'000u);
  Bytes out(9'000);
  Offload offload;
  queue.pop(out, {}, offload);
  CHECK(out == whole);
  CHECK(queue.empty());
  CHECK_EQUAL(queue.front_length(), 0u);
}

TEST("port/memory_port: a super-frame fills a slot and the spill buffer, ends its batch, and keeps its offload") {
  MemoryPort port(true);
  Pool pool(64);
  const Bytes frame = counting(60'000);
  const Offload offload{Offload::Gso::kTcp6, true, true, false, 1'440, 54, 16};
  REQUIRE(port.send(numbered(1, 60), {}));
  REQUIRE(port.send(frame, offload));
  REQUIRE(port.send(numbered(2, 60), {}));
  Batch batch;
  CHECK(!port.receive(pool, batch));
  REQUIRE(batch.size() == 2);
  const Packet& packet = *batch.packets()[1];
  CHECK_EQUAL(packet.length, Packet::kSlotSize);
  CHECK(packet.tail == pool.spill());
  CHECK(bytes_of(packet) == frame);
  CHECK(packet.offload.gso == Offload::Gso::kTcp6);
  CHECK(packet.offload.ecn && packet.offload.needs_checksum && !packet.offload.checksum_valid);
  CHECK_EQUAL(packet.offload.gso_size, 1'440);
  CHECK_EQUAL(packet.offload.checksum_start, 54);
  CHECK_EQUAL(packet.offload.checksum_offset, 16);
  for (Packet* one : batch.packets()) pool.give(*one);
  batch.release();
  CHECK_EQUAL(receive_all(port, pool).size(), std::size_t{1});
}

TEST("port/memory_port: what is transmitted comes out as it is, with its offload") {
  MemoryPort port(true);
  const Bytes frame = ethernet(0x0800, ipv4(6, tcp(counting(9'000))));
  HeldPacket super(frame, {Offload::Gso::kTcp4, false, true, false, 1'460, 34, 16});
  HeldPacket plain(ethernet(0x0800, ipv4(17, udp(counting(10)))), {});
  Packet* const packets[] = {&plain.packet, &super.packet};
  CHECK_EQUAL(port.transmit(packets), std::uint64_t{0b11});
  Bytes out;
  Offload offload;
  REQUIRE(port.receive_frame(out, offload));
  CHECK(out == plain.bytes());
  CHECK(offload.gso == Offload::Gso::kNone);
  REQUIRE(port.receive_frame(out, offload));
  CHECK(out == frame);
  CHECK(offload.gso == Offload::Gso::kTcp4);
  CHECK_EQUAL(offload.gso_size, 1'460);
  CHECK(!port.receive_frame(out, offload));
}

TEST("port/memory_port: says bit by bit which packets a full queue did not take") {
  MemoryPort port(false);
  HeldPacket packet(counting(60), {});
  Packet* const one[] = {&packet.packet};
  for (std::uint32_t i = 0; i + 2 < FrameQueue::kFramesMax; ++i) REQUIRE(port.transmit(one) == 1);
  Packet* const four[] = {&packet.packet, &packet.packet, &packet.packet, &packet.packet};
  CHECK_EQUAL(port.transmit(four), std::uint64_t{0b0011});
  CHECK_EQUAL(port.transmit(one), std::uint64_t{0});
}

TEST("port/memory_port: takes offloads only when it was told to") {
  for (const bool offloads : {false, true}) {
    const MemoryPort port(offloads);
    const PortInfo info = port.info();
    CHECK_EQUAL(info.takes_checksum, offloads);
    CHECK_EQUAL(info.takes_tcp4, offloads);
    CHECK_EQUAL(info.takes_tcp6, offloads);
    CHECK_EQUAL(info.takes_udp, offloads);
    CHECK(port.type() == PortType::kMemory);
    CHECK(!port.gone());
    CHECK_EQUAL(port.kernel_dropped(), std::uint64_t{0});
  }
}

TEST("port/memory_port: senders, the switch and a reader on threads of their own lose nothing and wake in time") {
  constexpr std::uint32_t kFrames = 6'000;
  MemoryPort port(false);
  std::atomic<bool> given_up{false};
  const auto send = [&](std::uint32_t sender) {
    for (std::uint32_t i = 0; i < kFrames && !given_up;) {
      if (port.send(numbered(sender << 24 | i, 60 + i % 3'000), {})) ++i;
      else std::this_thread::yield();
    }
  };
  std::thread first(send, 1), second(send, 2);
  // The switch: sleeps until the port is readable, and transmits what it received by the same port.
  std::thread worker([&] {
    Pool pool(128);
    for (std::uint32_t seen = 0; seen < 2 * kFrames && !given_up;) {
      pollfd ready{port.wake_fd(), POLLIN, 0};
      if (::poll(&ready, 1, 5'000) != 1) given_up = true;
      for (bool drained = false; !drained;) {
        Batch batch;
        drained = port.receive(pool, batch);
        seen += batch.size();
        for (std::span<Packet* const> rest = batch.packets(); !rest.empty();) {
          if (port.transmit(rest.first(1)) == 1 || given_up) {
            pool.give(*rest.front());
            rest = rest.subspan(1);
          } else {
            std::this_thread::yield();
          }
        }
        batch.release();
      }
    }
  });
  std::uint32_t next[3] = {0, 0, 0}, wrong = 0;
  Bytes frame;
  Offload offload;
  while (next[1] + next[2] < 2 * kFrames && !given_up) {
    if (!port.receive_frame(frame, offload)) {
      std::this_thread::yield();
      continue;
    }
    const std::uint32_t number = read(frame, 0, 4), sender = number >> 24 & 3;
    const std::uint32_t expected = next[sender]++;
    wrong += (number & 0xff'ffff) != expected || frame != numbered(number, 60 + expected % 3'000);
  }
  first.join();
  second.join();
  worker.join();
  CHECK_EQUAL(next[1], kFrames);
  CHECK_EQUAL(next[2], kFrames);
  CHECK_EQUAL(wrong, 0u);
}
