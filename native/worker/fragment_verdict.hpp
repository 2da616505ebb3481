// FragmentVerdict: what was said of a datagram's first fragment, as the fragment table keeps it for the others.
// Home: worker; a value.
#pragma once
#include <cstdint>
#include "base/ids.hpp"
#include "state/fragment_table.hpp"
#include "telemetry/counters.hpp"

namespace vsw {

struct FragmentVerdict {
  DropReason reason = DropReason::kNone;  // why all of it dies; kNone: it does not
  RuleId rule;
  std::uint8_t protocol = 0;              // of the first one alone, since the others may state what they like
  std::uint16_t source_port = 0, destination_port = 0;
  std::uint16_t service = 0;              // what rules are asked about: the destination port, or of ICMP type and code
  bool is_asked = false;                  // rules have a say in it
  bool has_key = false;                   // it is what connections are made of

  [[nodiscard]] FragmentTable::Judgement judgement() const noexcept {
    return {{static_cast<std::uint64_t>(reason), rule.value,
             std::uint64_t{protocol} << 32 | std::uint64_t{source_port} << 16 | destination_port,
             std::uint64_t{is_asked} << 17 | std::uint64_t{has_key} << 16 | service}};
  }
  [[nodiscard]] static FragmentVerdict of(const FragmentTable::Judgement& judgement) noexcept {
    const std::uint64_t* words = judgement.words;
    return {static_cast<DropReason>(words[0]), RuleId{static_cast<std::uint32_t>(words[1])},
            static_cast<std::uint8_t>(words[2] >> 32), static_cast<std::uint16_t>(words[2] >> 16),
            static_cast<std::uint16_t>(words[2]), static_cast<std::uint16_t>(words[3]), (words[3] >> 17 & 1) != 0,
            (words[3] >> 16 & 1) != 0};
  }
};

}  // namespace vsw
