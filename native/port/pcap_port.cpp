#include "port/pcap_port.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/system_error.hpp"

namespace vsw {

namespace {

constexpr std::uint32_t kMicroseconds = 0xa1b2'c3d4, kNanoseconds = 0xa1b2'3c4d;
constexpr std::uint32_t kLinkTypeEthernet = 1;
constexpr std::size_t kFileHeader = 24, kRecordHeader = 16, kLine = 64;

struct FileHeader {
  std::uint32_t magic = kNanoseconds;
  std::uint16_t major = 2, minor = 4;
  std::uint32_t zone = 0, accuracy = 0;
  std::uint32_t snapshot_length = Packet::kLengthMax;
  std::uint32_t link_type = kLinkTypeEthernet;
};
static_assert(sizeof(FileHeader) == kFileHeader);

Error malformed(const std::string& file, std::size_t at, const std::string& what) {
  return {ErrorCode::kSystem, "the capture " + file + " cannot be played: at byte " + std::to_string(at) + " " + what, 0};
}

// A line at once, as a NIC writes: a small frame is one. Both have room for whole lines.
// Where the compiler knows a bound of the length it copies by `rep movs`, whose start costs more than a small frame.
inline void copy_frame(std::byte* to, const std::byte* from, std::size_t size) noexcept {
  std::memcpy(to, from, kLine);
  if (size <= kLine) return;
  asm("" : "+r"(size));
  std::memcpy(to + kLine, from + kLine, size - kLine);
}

bool write_all(int fd, const std::byte* bytes, std::size_t size) noexcept {
  while (size > 0) {
    const ssize_t written = ::write(fd, bytes, size);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes += written;
    size -= static_cast<std::size_t>(written);
  }
  return true;
}

}  // namespace

Result<std::shared_ptr<PcapPort>> PcapPort::open(const PortSettings& settings, const Clock& clock) {
  std::shared_ptr<PcapPort> port(new PcapPort(clock));
  port->repeat_ = settings.pcap_repeat;
  if (!settings.pcap_read.empty())
    if (Outcome loaded = port->load(settings.pcap_read); !loaded) return loaded.error();
  // Only now, so that a port that cannot be opened has overwritten nothing.
  if (!settings.pcap_write.empty())
    if (Outcome begun = port->begin(settings.pcap_read, settings.pcap_write); !begun) return begun.error();
  if (!clock.is_virtual() && !port->records_.empty()) {
    port->timer_ = UniqueFd(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC));
    if (!port->timer_) return system_error("cannot make a timer for the capture", errno);
    port->arm_timer();
  }
  return port;
}

Outcome PcapPort::begin(const std::string& read_file, const std::string& file) {
  // Never blocks: a pipe without a reader would hold up everybody's commit.
  output_ = UniqueFd(::open(file.c_str(), O_WRONLY | O_CREAT | O_NONBLOCK | O_CLOEXEC, 0644));
  struct stat status {}, read_status {};
  if (!output_ || ::fstat(output_.get(), &status) != 0) return system_error("cannot write the capture " + file, errno);
  if (!S_ISREG(status.st_mode) && !S_ISCHR(status.st_mode))
    return Error{ErrorCode::kSystem, "cannot write the capture " + file + ": it is no file: name one in pcap.write",
                 0};
  if (!read_file.empty() && ::stat(read_file.c_str(), &read_status) == 0 && read_status.st_dev == status.st_dev &&
      read_status.st_ino == status.st_ino)
    return Error{ErrorCode::kSystem, "the capture " + file + " would be played and overwritten: name two files", 0};
  if (S_ISREG(status.st_mode) && ::ftruncate(output_.get(), 0) != 0)
    return system_error("cannot write the capture " + file, errno);
  const FileHeader header;
  if (!write_all(output_.get(), reinterpret_cast<const std::byte*>(&header), sizeof header))
    return system_error("cannot write the capture " + file, errno);
  return Done{};
}

Outcome PcapPort::load(const std::string& file) {
  const UniqueFd input(::open(file.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  struct stat status {};
  if (!input || ::fstat(input.get(), &status) != 0) return system_error("cannot read the capture " + file, errno);
  if (!S_ISREG(status.st_mode))
    return Error{ErrorCode::kSystem, "cannot read the capture " + file + ": it is no file: name one in pcap.read", 0};
  if (static_cast<std::uint64_t>(status.st_size) > kFileSizeMax)
    return malformed(file, kFileSizeMax, "it is still not at its end: 256 MiB is the limit, cut it");
  bytes_.reserve(static_cast<std::size_t>(status.st_size) + kLine);
  bytes_.resize(static_cast<std::size_t>(status.st_size));
  for (std::size_t at = 0; at < bytes_.size();) {
    const ssize_t got = ::read(input.get(), bytes_.data() + at, bytes_.size() - at);
    if (got < 0) return system_error("cannot read the capture " + file, errno);
    if (got == 0) bytes_.resize(at);
    at += static_cast<std::size_t>(got);
  }
  if (bytes_.size() < kFileHeader) return malformed(file, 0, "there is no whole pcap header");

  bool swapped = false;
  const auto number = [&](std::size_t at) {
    std::uint32_t value;
    std::memcpy(&value, bytes_.data() + at, 4);
    return swapped ? __builtin_bswap32(value) : value;
  };
  const std::uint32_t magic = number(0);
  swapped = magic == __builtin_bswap32(kMicroseconds) || magic == __builtin_bswap32(kNanoseconds);
  if (number(0) != kMicroseconds && number(0) != kNanoseconds)
    return malformed(file, 0, "there is no pcap magic (pcapng is not read: convert it with editcap -F pcap)");
  const std::uint64_t unit = number(0) == kMicroseconds ? 1'000 : 1;
  if ((number(20) & 0xffff) != kLinkTypeEthernet) return malformed(file, 20, "the link type is not Ethernet");

  std::uint64_t first_ns = 0;
  for (std::size_t at = kFileHeader; at < bytes_.size();) {
    if (bytes_.size() - at < kRecordHeader) return malformed(file, at, "a frame's header is cut short");
    const std::uint64_t time_ns = std::uint64_t{number(at)} * 1'000'000'000 + number(at + 4) * unit;
    const std::uint32_t length = number(at + 8);
    if (length > Packet::kLengthMax || length > bytes_.size() - at - kRecordHeader)
      return malformed(file, at, "a frame is longer than the file or than any frame may be");
    if (records_.empty()) first_ns = time_ns;
    // Frames are played in the order of the file; a clock that went back does not hold them up.
    const std::uint64_t earliest = records_.empty() ? 0 : records_.back().after_ns;
    records_.push_back({std::max(earliest, time_ns > first_ns ? time_ns - first_ns : 0), at + kRecordHeader, length});
    at += kRecordHeader + length;
  }
  bytes_.resize(bytes_.size() + kLine);  // room behind the last frame for a whole line
  return Done{};
}

void PcapPort::arm_timer() noexcept {
  if (!timer_) return;
  itimerspec when{};  // zero: never
  if (next_ < records_.size()) {
    const std::uint64_t due_ns = opened_ns_ + records_[next_].after_ns;
    when.it_value.tv_sec = static_cast<time_t>(due_ns / 1'000'000'000);
    when.it_value.tv_nsec = static_cast<long>(due_ns % 1'000'000'000);
  }
  ::timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME, &when, nullptr);
}

bool PcapPort::receive(Pool& pool, Batch& into) noexcept {
  if (records_.empty()) return true;
  // Repeated frames are due at any time, and the timer, once expired, stays readable.
  const std::uint64_t elapsed_ns = repeat_ ? ~std::uint64_t{0} : clock_.now_ns() - opened_ns_;
  const std::span<const Record> records = records_;
  const std::byte* const bytes = bytes_.data();
  std::size_t next = next_;
  while (!into.full() && next < records.size() && records[next].after_ns <= elapsed_ns) {
    Packet* packet = pool.take();
    if (packet == nullptr) {
      next_ = next;
      return false;
    }
    const Record& record = records[next++];
    packet->length = std::min(record.length, Packet::kSlotSize);
    packet->tail_length = record.length - packet->length;
    copy_frame(packet->data, bytes + record.at, packet->length);
    into.push(*packet);
    if (repeat_ && next == records.size()) next = 0;
    if (packet->tail_length > 0) {
      packet->tail = pool.spill();
      std::memcpy(packet->tail, bytes + record.at + packet->length, packet->tail_length);
      break;
    }
  }
  next_ = next;
  if (next < records.size() && records[next].after_ns <= elapsed_ns) return false;
  arm_timer();
  return true;
}

std::uint64_t PcapPort::transmit(std::span<Packet* const> packets) noexcept {
  if (!output_) return ~std::uint64_t{0};  // nobody wants to see it
  const std::lock_guard guard(output_mutex_);
  const std::uint64_t now_ns = clock_.wall_ns();
  unwritten_.clear();
  const auto append = [&](const void* from, std::size_t size) {
    const auto* bytes = static_cast<const std::byte*>(from);
    unwritten_.insert(unwritten_.end(), bytes, bytes + size);
  };
  for (const Packet* packet : packets) {
    const std::uint32_t header[4] = {static_cast<std::uint32_t>(now_ns / 1'000'000'000),
                                     static_cast<std::uint32_t>(now_ns % 1'000'000'000), packet->frame_length(),
                                     packet->frame_length()};
    append(header, sizeof header);
    append(packet->data, packet->length);
    append(packet->tail, packet->tail_length);
  }
  // All or none: after a failed write (a full disk) the file is cut back to its last whole frame.
  const off_t before = ::lseek(output_.get(), 0, SEEK_CUR);
  if (write_all(output_.get(), unwritten_.data(), unwritten_.size())) return ~std::uint64_t{0};
  if (before >= 0 && ::ftruncate(output_.get(), before) == 0) ::lseek(output_.get(), before, SEEK_SET);
  return 0;
}

}  // namespace vsw
