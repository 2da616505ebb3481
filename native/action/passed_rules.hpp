// PassedRules: the rules that left a packet to a later tier, in their order.
// Home: worker; a value.
//
// Nearly always there are none, and every packet that is judged has two of these in several places: so what is not there
// is neither made zero nor copied.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include "base/assert.hpp"
#include "table/rule.hpp"

namespace vsw {

class PassedRules {
 public:
  static constexpr std::size_t kMax = 12;
  struct Entry {
    RuleId rule;
    std::uint8_t flags = 0;  // the rule's
  };

  PassedRules() noexcept : count_(0) {}
  PassedRules(const PassedRules& other) noexcept { copy(other); }
  PassedRules& operator=(const PassedRules& other) noexcept {
    if (this != &other) copy(other);
    return *this;
  }

  void add(RuleId rule, std::uint8_t flags) noexcept {
    if (VSW_BUG(count_ == kMax)) return;
    rules_[count_] = rule.value;
    flags_[count_++] = flags;
  }
  [[nodiscard]] std::size_t size() const noexcept { return count_; }
  [[nodiscard]] Entry operator[](std::size_t index) const noexcept { return {RuleId{rules_[index]}, flags_[index]}; }

 private:
  void copy(const PassedRules& other) noexcept {
    count_ = other.count_;
    for (std::size_t i = 0; i < count_; ++i) {
      rules_[i] = other.rules_[i];
      flags_[i] = other.flags_[i];
    }
  }

  std::array<std::uint32_t, kMax> rules_;
  std::array<std::uint8_t, kMax> flags_;
  std::uint8_t count_;
};

}  // namespace vsw
