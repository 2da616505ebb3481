#include "port/capture_port.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/system_error.hpp"

namespace vsw {

Result<std::shared_ptr<Port>> CapturePort::open(std::shared_ptr<Port> inner, const CaptureSettings& settings,
                                                std::string_view name, const Clock& clock) {
  std::shared_ptr<CapturePort> port(new CapturePort(std::move(inner), settings, clock));
  const std::string what = "cannot write the capture " + settings.file;
  // Never blocks: a pipe without a reader would hold up everybody's commit.
  port->file_ = UniqueFd(::open(settings.file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK | O_CLOEXEC, 0640));
  struct stat status {};
  if (!port->file_ || ::fstat(port->file_.get(), &status) != 0) return system_error(what, errno);
  if (!S_ISREG(status.st_mode))
    return Error{ErrorCode::kSystem, what + ": it is no file: name one in capture.file", 0};
  if (::ftruncate(port->file_.get(), 0) != 0) return system_error(what, errno);
  append_section(port->unwritten_);
  append_interface(port->unwritten_, name, settings.snapshot_length);
  if (!port->write_out()) return system_error(what, errno);
  return std::shared_ptr<Port>(std::move(port));
}

bool CapturePort::receive(Pool& pool, Batch& into) noexcept {
  const bool drained = inner_->receive(pool, into);
  if (!into.empty()) write(into.packets(), false, ~std::uint64_t{0});
  return drained;
}

std::uint64_t CapturePort::transmit(std::span<Packet* const> packets) noexcept {
  const std::uint64_t taken = inner_->transmit(packets);
  write(packets, true, taken);
  return taken;
}

void CapturePort::write(std::span<Packet* const> packets, bool transmitted, std::uint64_t taken) noexcept {
  const std::lock_guard guard(mutex_);
  const std::uint64_t now_ns = clock_.wall_ns();
  std::uint64_t frames = 0;
  for (std::size_t i = 0; i < packets.size(); ++i) {
    const Packet& packet = *packets[i];
    const std::uint32_t kept = std::min(packet.frame_length(), settings_.snapshot_length);
    const std::uint32_t in_head = std::min(kept, packet.length);
    CapturedFrame frame;
    frame.time_ns = now_ns;
    frame.head = packet.head().first(in_head);
    frame.tail = {packet.tail, kept - in_head};
    frame.length = packet.frame_length();
    frame.transmitted = transmitted;
    const std::string comment = comment_of(packet.offload, (taken >> i & 1) != 0 ? "" : "device_refused");
    frame.comment = comment;
    const std::size_t before = unwritten_.size();
    append_frame(unwritten_, frame);
    if (counts_.bytes + unwritten_.size() <= settings_.bytes_max) {
      ++frames;
      continue;
    }
    unwritten_.resize(before);
    ++counts_.missed;
  }
  if (write_out()) counts_.frames += frames;
  else counts_.missed += frames;
}

bool CapturePort::write_out() noexcept {
  std::size_t at = 0;
  while (at < unwritten_.size()) {
    const ssize_t written = ::write(file_.get(), unwritten_.data() + at, unwritten_.size() - at);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) break;
    at += static_cast<std::size_t>(written);
  }
  const bool whole = at == unwritten_.size();
  const int error = errno;
  if (whole) {
    counts_.bytes += at;
  } else if (const off_t end = ::lseek(file_.get(), 0, SEEK_END); at > 0 && end >= static_cast<off_t>(at)) {
    [[maybe_unused]] const int cut = ::ftruncate(file_.get(), end - static_cast<off_t>(at));
  }
  unwritten_.clear();
  errno = error;
  return whole;
}

CaptureCounts CapturePort::counts() const noexcept {
  const std::lock_guard guard(mutex_);
  return counts_;
}

}  // namespace vsw
