// Fuzz target `pcap`: any bytes as a capture; it is refused with a reason, or played to its end, frame by frame.
//
// The input is the file.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <string>

#include "base/assert.hpp"
#include "base/clock.hpp"
#include "packet/pool.hpp"
#include "port/pcap_port.hpp"

namespace {

using namespace vsw;

constexpr std::size_t kRecordHeader = 16;

// How many frames came out; the file had `size` bytes.
std::size_t play(PcapPort& port, Pool& pool, std::size_t size) {
  std::size_t frames = 0, bytes = 0;
  for (bool drained = false; !drained;) {
    Batch batch;
    drained = port.receive(pool, batch);
    VSW_ASSERT(drained || !batch.empty());
    for (Packet* packet : batch.packets()) {
      VSW_ASSERT(packet->frame_length() <= Packet::kLengthMax && packet->length <= Packet::kSlotSize);
      ++frames;
      bytes += kRecordHeader + packet->frame_length();
      pool.give(*packet);
    }
    batch.release();
    VSW_ASSERT(bytes <= size);
  }
  return frames;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Clock clock(Clock::Kind::kVirtual);
  static Pool pool(2 * Batch::kCapacity);
  const int file = ::memfd_create("capture", MFD_CLOEXEC);
  VSW_ASSERT(file >= 0 && ::write(file, data, size) == static_cast<ssize_t>(size));
  PortSettings settings;
  settings.type = PortType::kPcap;
  settings.pcap_read = "/proc/self/fd/" + std::to_string(file);
  if (Result<std::shared_ptr<PcapPort>> port = PcapPort::open(settings, clock)) {
    // Frames of the future are due when the clock gets there, and the furthest is 2^32 seconds away.
    const std::size_t now = play(*port.value(), pool, size);
    clock.advance(std::uint64_t{1} << 62);
    VSW_ASSERT(now + play(*port.value(), pool, size) <= size / kRecordHeader);
    VSW_ASSERT(play(*port.value(), pool, size) == 0);
  } else {
    VSW_ASSERT(!port.error().message.empty());
  }
  ::close(file);
  return 0;
}
