// FrozenMap: a hash map that is built once and then only read.
// Home: control builds; shared: read-only after publish.
//
// Open addressing at a load of at most one half; a lookup allocates nothing and cannot fail other
// than by not finding. Keys are hashed by a function object, so the map itself knows no key.
#pragma once
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace vsw {

template <class Key, class Value, class Hash>
class FrozenMap {
 public:
  struct Item {
    Key key;
    Value value;
  };

  FrozenMap() = default;
  // The first of several items with equal keys wins.
  explicit FrozenMap(const std::vector<Item>& items) : items_(items) {
    if (items_.empty()) return;
    slots_.assign(std::bit_ceil(items_.size() * 2), 0);
    for (std::uint32_t i = 0; i < items_.size(); ++i) {
      std::size_t at = place(items_[i].key);
      while (slots_[at] != 0 && !(items_[slots_[at] - 1].key == items_[i].key)) at = (at + 1) & (slots_.size() - 1);
      if (slots_[at] == 0) slots_[at] = i + 1;
    }
  }
  [[nodiscard]] const Value* find(const Key& key) const noexcept {
    if (slots_.empty()) return nullptr;
    for (std::size_t at = place(key); slots_[at] != 0; at = (at + 1) & (slots_.size() - 1))
      if (items_[slots_[at] - 1].key == key) return &items_[slots_[at] - 1].value;
    return nullptr;
  }
  [[nodiscard]] const std::vector<Item>& items() const noexcept { return items_; }

 private:
  [[nodiscard]] std::size_t place(const Key& key) const noexcept { return Hash{}(key) & (slots_.size() - 1); }
  std::vector<Item> items_;
  std::vector<std::uint32_t> slots_;  // index + 1; 0 is free
};

}  // namespace vsw
