// PcapPort: a port whose outside is a capture: plays one, writes one.
// Home: its worker receives, any worker transmits.
//
// What stands in `pcap_read` enters the switch at the times of its timestamps, counted from when the
// port was opened; what the switch transmits is written to `pcap_write`, dated by the switch's clock.
// Classic pcap of Ethernet frames: both byte orders and micro- or nanoseconds are read, nanoseconds
// are written. A file that is not that is refused when the port is opened. With `pcap_repeat` the capture
// is played over and over and as fast as the switch takes it, each time copied in as a NIC would: a source
// for benchmarks. With a virtual clock the
// port never becomes readable by itself; whoever drives the switch asks it.
#pragma once
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>
#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/unique_fd.hpp"
#include "port/port.hpp"

namespace vsw {

class PcapPort final : public Port {
 public:
  static constexpr std::size_t kFileSizeMax = std::size_t{256} << 20;

  [[nodiscard]] static Result<std::shared_ptr<PcapPort>> open(const PortSettings& settings, const Clock& clock);

  bool receive(Pool& pool, Batch& into) noexcept override;
  std::uint64_t transmit(std::span<Packet* const> packets) noexcept override;
  [[nodiscard]] PortInfo info() const noexcept override { return {}; }
  [[nodiscard]] int wake_fd() const noexcept override { return timer_.get(); }
  [[nodiscard]] PortType type() const noexcept override { return PortType::kPcap; }

 private:
  struct Record {
    std::uint64_t after_ns;  // since the first frame
    std::size_t at;          // in bytes_
    std::uint32_t length;
  };
  explicit PcapPort(const Clock& clock) : clock_(clock), opened_ns_(clock.now_ns()) {}
  [[nodiscard]] Outcome begin(const std::string& read_file, const std::string& file);
  [[nodiscard]] Outcome load(const std::string& file);
  void arm_timer() noexcept;

  const Clock& clock_;
  UniqueFd output_, timer_;
  const std::uint64_t opened_ns_;
  std::vector<std::byte> bytes_;
  std::vector<Record> records_;
  std::size_t next_ = 0;
  bool repeat_ = false;
  std::mutex output_mutex_;
  std::vector<std::byte> unwritten_;
};

}  // namespace vsw
