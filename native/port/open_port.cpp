#include "port/open_port.hpp"

#include "port/pcap_port.hpp"
#include "port/tap_port.hpp"

namespace vsw {

namespace {

template <class Opened>
Result<std::shared_ptr<Port>> widen(Result<std::shared_ptr<Opened>> opened) {
  if (!opened) return opened.error();
  return std::shared_ptr<Port>(std::move(opened.value()));
}

// The port of that kind in the chain; null when there is none.
template <class Wrapper>
std::shared_ptr<Wrapper> find_wrapper(const std::shared_ptr<Port>& port) noexcept {
  for (const std::shared_ptr<Port>* at = &port; at != nullptr && *at; at = (*at)->inner())
    if ((*at)->wrapper() == Wrapper::kKind) return std::static_pointer_cast<Wrapper>(*at);
  return nullptr;
}

TapPort* as_tap_port(Port& port) noexcept {
  Port& device = innermost(port);
  return device.type() == PortType::kTap ? static_cast<TapPort*>(&device) : nullptr;
}

}  // namespace

Result<std::shared_ptr<Port>> open_port(const PortSettings& settings, const Clock& clock, std::uint32_t queues_max) {
  switch (settings.type) {
    case PortType::kTap: return widen(TapPort::open(settings, queues_max));
    case PortType::kPcap: return widen(PcapPort::open(settings, clock));
    case PortType::kMemory: return std::shared_ptr<Port>(std::make_shared<MemoryPort>(settings.offloads));
  }
  return Error{ErrorCode::kInvalid, "an unknown type of port", 0};
}

Outcome reconfigure_port(Port& port, const PortSettings& previous, const PortSettings& now) {
  TapPort* tap = as_tap_port(port);
  return tap != nullptr ? tap->reconfigure(previous, now) : Outcome(Done{});
}

void remove_device(Port& port) noexcept {
  if (TapPort* tap = as_tap_port(port); tap != nullptr) tap->remove_device();
}

void abandon_port(Port& port) noexcept {
  if (TapPort* tap = as_tap_port(port); tap != nullptr) tap->abandon();
}

MemoryPort* as_memory_port(Port& port) noexcept {
  Port& device = innermost(port);
  return device.type() == PortType::kMemory ? static_cast<MemoryPort*>(&device) : nullptr;
}

Port& innermost(Port& port) noexcept {
  Port* at = &port;
  while (at->inner() != nullptr) at = at->inner()->get();
  return *at;
}

const std::shared_ptr<Port>& innermost(const std::shared_ptr<Port>& port) noexcept {
  const std::shared_ptr<Port>* at = &port;
  while ((*at)->inner() != nullptr) at = (*at)->inner();
  return *at;
}

Result<std::shared_ptr<Port>> wrap_port(const std::shared_ptr<Port>& port, const PortSettings* previous,
                                        const PortSettings& now, std::string_view name, const Clock& clock) {
  const bool captured_so = previous != nullptr && previous->capture == now.capture;
  if (captured_so && previous->fault == now.fault) return port;
  std::shared_ptr<Port> wrapped = innermost(port);
  if (now.capture.wanted()) {
    const std::shared_ptr<CapturePort> running = captured_so ? find_wrapper<CapturePort>(port) : nullptr;
    if (running) {
      wrapped = running;
    } else {
      Result<std::shared_ptr<Port>> opened = CapturePort::open(wrapped, now.capture, name, clock);
      if (!opened) return opened.error();
      wrapped = std::move(opened.value());
    }
  }
  if (now.fault.wanted()) wrapped = std::make_shared<FaultPort>(std::move(wrapped), now.fault, clock);
  return wrapped;
}

std::shared_ptr<FaultPort> fault_around(const std::shared_ptr<Port>& port) noexcept { return find_wrapper<FaultPort>(port); }

std::shared_ptr<CapturePort> capture_around(const std::shared_ptr<Port>& port) noexcept {
  return find_wrapper<CapturePort>(port);
}

}  // namespace vsw
