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

TapPort* as_tap_port(Port& port) noexcept {
  return port.type() == PortType::kTap ? static_cast<TapPort*>(&port) : nullptr;
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
  return port.type() == PortType::kMemory ? static_cast<MemoryPort*>(&port) : nullptr;
}

}  // namespace vsw
