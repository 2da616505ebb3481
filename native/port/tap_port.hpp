// TapPort: a TAP device inside a container's namespace.
// Home: control opens and changes it; its worker receives, any worker transmits.
//
// The device is made in the namespace where it will live, so nothing has to be moved. Frames carry a
// virtio_net_hdr: super-frames and partial checksums pass whole, as far as the kernel has the offloads
// (asked for in steps; UDP segmentation needs Linux 6.2). A persistent device outlives this process
// with its addresses and routes, and is found again by its name. Opening one that is already as wanted
// changes nothing that a running connection could feel.
//
// Whoever is root in there may change the device. Its name, MAC and MTU are put back by `inspect`: under
// another name a restart would not find it, and with another MAC or a larger MTU its frames would only
// die. Setting it down is left alone, as the container's own way to be silent; when it is up again, the
// IPv6 addresses and routes that it lost by that are put back.
//
// A TAP may have several queues, so that several workers share its frames. Which queue a frame comes by is
// the kernel's choice, by a hash of its flow; a flow that we transmitted by one queue comes back by that one.
// Whether a TAP is for one queue or for several is fixed when it is made. What the kernel drops, since a TAP
// never says that it is full, is in `kernel_dropped`.
#pragma once
#include <algorithm>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>
#include "base/result.hpp"
#include "port/netlink.hpp"
#include "port/port.hpp"
#include "port/tap_queue.hpp"

namespace vsw {

class TapPort final : public Port {
 public:
  // kNamespaceAbsent, kDeviceClash (a device of that name is there and is no TAP, or is in use by
  // another process), kPermission, kUnsupported, kSystem.
  // At most `queues_max` queues are opened, however many the settings want.
  [[nodiscard]] static Result<std::shared_ptr<TapPort>> open(const PortSettings& settings, std::uint32_t queues_max = 1);

  // Makes the device what `settings` says. What `previous` had put there and is no longer wanted goes;
  // what the container added itself stays. When it fails, the device is again as `previous` says.
  [[nodiscard]] Outcome reconfigure(const PortSettings& previous, const PortSettings& settings);
  // The device goes with this object, even a persistent one.
  void remove_device() noexcept;
  // Undoes `open`: a device that it made goes, one that it found stays.
  void abandon() noexcept;

  bool receive(Pool& pool, Batch& into) noexcept override { return queues_.front()->receive(pool, into); }
  std::uint64_t transmit(std::span<Packet* const> packets) noexcept override {
    return queues_.front()->transmit(packets);
  }
  [[nodiscard]] Port& queue(std::uint32_t number) noexcept override { return *queues_[number]; }
  [[nodiscard]] PortInfo info() const noexcept override {
    PortInfo info = queues_.front()->info();
    info.queues = static_cast<std::uint8_t>(queues_.size());
    return info;
  }
  [[nodiscard]] int wake_fd() const noexcept override { return queues_.front()->wake_fd(); }
  [[nodiscard]] PortType type() const noexcept override { return PortType::kTap; }
  [[nodiscard]] bool gone() const noexcept override {
    return std::any_of(queues_.begin(), queues_.end(), [](const auto& queue) { return queue->gone(); });
  }
  [[nodiscard]] std::uint64_t kernel_dropped() const noexcept override;
  [[nodiscard]] int change_fd() const noexcept override { return changes_.get(); }
  [[nodiscard]] DeviceFinding inspect() override;

 private:
  TapPort(std::vector<std::unique_ptr<TapQueue>> queues, Netlink netlink, std::string device, bool created) noexcept
      : queues_(std::move(queues)),
        netlink_(std::move(netlink)),
        device_(std::move(device)),
        created_(created) {}
  // Learns the device's number and namespace, and listens for its changes.
  [[nodiscard]] Outcome settle();
  [[nodiscard]] Outcome configure(const PortSettings* previous, const PortSettings& settings);
  // Gives the device, which is up, its addresses and routes.
  [[nodiscard]] Outcome furnish(const PortSettings* previous, const PortSettings& settings);
  [[nodiscard]] DeviceFinding::Place place() const noexcept;

  const std::vector<std::unique_ptr<TapQueue>> queues_;  // at least one
  mutable std::mutex netlink_mutex_;  // control's threads share the socket
  mutable Netlink netlink_;
  std::string device_;
  UniqueFd changes_;
  PortSettings wanted_;  // as it was configured last
  bool left_down_ = false;
  std::uint64_t home_ = 0;  // inode of the namespace that it was made in; 0 where the kernel does not say
  int index_ = 0;       // the container may give the name to another device; the number stays ours
  const bool created_;
  mutable std::uint64_t kernel_dropped_ = 0;  // the last count, for when the device is gone
};

}  // namespace vsw
