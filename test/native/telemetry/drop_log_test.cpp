#include "telemetry/drop_log.hpp"

#include <thread>
#include <vector>

#include "native/frames.hpp"
#include "native/tap.hpp"

using namespace vsw;
using namespace vsw::test;

namespace {

Bytes bytes_of(const DropLog::Entry& entry) {
  Bytes bytes(entry.stored);
  if (!bytes.empty()) std::memcpy(bytes.data(), entry.words, bytes.size());
  return bytes;
}

// How many entries can be read of a port.
std::uint32_t readable(const DropLog& log, PortId port) {
  std::uint32_t count = 0;
  DropLog::Entry entry;
  for (std::uint32_t ago = 0; ago < 2 * DropLog::kEntries; ++ago) count += log.read(port, ago, entry) ? 1 : 0;
  return count;
}

}  // namespace

TEST("telemetry/drop_log: tells of a dead frame when, why, how long and how it began") {
  DropLog log(4);
  const Bytes frame = counting(60);
  log.write(PortId{2}, DropReason::k_mac_spoofed, 123'456'789'012, frame, 9'000, 1);
  DropLog::Entry entry;
  REQUIRE(log.read(PortId{2}, 0, entry));
  CHECK_EQUAL(entry.time_ns, std::uint64_t{123'456'789'012});
  CHECK(entry.reason == DropReason::k_mac_spoofed);
  CHECK_EQUAL(entry.length, 9'000u);
  CHECK_EQUAL(entry.stored, 60);
  CHECK_EQUAL(to_hex(bytes_of(entry)), to_hex(frame));
}

TEST("telemetry/drop_log: keeps of a long frame its start, of a short one all, of an empty one nothing") {
  DropLog log(4);
  for (const std::size_t length : {std::size_t{0}, std::size_t{1}, std::size_t{159}, std::size_t{160}, std::size_t{161}, std::size_t{2'048}}) {
    const Bytes frame = counting(length);
    log.write(PortId{1}, DropReason::k_frame_too_short, 1, frame, static_cast<std::uint32_t>(length), 1);
    DropLog::Entry entry;
    REQUIRE(log.read(PortId{1}, 0, entry));
    const std::size_t kept = length < DropLog::kBytes ? length : DropLog::kBytes;
    CHECK_EQUAL(entry.length, static_cast<std::uint32_t>(length));
    CHECK_EQUAL(to_hex(bytes_of(entry)), to_hex(counting(kept)));
  }
}

TEST("telemetry/drop_log: keeps the last eight, the newest first, and no more") {
  DropLog log(4);
  DropLog::Entry entry;
  CHECK(!log.read(PortId{1}, 0, entry));
  for (std::uint32_t i = 1; i <= 30; ++i) {
    log.write(PortId{1}, DropReason::k_no_receiver, i, {}, 100 + i, 1);
    const std::uint32_t kept = i < DropLog::kEntries ? i : DropLog::kEntries;
    CHECK_EQUAL(readable(log, PortId{1}), kept);
    for (std::uint32_t ago = 0; ago < kept; ++ago) {
      REQUIRE(log.read(PortId{1}, ago, entry));
      CHECK_EQUAL(entry.length, 100 + i - ago);
    }
  }
}

TEST("telemetry/drop_log: every port has its own dead, the last port, too") {
  DropLog log(3);
  log.write(PortId{1}, DropReason::k_hairpin, 1, {}, 1, 1);
  for (int i = 0; i < 20; ++i) log.write(PortId{2}, DropReason::k_hairpin, 1, {}, 2, 1);
  CHECK_EQUAL(readable(log, PortId{0}), 0u);
  CHECK_EQUAL(readable(log, PortId{1}), 1u);
  CHECK_EQUAL(readable(log, PortId{2}), DropLog::kEntries);
}

TEST("telemetry/drop_log: a slot's next owner inherits no dead") {
  DropLog log(3);
  for (int i = 0; i < 11; ++i) log.write(PortId{1}, DropReason::k_hairpin, 1, {}, 1, 1);
  log.write(PortId{2}, DropReason::k_hairpin, 1, {}, 1, 1);
  log.forget(PortId{1}, 5);
  CHECK_EQUAL(readable(log, PortId{1}), 0u);
  CHECK_EQUAL(readable(log, PortId{2}), 1u);
  log.write(PortId{1}, DropReason::k_bug, 9, {}, 7, 1);
  CHECK_EQUAL(readable(log, PortId{1}), 1u);
  DropLog::Entry entry;
  REQUIRE(log.read(PortId{1}, 0, entry));
  CHECK_EQUAL(entry.length, 7u);
}

TEST("telemetry/drop_log: what died on its way out tells where it came from, until that port is gone") {
  DropLog log(4);
  DropLog::Entry entry;
  log.write(PortId{2}, DropReason::k_mac_spoofed, 7, counting(60), 60, 1);
  REQUIRE(log.read(PortId{2}, 0, entry));
  CHECK(!entry.transmitted);
  CHECK(!entry.ingress);
  log.write_transmitted(PortId{2}, PortId{3}, DropReason::k_mtu_exceeded, 8, counting(160), 40'000, 28);
  log.write_transmitted(PortId{2}, PortId{1}, DropReason::k_mtu_exceeded, 9, counting(60), 60, 1);
  REQUIRE(log.read(PortId{2}, 1, entry));
  CHECK(entry.transmitted);
  CHECK_EQUAL(entry.ingress.value, 3);
  CHECK_EQUAL(entry.length, 40'000u);
  CHECK_EQUAL(entry.packets, 28);
  // The slot's next owner has sent nothing yet, and then has.
  log.forget(PortId{3}, 8);
  REQUIRE(log.read(PortId{2}, 1, entry));
  CHECK(entry.transmitted);
  CHECK(!entry.ingress);
  REQUIRE(log.read(PortId{2}, 0, entry));
  CHECK_EQUAL(entry.ingress.value, 1);
  log.write_transmitted(PortId{2}, PortId{3}, DropReason::k_mtu_exceeded, 10, counting(60), 60, 1);
  REQUIRE(log.read(PortId{2}, 0, entry));
  CHECK_EQUAL(entry.ingress.value, 3);
}

TEST("telemetry/drop_log: with writers on every side a reader gets whole entries or none") {
  constexpr std::uint32_t kWrites = 30'000;
  DropLog log(2);
  std::atomic<int> writing{3};
  std::vector<std::thread> writers;
  for (unsigned writer = 0; writer < 3; ++writer)
    writers.emplace_back([&, writer] {
      for (std::uint32_t i = 1; i <= kWrites; ++i) {
        // Length, time and every byte follow from one number.
        const std::uint32_t number = i * 3 + writer;
        const Bytes frame(number % DropLog::kBytes + 1, static_cast<std::byte>(number & 0xff));
        log.write(PortId{1}, DropReason::k_queue_full, std::uint64_t{number} << 20, frame, number, 1);
        if (i % 1'000 == 0) std::this_thread::yield();
      }
      writing.fetch_sub(1);
    });
  std::uint64_t torn = 0, whole = 0;
  for (bool last = false; !last;) {
    last = writing.load() == 0;
    for (std::uint32_t ago = 0; ago < DropLog::kEntries; ++ago) {
      DropLog::Entry entry;
      if (!log.read(PortId{1}, ago, entry)) continue;
      const Bytes wanted(entry.length % DropLog::kBytes + 1, static_cast<std::byte>(entry.length & 0xff));
      torn += entry.time_ns != std::uint64_t{entry.length} << 20 || bytes_of(entry) != wanted;
      ++whole;
    }
    std::this_thread::yield();
  }
  for (std::thread& writer : writers) writer.join();
  CHECK_EQUAL(torn, std::uint64_t{0});
  CHECK(whole > 0);
  CHECK_EQUAL(readable(log, PortId{1}), DropLog::kEntries);
}
