// Fuzz target `transaction_decode`: any bytes as a transaction, and as a second one on top of what the first made.
//
// Nobody hostile writes transactions, but a mistake in the control layer must end in a refusal, never in a
// generation that does not hold together.
#include <cstdint>
#include <memory>
#include <span>

#include "base/assert.hpp"
#include "commit/draft.hpp"
#include "commit/transaction.hpp"

namespace {

using namespace vsw;

constexpr std::uint32_t kPortsMax = 64;

// Every name in a generation leads to something of it.
void check(const Generation& generation) {
  for (std::size_t id = 0; id < generation.ports.size(); ++id) {
    const PortEntry* port = generation.port(PortId{static_cast<std::uint16_t>(id)});
    if (port == nullptr) continue;
    VSW_ASSERT(port->id.value == id && id < kPortsMax);
    for (const NetworkId network : port->networks()) VSW_ASSERT(generation.network(network) != nullptr);
    if (!port->is_trunk()) continue;
    for (std::uint32_t tag = 0; tag < 0x1'0000; tag += 0x111) {
      const NetworkId network = port->network_of(static_cast<std::uint16_t>(tag));
      VSW_ASSERT(!network || port->is_in(network));
    }
  }
  for (const auto& network : generation.networks) {
    if (!network) continue;
    for (const PortId member : network->members) {
      VSW_ASSERT(generation.port(member) != nullptr && generation.port(member)->is_in(network->id));
      VSW_ASSERT(member.value / 64u < network->member_bits.size());
    }
    for (const StaticMac& station : network->static_macs) VSW_ASSERT(generation.port(station.port) != nullptr);
  }
}

// The generation after this one, or this one when the transaction is refused.
std::unique_ptr<Generation> next(std::unique_ptr<Generation> running, std::span<const std::byte> bytes) {
  const Result<Transaction> transaction = Transaction::decode(bytes);
  if (!transaction) {
    VSW_ASSERT(!transaction.error().message.empty());
    return running;
  }
  VSW_ASSERT(transaction.value().edits().size() <= bytes.size());
  Draft draft(*running, GenerationId{running->id.value + 1}, kPortsMax);
  if (const Outcome outcome = draft.apply(transaction.value()); !outcome) {
    VSW_ASSERT(!outcome.error().message.empty());
    return running;
  }
  std::unique_ptr<Generation> made = draft.finish();
  check(*made);
  return made;
}

}  // namespace

// The first two bytes say where the second transaction begins.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::span bytes(reinterpret_cast<const std::byte*>(data) + 2, size - 2);
  const std::size_t middle = bytes.empty() ? 0 : (data[0] | data[1] << 8) % (bytes.size() + 1);
  auto generation = std::make_unique<Generation>();
  generation->id = GenerationId{1};
  generation = next(std::move(generation), bytes.first(middle));
  generation = next(std::move(generation), bytes.subspan(middle));
  return 0;
}
