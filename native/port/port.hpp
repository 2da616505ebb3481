// Port: where frames enter and leave, in batches.
// Home: `receive` belongs to the worker that owns the queue; `transmit` may be called by any worker.
//
// Ports do not count, decide or change frames. A port that takes super-frames and partial checksums
// says so in `info`; the worker segments and completes for one that does not, before it transmits.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>
#include "base/ids.hpp"
#include "base/result.hpp"
#include "packet/batch.hpp"
#include "packet/pool.hpp"
#include "port/device_finding.hpp"
#include "wire/ip.hpp"
#include "wire/mac.hpp"

namespace vsw {

struct PortInfo {
  bool takes_checksum = false;  // partial checksums may be transmitted as they are
  bool takes_tcp4 = false, takes_tcp6 = false, takes_udp = false;  // super-frames, too
  bool likes_udp_gathered = false;  // small datagrams of a flow may come as one super-frame
  std::uint8_t queues = 1;
  bool injects_faults = false;   // `transmit_through_faults` tells what died of one
};

enum class PortType : std::uint8_t { kTap = 1, kMemory = 2, kPcap = 3 };

enum class Wrapper : std::uint8_t { kNone, kCapture, kFault };

class Port {
 public:
  virtual ~Port() = default;
  // Fills `into` (which is empty) with what is waiting, from `pool`; never blocks. Ends early behind a
  // packet that has a tail. False: there may be more at once; true: the port was drained.
  virtual bool receive(Pool& pool, Batch& into) noexcept = 0;
  // Takes what it can of at most 64 packets, in order, and does not keep them: bit i of the answer
  // says that packet i was taken.
  virtual std::uint64_t transmit(std::span<Packet* const> packets) noexcept = 0;
  // Each of its `info().queues` queues is to one worker what a port of one queue is: received by it alone.
  [[nodiscard]] virtual Port& queue(std::uint32_t) noexcept { return *this; }
  // As `transmit`; bit i of `lost` says that packet i was not taken because a fault was wished for.
  virtual std::uint64_t transmit_through_faults(std::span<Packet* const> packets, std::uint64_t& lost) noexcept {
    lost = 0;
    return transmit(packets);
  }
  [[nodiscard]] virtual PortInfo info() const noexcept = 0;
  [[nodiscard]] virtual PortType type() const noexcept = 0;
  // Readable while something waits in `receive`; -1 when the port is never readable.
  [[nodiscard]] virtual int wake_fd() const noexcept = 0;
  // The device went away under us; it will never be readable again.
  [[nodiscard]] virtual bool gone() const noexcept { return false; }
  // Readable when somebody changed the device; -1 for ports whose device nobody can change.
  [[nodiscard]] virtual int change_fd() const noexcept { return -1; }
  // Looks at the device as it is, and makes it what it should be where that is right.
  [[nodiscard]] virtual DeviceFinding inspect() { return {}; }
  // Frames that the kernel dropped at this device before or behind us; 0 for ports without a kernel.
  [[nodiscard]] virtual std::uint64_t kernel_dropped() const noexcept { return 0; }
  [[nodiscard]] virtual Wrapper wrapper() const noexcept { return Wrapper::kNone; }
  // The port that this one is around; null when it is around none.
  [[nodiscard]] virtual const std::shared_ptr<Port>* inner() const noexcept { return nullptr; }
};

// What a port is to be, as the control layer decided it.
struct Route {
  Prefix to;       // length 0: the default route of its family
  Ip via;          // :: when on-link
  bool operator==(const Route&) const noexcept = default;
};

// What is done to frames on purpose: of a million, so many are lost, repeated or corrupted by one bit.
struct FaultSettings {
  std::uint32_t seed = 0;
  std::uint32_t loss_per_million = 0, repeat_per_million = 0, corrupt_per_million = 0;
  std::uint32_t delay_ms = 0;
  bool received = false, transmitted = false;  // neither: the port has no faults
  [[nodiscard]] bool wanted() const noexcept { return received || transmitted; }
  bool operator==(const FaultSettings&) const noexcept = default;
};

struct CaptureSettings {
  std::string file;  // empty: the port is not captured
  std::uint32_t snapshot_length = 0, bytes_max = 0;
  [[nodiscard]] bool wanted() const noexcept { return !file.empty(); }
  bool operator==(const CaptureSettings&) const noexcept = default;
};

struct PortSettings {
  PortType type = PortType::kTap;
  std::string netns;   // path of the namespace's file; empty: the switch's own
  std::string device;
  Mac mac;
  std::vector<Prefix> addresses;
  std::vector<Route> routes;
  std::uint16_t mtu = 1500;
  bool persist = true;
  bool offloads = false;        // memory only: the port takes super-frames and partial checksums
  std::string pcap_read, pcap_write;
  bool pcap_repeat = false;     // the capture is played over and over, as fast as it is taken
  std::uint8_t queues = 1;      // TAP only
  CaptureSettings capture;
  FaultSettings fault;
  bool operator==(const PortSettings&) const noexcept = default;
};

}  // namespace vsw
