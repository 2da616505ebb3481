// Captures: live captures, from their start to their end, as bytes of a file.
// Home: control; calls may come from several threads.
//
// A session's frames are taken from the workers' rings in the order of their times, a received frame
// before what it caused, and written as pcapng with an interface for each port, or as classic pcap. What was lost
// because nobody took it in time stands as a comment at the frame behind the gap.
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include "base/result.hpp"
#include "port/pcapng.hpp"
#include "table/generation.hpp"
#include "worker/fabric.hpp"
#include "worker/worker_group.hpp"

namespace vsw {

struct CaptureChunk {
  CaptureBytes bytes;
  std::uint64_t frames = 0, lost = 0;  // since the start
};

class Captures {
 public:
  Captures(Fabric& fabric, WorkerGroup& workers) noexcept : fabric_(fabric), workers_(workers) {}

  // kLimit when there are four already.
  [[nodiscard]] Result<std::uint32_t> start(const CaptureFilter& filter, std::uint32_t snapshot_length, bool classic);
  // What came since the last call: at most `frames_max` frames and about a mebibyte. Ports have the names of `generation`.
  [[nodiscard]] CaptureChunk read(std::uint32_t id, std::uint64_t frames_max, const Generation& generation);
  void stop(std::uint32_t id);

 private:
  struct Running {
    std::unique_ptr<CaptureSession> session;
    bool classic = false, has_begun = false;
    std::uint64_t frames = 0, told_lost = 0;
    std::uint64_t wall_offset_ns = 0;
    std::map<std::string, std::uint32_t> interfaces;  // by the port's name
  };
  std::uint32_t interface_of(Running& running, PortId port, const Generation& generation, CaptureBytes& out);

  Fabric& fabric_;
  WorkerGroup& workers_;
  std::mutex mutex_;
  std::array<Running, CaptureTap::kSessionsMax> running_;
};

}  // namespace vsw
