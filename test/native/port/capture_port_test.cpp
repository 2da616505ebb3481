#include "port/capture_port.hpp"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <fstream>

#include "native/small_switch.hpp"

using namespace vsw;
using namespace vsw::test;

namespace {

// A file that is gone at the end of the test.
struct ScratchFile {
  explicit ScratchFile(const char* name) : path("/tmp/vsw-" + std::to_string(::getpid()) + "-" + name) { ::unlink(path.c_str()); }
  ~ScratchFile() { ::unlink(path.c_str()); }
  [[nodiscard]] Bytes bytes() const {
    std::ifstream in(path, std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    const auto* from = reinterpret_cast<const std::byte*>(text.data());
    return {from, from + text.size()};
  }
  std::string path;
};

struct Seen {
  bool transmitted = false;
  Bytes frame;
  std::uint32_t length = 0;
};

std::uint32_t little(const Bytes& bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 4; i-- > 0;) value = value << 8 | std::to_integer<std::uint32_t>(bytes.at(at + i));
  return value;
}

// The frames of a pcapng file, read by its block lengths; fails when they lead nowhere.
std::vector<Seen> frames_in(const Bytes& file) {
  std::vector<Seen> frames;
  for (std::size_t at = 0; at < file.size();) {
    const std::uint32_t length = little(file, at + 4);
    if (length < 12 || length % 4 != 0 || at + length > file.size() || little(file, at + length - 4) != length) {
      fail(__FILE__, __LINE__, "a block of the capture is not whole");
      break;
    }
    if (little(file, at) == 6) {
      const std::uint32_t kept = little(file, at + 20);
      const auto start = file.begin() + static_cast<std::ptrdiff_t>(at + 28);
      const std::size_t options = at + 28 + (kept + 3) / 4 * 4;
      frames.push_back({little(file, options + 4) == 2, Bytes(start, start + kept), little(file, at + 24)});
    }
    at += length;
  }
  return frames;
}

}  // namespace

TEST("port/capture_port: what passes the device is in the file, each way, byte for byte") {
  ScratchFile file("capture");
  SmallSwitch lab;
  Edits edits;
  edits.put_network();
  edits.put_port({.id = 1}).put_port({.id = 2, .capture_file = file.path});
  lab.commit(edits);
  const Bytes there = udp4_frame(1, 2), back = udp4_frame(2, 1, 5000, 4000, 700);
  CHECK_EQUAL(lab.deliver(1, there, 2), std::size_t{1});
  CHECK_EQUAL(lab.deliver(2, back, 1), std::size_t{1});
  const std::vector<Seen> frames = frames_in(file.bytes());
  REQUIRE(frames.size() == 2);
  CHECK(frames[0].transmitted && frames[0].frame == there);
  CHECK(!frames[1].transmitted && frames[1].frame == back);
  struct stat status {};
  CHECK(::stat(file.path.c_str(), &status) == 0 && (status.st_mode & 07) == 0);
  CHECK_EQUAL(lab.broken_law(), std::string());
}

TEST("port/capture_port: long frames are cut to the snapshot's length and tell how long they were") {
  ScratchFile file("snapshot");
  SmallSwitch lab;
  Edits edits;
  edits.put_network();
  edits.put_port({.id = 1}).put_port({.id = 2, .capture_file = file.path, .capture_snapshot_length = 64});
  lab.commit(edits);
  const Bytes frame = udp4_frame(1, 2, 4000, 5000, 900);
  lab.deliver(1, frame, 2);
  const std::vector<Seen> frames = frames_in(file.bytes());
  REQUIRE(frames.size() == 1);
  CHECK_EQUAL(frames[0].frame.size(), std::size_t{64});
  CHECK_EQUAL(frames[0].length, frame.size());
}

TEST("port/capture_port: a full file ends with a whole frame, what comes after is counted, frames pass") {
  ScratchFile file("full");
  SmallSwitch lab;
  Edits edits;
  edits.put_network();
  edits.put_port({.id = 1}).put_port({.id = 2, .capture_file = file.path, .capture_bytes_max = 4096});
  lab.commit(edits);
  for (int i = 0; i < 100; ++i) CHECK_EQUAL(lab.deliver(1, udp4_frame(1, 2), 2), std::size_t{1});
  const std::size_t frames = frames_in(file.bytes()).size();
  CHECK(frames > 20 && frames < 60 && file.bytes().size() <= 4096);
  const auto capture = capture_around(lab.plane.running()->port(PortId{2})->device);
  REQUIRE(capture != nullptr);
  CHECK_EQUAL(capture->counts().frames, frames);
  CHECK_EQUAL(capture->counts().missed, 100 - frames);
  CHECK_EQUAL(capture->counts().bytes, file.bytes().size());
}

TEST("port/capture_port: a disk that takes no more leaves whole frames") {
  ScratchFile file("disk");
  SmallSwitch lab;
  Edits edits;
  edits.put_network();
  edits.put_port({.id = 1}).put_port({.id = 2, .capture_file = file.path});
  lab.commit(edits);
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  const auto old = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{1000, before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  for (int i = 0; i < 30; ++i) lab.deliver(1, udp4_frame(1, 2), 2);
  (void)::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, old);
  const std::size_t frames = frames_in(file.bytes()).size();
  CHECK(frames > 2 && frames < 20);
  const auto capture = capture_around(lab.plane.running()->port(PortId{2})->device);
  REQUIRE(capture != nullptr);
  CHECK_EQUAL(capture->counts().missed, 30 - frames);
}

TEST("port/capture_port: it comes and goes without a new device; a file that cannot be written refuses the change") {
  ScratchFile file("later");
  SmallSwitch lab;
  Edits edits;
  edits.put_network();
  edits.put_port({.id = 1}).put_port({.id = 2});
  lab.commit(edits);
  MemoryPort* const device = lab.port(2);
  Edits bad;
  bad.put_port({.id = 2, .capture_file = "/nowhere/at/all"});
  const Error error = lab.refuse(bad);
  CHECK_EQUAL(error.subject, std::uint16_t{2});
  CHECK(error.message.find("/nowhere/at/all") != std::string::npos);
  Edits folder;
  folder.put_port({.id = 2, .capture_file = "/dev/null"});
  CHECK(lab.refuse(folder).message.find("no file") != std::string::npos);
  CHECK_EQUAL(lab.deliver(1, udp4_frame(1, 2), 2), std::size_t{1});

  Edits captured;
  captured.put_port({.id = 2, .capture_file = file.path});
  lab.commit(captured);
  CHECK(lab.port(2) == device);
  lab.deliver(1, udp4_frame(1, 2), 2);
  // A fault around it leaves the capture as it is, and the capture sees what the device gets.
  Edits faulty;
  faulty.put_port({.id = 2, .capture_file = file.path, .fault_loss = 1'000'000, .fault_directions = 2});
  lab.commit(faulty);
  CHECK_EQUAL(lab.deliver(1, udp4_frame(1, 2), 2), std::size_t{0});
  CHECK_EQUAL(frames_in(file.bytes()).size(), std::size_t{1});
  Edits plain;
  plain.put_port({.id = 2});
  lab.commit(plain);
  CHECK(lab.port(2) == device);
  CHECK_EQUAL(lab.deliver(1, udp4_frame(1, 2), 2), std::size_t{1});
  CHECK_EQUAL(frames_in(file.bytes()).size(), std::size_t{1});
  CHECK_EQUAL(lab.broken_law(), std::string());
}
