#include "worker/loop_guard.hpp"

#include "wire/loop_probe.hpp"

namespace vsw {

void LoopGuard::keep(const Generation& generation, std::uint64_t now_ns) noexcept {
  if (fabric_.loops.held() != 0)
    fabric_.loops.let_go_until(now_ns, [&](PortId port) noexcept {
      fabric_.macs.touch();
      events_.push({EventType::kPortReleased, {}, port, {}, 0, 0, 0});
    });
  if (!generation.is_probed) return;
  std::uint32_t left = kProbesPerTurn;
  const std::size_t count = generation.networks.size();
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t at = (first_ + i) % count;
    const NetworkEntry* network = generation.networks[at].get();
    if (network == nullptr || !network->is_probed()) continue;
    Round& round = rounds_.as<Round>()[at];
    if (round.next == 0) {
      if (now_ns < round.due_ns) continue;
      round.due_ns = now_ns + std::uint64_t{network->loop_probe_ms} * 1'000'000;
    }
    for (; round.next < network->undeclared.size() && left > 0; ++round.next, --left)
      if (const PortEntry* port = generation.port(network->undeclared[round.next]); port != nullptr)
        probe(*port, *network, now_ns);
    if (round.next < network->undeclared.size()) {
      first_ = at;
      return;
    }
    round.next = 0;
  }
}

void LoopGuard::probe(const PortEntry& port, const NetworkEntry& network, std::uint64_t now_ns) noexcept {
  if (fabric_.loops.is_held(port.id)) return;
  Packet* packet = pool_.take();
  if (packet == nullptr) return;  // there will be another round
  const LoopProbe probe{port.id, network.id, static_cast<std::uint32_t>(now_ns / 1'000'000)};
  probe.write(packet->data, fabric_.loops.seed());
  packet->length = LoopProbe::kLength;
  forwarder_.answerer().originate(port, network, *packet, now_ns);
  pool_.give(*packet);
}

}  // namespace vsw
