// A whole switch that is looked at: what comes out is a capture file, and whoever looks away leaves nothing.
#include "commit/captures.hpp"

#include <atomic>
#include <chrono>
#include <thread>

#include "native/small_switch.hpp"

using namespace vsw;
using namespace vsw::test;

namespace {

std::uint32_t little(const Bytes& bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 4; i-- > 0;) value = value << 8 | std::to_integer<std::uint32_t>(bytes.at(at + i));
  return value;
}

struct Seen {
  std::string port;
  Bytes frame;
  std::string rest;  // options, as text
};

// The frames of a pcapng; its interfaces' names outlive a piece.
std::vector<Seen> frames_of(const Bytes& bytes, std::vector<std::string>& ports) {
  std::vector<Seen> frames;
  std::size_t at = 0;
  for (std::uint32_t size; at < bytes.size(); at += size) {
    size = little(bytes, at + 4);
    CHECK_EQUAL(little(bytes, at + size - 4), size);
    if (little(bytes, at) == 1) {
      const std::size_t length = little(bytes, at + 16) >> 16;
      ports.emplace_back(reinterpret_cast<const char*>(bytes.data() + at + 20), length);
    } else if (little(bytes, at) == 6) {
      const std::uint32_t stored = little(bytes, at + 20);
      const auto frame = bytes.begin() + static_cast<std::ptrdiff_t>(at) + 28;
      const char* const options = reinterpret_cast<const char*>(bytes.data() + at + 28 + (stored + 3) / 4 * 4);
      frames.push_back({ports.at(little(bytes, at + 8)), Bytes(frame, frame + stored),
                        std::string(options, reinterpret_cast<const char*>(bytes.data() + at + size - 4))});
    }
  }
  return frames;
}

struct Looker {
  explicit Looker(SmallSwitch& of, const CaptureFilter& filter = {}, std::uint32_t snapshot_length = 65'557)
      : small(of), id(of.plane.captures().start(filter, snapshot_length, false).value()) {}
  ~Looker() { small.plane.captures().stop(id); }
  std::vector<Seen> look(std::uint64_t frames_max = 1'000) {
    small.plane.run();
    const CaptureChunk chunk = small.plane.captures().read(id, frames_max, *small.plane.running());
    frames = chunk.frames;
    lost = chunk.lost;
    return frames_of(chunk.bytes, ports);
  }
  SmallSwitch& small;
  const std::uint32_t id;
  std::vector<std::string> ports;
  std::uint64_t frames = 0, lost = 0;
};

}  // namespace

TEST("commit/captures: a frame is seen where it comes in and where it goes out, and one that dies with its reason") {
  SmallSwitch small;
  small.commit(one_network(3));
  Looker looker(small);
  CHECK(looker.look().empty());
  const Bytes frame = udp4_frame(1, 2);
  small.send(1, frame);
  std::vector<Seen> seen = looker.look();
  REQUIRE(seen.size() == 2);
  CHECK(seen[0].port == "port-1" && seen[0].frame == frame);
  CHECK(seen[1].port == "port-2" && seen[1].frame == frame);
  CHECK(seen[0].rest.find("dropped") == std::string::npos);
  small.send(3, frame);  // with a MAC that is not its own
  seen = looker.look();
  REQUIRE(seen.size() == 1);
  CHECK(seen[0].port == "port-3" && seen[0].frame == frame);
  CHECK(seen[0].rest.find("dropped: mac_spoofed") != std::string::npos);
  CHECK_EQUAL(looker.frames, 3u);
  CHECK_EQUAL(looker.lost, 0u);
  CHECK(looker.ports == std::vector<std::string>({"port-1", "port-2", "port-3"}));
  CHECK(small.receive(2) == std::vector<Bytes>{frame});
  CHECK_EQUAL(small.broken_law(), std::string());
}

TEST("commit/captures: frames on a trunk are seen with their tags, those of its other end without") {
  SmallSwitch small;
  Edits edits;
  edits.put_network({.id = 1, .name = "prod", .vlan = 7});
  edits.put_port({.id = 1});
  PlannedPort trunk;
  trunk.id = 2;
  trunk.network = 0;
  trunk.anti_spoof = false;
  trunk.trunk = {1};
  edits.put_port(trunk);
  small.commit(edits);
  Looker looker(small);
  const Bytes plain = udp4_frame(2, 1);
  Bytes tagged(plain.begin(), plain.begin() + 12);
  tagged = join({tagged, from_hex("81000007"), Bytes(plain.begin() + 12, plain.end())});
  small.send(2, tagged);
  std::vector<Seen> seen = looker.look();
  REQUIRE(seen.size() == 2);
  CHECK(seen[0].port == "port-2" && seen[0].frame == tagged);
  CHECK(seen[1].port == "port-1" && seen[1].frame == plain);
  small.send(1, udp4_frame(1, 2));
  seen = looker.look();
  REQUIRE(seen.size() == 2);
  CHECK(seen[0].frame == udp4_frame(1, 2));
  CHECK(seen[1].port == "port-2" && to_hex(seen[1].frame).substr(24, 8) == "81000007");
}

TEST("commit/captures: a look gives no more than was asked for, the rest waits, and a deleted port keeps its frames") {
  SmallSwitch small;
  small.commit(one_network(2));
  Looker looker(small, {.transmitted = false}, 20);
  for (int i = 0; i < 5; ++i) small.send(1, udp4_frame(1, 2));
  CHECK_EQUAL(looker.look(2).size(), 2u);
  Edits edits;
  edits.delete_port(1);
  small.commit(edits);
  const std::vector<Seen> seen = looker.look();
  REQUIRE(seen.size() == 3);
  for (const Seen& one : seen) CHECK(one.port == "(deleted)" && one.frame.size() == 20);
  CHECK_EQUAL(looker.frames, 5u);
}

TEST("commit/captures: what nobody took in time is counted, and said where it is missing") {
  SmallSwitch small;
  small.commit(one_network(2));
  Looker looker(small, {.transmitted = false});
  constexpr int kRounds = 4'000;
  for (int i = 0; i < kRounds; ++i) {
    small.send(1, udp4_frame(1, 2, 4000, 5000, 1400));
    small.plane.run();
    (void)small.receive(2);
  }
  std::string said;
  std::uint64_t seen = 0;
  for (std::vector<Seen> some = looker.look(); !some.empty(); some = looker.look()) {
    seen += some.size();
    for (const Seen& one : some) said += one.rest;
  }
  CHECK(looker.lost > 0);
  CHECK_EQUAL(seen + looker.lost, std::uint64_t{kRounds});
  CHECK(said.find(std::to_string(looker.lost) + " frames before this one are missing") != std::string::npos);
}

TEST("commit/captures: four at once, a fifth is refused, and an end makes room") {
  SmallSwitch small;
  Captures& captures = small.plane.captures();
  for (std::uint32_t id = 0; id < CaptureTap::kSessionsMax; ++id) CHECK_EQUAL(captures.start({}, 100, false).value(), id);
  const Result<std::uint32_t> fifth = captures.start({}, 100, false);
  REQUIRE(!fifth);
  CHECK(fifth.error().code == ErrorCode::kLimit);
  captures.stop(2);
  captures.stop(2);
  captures.stop(99);
  CHECK_EQUAL(captures.read(2, 1, *small.plane.running()).bytes.size(), 0u);
  CHECK_EQUAL(captures.start({}, 100, true).value(), 2u);
  const CaptureChunk classic = captures.read(2, 1, *small.plane.running());
  CHECK_EQUAL(to_hex(classic.bytes).substr(0, 8), std::string("4d3cb2a1"));
  for (std::uint32_t id = 0; id < CaptureTap::kSessionsMax; ++id) captures.stop(id);
  CHECK(!small.plane.fabric().capture.active());
}

TEST("commit/captures: they come and go while workers are busy") {
  SmallSwitch small(2);
  small.commit(one_network(4));
  std::atomic<bool> done{false};
  std::thread sender([&] {
    while (!done) {
      for (std::uint16_t port = 1; port <= 4; ++port) small.send(port, udp4_frame(port, static_cast<std::uint16_t>(port % 4 + 1)));
      for (std::uint16_t port = 1; port <= 4; ++port) (void)small.receive(port);
    }
  });
  for (int round = 0; round < 40; ++round) {
    const std::uint32_t id = small.plane.captures().start({}, 65'557, false).value();
    for (int look = 0; look < 3; ++look) (void)small.plane.captures().read(id, 1'000, *small.plane.running());
    small.plane.captures().stop(id);
  }
  // Those lived for microseconds, in which no batch need have ended; one that stays sees what passes.
  const std::uint32_t id = small.plane.captures().start({}, 65'557, false).value();
  std::uint64_t frames = 0;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (frames == 0 && std::chrono::steady_clock::now() < deadline) {
    frames = small.plane.captures().read(id, 1'000, *small.plane.running()).frames;
    std::this_thread::yield();
  }
  small.plane.captures().stop(id);
  done = true;
  sender.join();
  CHECK(frames > 0);
}
