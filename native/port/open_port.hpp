// open_port: the port of the type that its settings ask for.
// Home: control.
#pragma once
#include <cstdint>
#include <memory>
#include "base/clock.hpp"
#include "base/result.hpp"
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
// Null when the port is of another type.
[[nodiscard]] MemoryPort* as_memory_port(Port& port) noexcept;

}  // namespace vsw
