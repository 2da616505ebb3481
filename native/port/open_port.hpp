// open_port: the port of the type that its settings ask for.
// Home: control.
#pragma once
#include <cstdint>
#include <memory>
#include <string_view>
#include "base/clock.hpp"
#include "base/result.hpp"
#include "port/capture_port.hpp"
#include "port/fault_port.hpp"
#include "port/memory_port.hpp"
#include "port/port.hpp"

namespace vsw {

// At most `queues_max` queues are opened. Errors as TapPort::open and PcapPort::open.
[[nodiscard]] Result<std::shared_ptr<Port>> open_port(const PortSettings& settings, const Clock& clock,
                                                      std::uint32_t queues_max = 1);
// Makes an open port of the same device what `now` says.
[[nodiscard]] Outcome reconfigure_port(Port& port, const PortSettings& previous, const PortSettings& now);
// The device goes with the port, even a persistent one.
void remove_device(Port& port) noexcept;
// Undoes `open_port`: a device that it made goes, one that it found stays.
void abandon_port(Port& port) noexcept;
// Null when the device is of another type.
[[nodiscard]] MemoryPort* as_memory_port(Port& port) noexcept;

// The device itself, without the ports around it.
[[nodiscard]] Port& innermost(Port& port) noexcept;
[[nodiscard]] const std::shared_ptr<Port>& innermost(const std::shared_ptr<Port>& port) noexcept;
// The device of `port` with the wrappers that `now` asks for: a capture next to the device, faults around
// it. What is as `previous` (null: the port is new) asked for stays; the device is not touched.
[[nodiscard]] Result<std::shared_ptr<Port>> wrap_port(const std::shared_ptr<Port>& port, const PortSettings* previous,
                                                      const PortSettings& now, std::string_view name,
                                                      const Clock& clock);
// Null when there is none around it.
[[nodiscard]] std::shared_ptr<FaultPort> fault_around(const std::shared_ptr<Port>& port) noexcept;
[[nodiscard]] std::shared_ptr<CapturePort> capture_around(const std::shared_ptr<Port>& port) noexcept;

}  // namespace vsw
