#include "commit/captures.hpp"

#include <algorithm>
#include <vector>

namespace vsw {

namespace {

constexpr std::size_t kChunkBytes = std::size_t{1} << 20;

struct Taken {
  CaptureRecord record;
  std::vector<std::byte> bytes;
};

}  // namespace

Result<std::uint32_t> Captures::start(const CaptureFilter& filter, std::uint32_t snapshot_length, bool classic) {
  const std::lock_guard guard(mutex_);
  for (std::uint32_t id = 0; id < running_.size(); ++id) {
    Running& running = running_[id];
    if (running.session) continue;
    running = {};
    running.session = std::make_unique<CaptureSession>(filter, snapshot_length, fabric_.limits.workers);
    running.classic = classic;
    running.wall_offset_ns = fabric_.clock.wall_ns() - fabric_.clock.now_ns();
    fabric_.capture.show(id, running.session.get());
    return id;
  }
  return Error{ErrorCode::kLimit, "there are four live captures already: end one of them", 0};
}

void Captures::stop(std::uint32_t id) {
  const std::lock_guard guard(mutex_);
  if (id >= running_.size() || !running_[id].session) return;
  fabric_.capture.show(id, nullptr);
  workers_.settle();
  running_[id] = {};
}

std::uint32_t Captures::interface_of(Running& running, PortId port, const Generation& generation, CaptureBytes& out) {
  const PortEntry* entry = generation.port(port);
  const std::string name = entry != nullptr ? entry->name : "(deleted)";
  const auto next = static_cast<std::uint32_t>(running.interfaces.size());
  const auto [at, is_new] = running.interfaces.try_emplace(name, next);
  if (is_new && !running.classic) append_interface(out, name, running.session->snapshot_length);
  return at->second;
}

CaptureChunk Captures::read(std::uint32_t id, std::uint64_t frames_max, const Generation& generation) {
  const std::lock_guard guard(mutex_);
  CaptureChunk chunk;
  if (id >= running_.size() || !running_[id].session) return chunk;
  Running& running = running_[id];
  if (!running.has_begun) {
    if (running.classic) append_classic_header(chunk.bytes, running.session->snapshot_length);
    else append_section(chunk.bytes);
    running.has_begun = true;
  }
  std::vector<Taken> taken;
  std::size_t size = 0;
  for (CaptureRing& ring : running.session->rings) {
    for (Taken one; size < kChunkBytes && taken.size() < frames_max && ring.read(one.record, one.bytes);) {
      size += one.bytes.size();
      taken.push_back(std::move(one));
      one = {};
    }
    chunk.lost += ring.lost();
  }
  std::stable_sort(taken.begin(), taken.end(), [](const Taken& one, const Taken& other) {
    return one.record.time_ns != other.record.time_ns ? one.record.time_ns < other.record.time_ns
                                                      : one.record.transmitted < other.record.transmitted;
  });
  for (const Taken& one : taken) {
    CapturedFrame frame;
    frame.interface = interface_of(running, one.record.port, generation, chunk.bytes);
    frame.time_ns = one.record.time_ns + running.wall_offset_ns;
    frame.head = one.bytes;
    frame.length = one.record.length;
    frame.transmitted = one.record.transmitted;
    std::string fate = one.record.fate == DropReason::kNone ? "" : std::string("dropped: ") + name_of(one.record.fate);
    if (chunk.lost > running.told_lost) {
      fate = std::to_string(chunk.lost - running.told_lost) + " frames before this one are missing" + (fate.empty() ? "" : ", ") + fate;
      running.told_lost = chunk.lost;
    }
    const std::string comment = comment_of(one.record.offload, fate);
    frame.comment = comment;
    if (running.classic) append_classic_frame(chunk.bytes, frame);
    else append_frame(chunk.bytes, frame);
  }
  running.frames += taken.size();
  chunk.frames = running.frames;
  return chunk;
}

}  // namespace vsw
