#include "port/pcap_port.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstring>

#include "base/unique_fd.hpp"
#include "native/frames.hpp"
#include "native/tap.hpp"

using namespace vsw;
using namespace vsw::test;

namespace {

// A file in memory alone, which has a path as long as it lives.
class MemoryFile {
 public:
  explicit MemoryFile(const Bytes& content = {}) : fd_(::memfd_create("capture", MFD_CLOEXEC)) {
    if (::write(fd_.get(), content.data(), content.size()) != static_cast<ssize_t>(content.size())) fd_ = UniqueFd();
  }
  [[nodiscard]] std::string path() const { return "/proc/self/fd/" + std::to_string(fd_.get()); }
  [[nodiscard]] Bytes content() const {
    Bytes bytes(static_cast<std::size_t>(::lseek(fd_.get(), 0, SEEK_END)));
    if (::pread(fd_.get(), bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) bytes.clear();
    return bytes;
  }

 private:
  UniqueFd fd_;
};

struct Writing {
  bool big_endian = false;
  std::uint32_t magic = 0xa1b2'c3d4;
  std::uint32_t link_type = 1;
  [[nodiscard]] Bytes word(std::uint64_t value, std::size_t size = 4) const {
    Bytes bytes = number(value, size);
    if (!big_endian) std::reverse(bytes.begin(), bytes.end());
    return bytes;
  }
  [[nodiscard]] Bytes header() const {
    return join({word(magic), word(2, 2), word(4, 2), word(0), word(0), word(262'144), word(link_type)});
  }
  [[nodiscard]] Bytes record(std::uint32_t seconds, std::uint32_t fraction, const Bytes& frame) const {
    return join({word(seconds), word(fraction), word(frame.size()), word(frame.size()), frame});
  }
};

PortSettings settings_of(const std::string& read_file, const std::string& write_file = "") {
  PortSettings settings;
  settings.type = PortType::kPcap;
  settings.pcap_read = read_file;
  settings.pcap_write = write_file;
  return settings;
}

// What the port has for the switch now.
std::vector<Bytes> receive_all(Port& port, Pool& pool) {
  std::vector<Bytes> frames;
  for (bool drained = false; !drained;) {
    Batch batch;
    drained = port.receive(pool, batch);
    for (Packet* packet : batch.packets()) {
      Bytes frame(packet->data, packet->data + packet->length);
      if (packet->tail_length > 0) frame.insert(frame.end(), packet->tail, packet->tail + packet->tail_length);
      frames.push_back(std::move(frame));
      pool.give(*packet);
    }
    batch.release();
  }
  return frames;
}

std::uint64_t transmit(Port& port, const Bytes& frame, std::size_t split = Packet::kSlotSize) {
  Bytes copy = frame;
  Packet packet;
  packet.data = copy.data();
  packet.length = static_cast<std::uint32_t>(std::min(split, copy.size()));
  packet.tail_length = static_cast<std::uint32_t>(copy.size()) - packet.length;
  if (packet.tail_length > 0) packet.tail = copy.data() + packet.length;
  Packet* const packets[] = {&packet};
  return port.transmit(packets) & 1;
}

std::string refusal(const Bytes& content) {
  const MemoryFile file(content);
  const Clock clock(Clock::Kind::kVirtual);
  Result<std::shared_ptr<PcapPort>> port = PcapPort::open(settings_of(file.path()), clock);
  if (port) return "it was taken";
  if (port.error().code != ErrorCode::kSystem) return "another code";
  const std::string start = "the capture " + file.path() + " cannot be played: at byte ";
  const std::string& message = port.error().message;
  return message.rfind(start, 0) == 0 ? message.substr(start.size()) : message;
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST("port/pcap_port: both byte orders and both units are played at their times") {
  for (const bool big_endian : {false, true}) {
    for (const std::uint32_t magic : {0xa1b2'c3d4u, 0xa1b2'3c4du}) {
      const Writing writing{big_endian, magic};
      const std::uint32_t half = magic == 0xa1b2'c3d4 ? 500'000 : 500'000'000;
      const MemoryFile file(join({writing.header(), writing.record(1'700'000'000, half, counting(60)),
                                  writing.record(1'700'000'001, 0, counting(61)),
                                  writing.record(1'700'000'003, half + 1, counting(62))}));
      Clock clock(Clock::Kind::kVirtual);
      Result<std::shared_ptr<PcapPort>> port = PcapPort::open(settings_of(file.path()), clock);
      REQUIRE(port.ok());
      Pool pool(64);
      CHECK(receive_all(*port.value(), pool) == std::vector<Bytes>{counting(60)});
      clock.advance(499'999'999);
      CHECK(receive_all(*port.value(), pool).empty());
      clock.advance(1);
      CHECK(receive_all(*port.value(), pool) == std::vector<Bytes>{counting(61)});
      clock.advance(2'500'000'000);
      CHECK(receive_all(*port.value(), pool).empty());
      clock.advance(half == 500'000 ? 1'000 : 1);
      CHECK(receive_all(*port.value(), pool) == std::vector<Bytes>{counting(62)});
      clock.advance(1'000'000'000'000);
      CHECK(receive_all(*port.value(), pool).empty());
      CHECK_EQUAL(pool.available(), pool.capacity());
    }
  }
}

TEST("port/pcap_port: frames keep the file's order when its clock went back") {
  const Writing writing;
  const MemoryFile file(join({writing.header(), writing.record(100, 0, counting(60)),
                              writing.record(102, 0, counting(61)), writing.record(50, 0, counting(62)),
                              writing.record(103, 0, counting(63))}));
  Clock clock(Clock::Kind::kVirtual);
  Result<std::shared_ptr<PcapPort>> port = PcapPort::open(settings_of(file.path()), clock);
  REQUIRE(port.ok());
  Pool pool(64);
  CHECK_EQUAL(receive_all(*port.value(), pool).size(), std::size_t{1});
  clock.advance(2'000'000'000);
  CHECK((receive_all(*port.value(), pool) == std::vector<Bytes>{counting(61), counting(62)}));
  clock.advance(1'000'000'000);
  CHECK_EQUAL(receive_all(*port.value(), pool).size(), std::size_t{1});
}

TEST("port/pcap_port: a virtual clock never makes it readable; the real one does, in time") {
  const Writing writing;
  const MemoryFile file(join({writing.header(), writing.record(7, 0, counting(60)),
                              writing.record(7, 40'000, counting(61))}));
  const Clock still(Clock::Kind::kVirtual);
  Result<std::shared_ptr<PcapPort>> driven = PcapPort::open(settings_of(file.path()), still);
  REQUIRE(driven.ok());
  CHECK_EQUAL(driven.value()->wake_fd(), -1);

  const Clock clock(Clock::Kind::kReal);
  const std::uint64_t start = clock.now_ns();
  Result<std::shared_ptr<PcapPort>> port = PcapPort::open(settings_of(file.path()), clock);
  REQUIRE(port.ok());
  Pool pool(64);
  pollfd ready{port.value()->wake_fd(), POLLIN, 0};
  REQUIRE(::poll(&ready, 1, 5'000) == 1);
  CHECK((receive_all(*port.value(), pool) == std::vector<Bytes>{counting(60)}));
  CHECK_EQUAL(::poll(&ready, 1, 0), 0);
  REQUIRE(::poll(&ready, 1, 5'000) == 1);
  CHECK(clock.now_ns() - start >= 40'000'000);
  CHECK((receive_all(*port.value(), pool) == std::vector<Bytes>{counting(61)}));
  CHECK_EQUAL(::poll(&ready, 1, 20), 0);
}

TEST("port/pcap_port: long frames fill a slot and the spill buffer, and end their batch") {
  const Writing writing;
  const Bytes longest = counting(Packet::kLengthMax);
  const MemoryFile file(join({writing.header(), writing.record(1, 0, counting(60)), writing.record(1, 0, longest),
                              writing.record(1, 0, longest), writing.record(1, 0, Bytes{})}));
  const Clock clock(Clock::Kind::kVirtual);
  Result<std::shared_ptr<PcapPort>> port = PcapPort::open(settings_of(file.path()), clock);
  REQUIRE(port.ok());
  Pool pool(64);
  Batch batch;
  CHECK(!port.value()->receive(pool, batch));
  CHECK_EQUAL(batch.size(), 2u);
  for (Packet* packet : batch.packets()) pool.give(*packet);
  batch.release();
  const std::vector<Bytes> rest = receive_all(*port.value(), pool);
  REQUIRE(rest.size() == 2);
  CHECK(rest[0] == longest);
  CHECK(rest[1].empty());
}

TEST("port/pcap_port: an empty pool loses no frame") {
  const Writing writing;
  Bytes content = writing.header();
  for (std::size_t i = 0; i < 100; ++i) content = join({content, writing.record(1, 0, counting(60 + i))});
  const MemoryFile file(content);
  const Clock clock(Clock::Kind::kVirtual);
  Result<std::shared_ptr<PcapPort>> port = PcapPort::open(settings_of(file.path()), clock);
  REQUIRE(port.ok());
  Pool pool(3);
  std::size_t seen = 0;
  for (bool drained = false; !drained;) {
    Batch batch;
    drained = port.value()->receive(pool, batch);
    for (Packet* packet : batch.packets()) {
      CHECK_EQUAL(packet->length, 60 + seen++);
      pool.give(*packet);
    }
    batch.release();
  }
  CHECK_EQUAL(seen, std::size_t{100});
}

TEST("port/pcap_port: what it writes it can play, to the nanosecond and byte for byte") {
  const MemoryFile file;
  Clock clock(Clock::Kind::kVirtual);
  {
    Result<std::shared_ptr<PcapPort>> writer = PcapPort::open(settings_of("", file.path()), clock);
    REQUIRE(writer.ok());
    CHECK(writer.value()->wake_fd() == -1);
    CHECK_EQUAL(transmit(*writer.value(), counting(60)), std::uint64_t{1});
    clock.advance(1'234'567'891);
    CHECK_EQUAL(transmit(*writer.value(), counting(9'000)), std::uint64_t{1});
    // Whoever looks at the file meanwhile sees whole frames.
    CHECK_EQUAL(file.content().size(), std::size_t{24 + 16 + 60 + 16 + 9'000});
  }
  const Bytes content = file.content();
  CHECK_EQUAL(to_hex(content.data(), 4), std::string("4d3cb2a1"));
  CHECK_EQUAL(to_hex(content.data() + 20, 4), std::string("01000000"));
  CHECK_EQUAL(to_hex(content.data() + 24, 8), std::string("0100000000000000"));

  Clock later(Clock::Kind::kVirtual);
  Result<std::shared_ptr<PcapPort>> player = PcapPort::open(settings_of(file.path()), later);
  REQUIRE(player.ok());
  Pool pool(64);
  CHECK((receive_all(*player.value(), pool) == std::vector<Bytes>{counting(60)}));
  later.advance(1'234'567'890);
  CHECK(receive_all(*player.value(), pool).empty());
  later.advance(1);
  CHECK((receive_all(*player.value(), pool) == std::vector<Bytes>{counting(9'000)}));
}

TEST("port/pcap_port: a capture that is there already begins anew, and one nobody asked for takes all") {
  const Writing writing;
  const MemoryFile file(join({writing.header(), writing.record(1, 0, counting(6'000))}));
  const Clock clock(Clock::Kind::kVirtual);
  REQUIRE(PcapPort::open(settings_of("", file.path()), clock).ok());
  CHECK_EQUAL(file.content().size(), std::size_t{24});
  Result<std::shared_ptr<PcapPort>> silent = PcapPort::open(settings_of(""), clock);
  REQUIRE(silent.ok());
  CHECK_EQUAL(transmit(*silent.value(), counting(60)), std::uint64_t{1});
  Pool pool(4);
  CHECK(receive_all(*silent.value(), pool).empty());
}

TEST("port/pcap_port: a file that is no capture is refused with place and remedy") {
  const Writing writing;
  const Bytes header = writing.header();
  const Bytes frame = writing.record(1, 0, counting(60));
  CHECK_EQUAL(refusal({}), std::string("0 there is no whole pcap header"));
  CHECK_EQUAL(refusal(Bytes(header.begin(), header.end() - 1)), std::string("0 there is no whole pcap header"));
  CHECK(has(refusal(Writing{false, 0x0a0d'0d0a}.header()), "0 there is no pcap magic (pcapng is not read"));
  CHECK(has(refusal(counting(200)), "0 there is no pcap magic"));
  CHECK_EQUAL(refusal(Writing{false, 0xa1b2'c3d4, 113}.header()), std::string("20 the link type is not Ethernet"));
  CHECK_EQUAL(refusal(Writing{true, 0xa1b2'3c4d, 0x0100'0000}.header()),
              std::string("20 the link type is not Ethernet"));
  CHECK_EQUAL(refusal(join({header, frame, Bytes(frame.begin(), frame.begin() + 15)})),
              std::string("100 a frame's header is cut short"));
  CHECK(has(refusal(join({header, Bytes(frame.begin(), frame.end() - 1)})), "24 a frame is longer than the file"));
  CHECK(has(refusal(join({header, writing.record(1, 0, Bytes(Packet::kLengthMax + 1))})), "24 a frame is longer"));
  Bytes huge = join({header, frame});
  write(huge, 32, 0xffff'ffff, 4);
  CHECK(has(refusal(huge), "24 a frame is longer than the file or than any frame may be"));
  CHECK_EQUAL(refusal(header), std::string("it was taken"));
}

TEST("port/pcap_port: hostile times overflow nothing") {
  const Writing writing{true, 0xa1b2'c3d4};
  const MemoryFile file(join({writing.header(), writing.record(0, 0xffff'ffff, counting(60)),
                              writing.record(0xffff'ffff, 0xffff'ffff, counting(61))}));
  const Clock real(Clock::Kind::kReal);
  Result<std::shared_ptr<PcapPort>> port = PcapPort::open(settings_of(file.path()), real);
  REQUIRE(port.ok());
  Pool pool(4);
  CHECK_EQUAL(receive_all(*port.value(), pool).size(), std::size_t{1});
  pollfd ready{port.value()->wake_fd(), POLLIN, 0};
  CHECK_EQUAL(::poll(&ready, 1, 10), 0);
}

TEST("port/pcap_port: a capture too large is refused before it is read") {
  const MemoryFile file(Writing{}.header());
  REQUIRE(::truncate(file.path().c_str(), PcapPort::kFileSizeMax + 1) == 0);
  const Clock clock(Clock::Kind::kVirtual);
  Result<std::shared_ptr<PcapPort>> port = PcapPort::open(settings_of(file.path()), clock);
  REQUIRE(!port.ok());
  CHECK(has(port.error().message, "256 MiB is the limit, cut it"));
}

TEST("port/pcap_port: what cannot be read or written is named, and nothing is waited for") {
  const Clock clock(Clock::Kind::kVirtual);
  const auto message = [&](const PortSettings& settings) {
    Result<std::shared_ptr<PcapPort>> port = PcapPort::open(settings, clock);
    return port ? std::string("it was opened") : port.error().message;
  };
  CHECK_EQUAL(message(settings_of("/nonexistent/in.pcap")),
              std::string("cannot read the capture /nonexistent/in.pcap: No such file or directory"));
  CHECK_EQUAL(message(settings_of("", "/nonexistent/out.pcap")),
              std::string("cannot write the capture /nonexistent/out.pcap: No such file or directory"));
  CHECK(has(message(settings_of("/dev/null")), "it is no file: name one in pcap.read"));
  CHECK(has(message(settings_of("/proc")), "it is no file: name one in pcap.read"));
  CHECK(has(message(settings_of("", "/proc")), "cannot write the capture /proc: Is a directory"));
  CHECK_EQUAL(message(settings_of("", "/dev/full")),
              std::string("cannot write the capture /dev/full: No space left on device"));
  CHECK_EQUAL(message(settings_of("", "/dev/null")), std::string("it was opened"));
  int ends[2];
  REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
  const UniqueFd reading(ends[0]), writing(ends[1]);
  CHECK(has(message(settings_of("", "/proc/self/fd/" + std::to_string(ends[1]))), "it is no file: name one in pcap.write"));
}

TEST("port/pcap_port: a port that is refused has overwritten nothing") {
  const Clock clock(Clock::Kind::kVirtual);
  const MemoryFile both(join({Writing{}.header(), Writing{}.record(1, 0, counting(60))}));
  const Bytes before = both.content();
  Result<std::shared_ptr<PcapPort>> same = PcapPort::open(settings_of(both.path(), both.path()), clock);
  REQUIRE(!same.ok());
  CHECK(has(same.error().message, "would be played and overwritten: name two files"));
  CHECK(both.content() == before);
  const MemoryFile broken(counting(100));
  CHECK(!PcapPort::open(settings_of(broken.path(), both.path()), clock).ok());
  CHECK(both.content() == before);
}

TEST("port/pcap_port: a full disk takes no packet and leaves whole frames behind") {
  const MemoryFile file;
  const Clock clock(Clock::Kind::kVirtual);
  Result<std::shared_ptr<PcapPort>> port = PcapPort::open(settings_of("", file.path()), clock);
  REQUIRE(port.ok());
  REQUIRE(transmit(*port.value(), counting(100)) == 1);
  rlimit limit{};
  ::getrlimit(RLIMIT_FSIZE, &limit);
  const rlimit small{24 + 2 * (16 + 100) + 50, limit.rlim_max};
  auto* const before = std::signal(SIGXFSZ, SIG_IGN);
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  CHECK_EQUAL(transmit(*port.value(), counting(100)), std::uint64_t{1});
  CHECK_EQUAL(transmit(*port.value(), counting(100)), std::uint64_t{0});
  CHECK_EQUAL(file.content().size(), std::size_t{24 + 2 * (16 + 100)});
  CHECK_EQUAL(transmit(*port.value(), counting(20)), std::uint64_t{1});
  ::setrlimit(RLIMIT_FSIZE, &limit);
  std::signal(SIGXFSZ, before);
  CHECK_EQUAL(transmit(*port.value(), counting(3'000)), std::uint64_t{1});

  Result<std::shared_ptr<PcapPort>> player = PcapPort::open(settings_of(file.path()), clock);
  REQUIRE(player.ok());
  Pool pool(8);
  CHECK((receive_all(*player.value(), pool) ==
         std::vector<Bytes>{counting(100), counting(100), counting(20), counting(3'000)}));
}

TEST("port/pcap_port: takes no offloads, so that what it writes is what a wire would carry") {
  const Clock clock(Clock::Kind::kVirtual);
  Result<std::shared_ptr<PcapPort>> port = PcapPort::open(settings_of(""), clock);
  REQUIRE(port.ok());
  const PortInfo info = port.value()->info();
  CHECK(!info.takes_checksum && !info.takes_tcp4 && !info.takes_tcp6 && !info.takes_udp);
  CHECK(port.value()->type() == PortType::kPcap);
}

TEST("port/pcap_port: a repeated capture starts again at its end, is never drained and stays readable") {
  const Writing writing;
  const Bytes first(60, std::byte{1}), second(61, std::byte{2});
  const MemoryFile file(join({writing.header(), writing.record(0, 0, first), writing.record(3600, 0, second)}));
  Clock clock(Clock::Kind::kReal);
  PortSettings settings = settings_of(file.path());
  settings.pcap_repeat = true;
  auto port = PcapPort::open(settings, clock);
  CHECK(static_cast<bool>(port));
  if (!port) return;
  Pool pool(128);
  for (int round = 0; round < 3; ++round) {
    pollfd readable{port.value()->wake_fd(), POLLIN, 0};
    CHECK(::poll(&readable, 1, 1'000) == 1);
    Batch batch;
    CHECK(!port.value()->receive(pool, batch));
    CHECK(batch.size() == Batch::kCapacity);
    std::size_t i = 0;
    for (Packet* packet : batch.packets()) {
      CHECK(packet->length == (i++ % 2 == 0 ? 60u : 61u));  // 64 is even: each batch begins with the first
      pool.give(*packet);
    }
    batch.release();
  }
}
