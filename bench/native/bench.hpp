// Bench: cases of work on packets, each prepared by itself and measured per packet.
// Home: the benchmark program; one thread.
//
// A case's `prepare` builds all that the work needs, and answers the work: so many packets, again and again. What
// prepare does is not measured. `keep` makes the compiler believe that somebody reads a value.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace vsw::bench {

using Work = std::function<void(std::uint32_t packets)>;

struct Case {
  std::string name;  // "unit: what", and the same from revision to revision
  std::function<Work()> prepare;
};
using Cases = std::vector<Case>;

template <class Value>
inline void keep(const Value& value) noexcept {
  asm volatile("" : : "r"(&value) : "memory");
}

// One a file, in the order in which a packet meets them.
void add_parse(Cases& cases);
void add_flow(Cases& cases);
void add_pipeline(Cases& cases);
void add_action(Cases& cases);
void add_path(Cases& cases);
void add_classify(Cases& cases);

}  // namespace vsw::bench
