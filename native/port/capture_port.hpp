// CapturePort: a port around a port: copies what passes its device into a pcapng file.
// Home: its worker receives, any worker transmits; a mutex keeps the file whole.
//
// Received frames as the device gave them, transmitted ones as it took them or refused them (then with a
// comment). The file has a bound; what comes after it is counted as missed, and so is what a full disk
// did not take: the file is cut back to its last whole frame. What a frame's fate in the switch was is
// not known here; the live capture (`vswitchctl capture`) tells it.
#pragma once
#include <memory>
#include <mutex>
#include <string>
#include "base/clock.hpp"
#include "base/unique_fd.hpp"
#include "port/pcapng.hpp"
#include "port/port.hpp"

namespace vsw {

struct CaptureCounts {
  std::uint64_t frames = 0, bytes = 0, missed = 0;  // bytes of the file
};

class CapturePort final : public Port {
 public:
  static constexpr Wrapper kKind = Wrapper::kCapture;

  // kSystem when the file cannot be written. What it held before is gone.
  [[nodiscard]] static Result<std::shared_ptr<Port>> open(std::shared_ptr<Port> inner, const CaptureSettings& settings,
                                                          std::string_view name, const Clock& clock);

  bool receive(Pool& pool, Batch& into) noexcept override;
  std::uint64_t transmit(std::span<Packet* const> packets) noexcept override;
  [[nodiscard]] PortInfo info() const noexcept override { return inner_->info(); }
  [[nodiscard]] PortType type() const noexcept override { return inner_->type(); }
  [[nodiscard]] int wake_fd() const noexcept override { return inner_->wake_fd(); }
  [[nodiscard]] bool gone() const noexcept override { return inner_->gone(); }
  [[nodiscard]] int change_fd() const noexcept override { return inner_->change_fd(); }
  [[nodiscard]] DeviceFinding inspect() override { return inner_->inspect(); }
  [[nodiscard]] std::uint64_t kernel_dropped() const noexcept override { return inner_->kernel_dropped(); }
  [[nodiscard]] Wrapper wrapper() const noexcept override { return kKind; }
  [[nodiscard]] const std::shared_ptr<Port>* inner() const noexcept override { return &inner_; }

  [[nodiscard]] CaptureCounts counts() const noexcept;
  [[nodiscard]] const CaptureSettings& settings() const noexcept { return settings_; }

 private:
  CapturePort(std::shared_ptr<Port> inner, const CaptureSettings& settings, const Clock& clock)
      : inner_(std::move(inner)), settings_(settings), clock_(clock) {}
  void write(std::span<Packet* const> packets, bool transmitted, std::uint64_t taken) noexcept;
  bool write_out() noexcept;

  const std::shared_ptr<Port> inner_;
  const CaptureSettings settings_;
  const Clock& clock_;
  UniqueFd file_;
  mutable std::mutex mutex_;
  CaptureBytes unwritten_;
  CaptureCounts counts_;
};

}  // namespace vsw
