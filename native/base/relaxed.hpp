// Relaxed: a number that several threads may read while one writes, without any order.
// Home: anywhere; a value.
//
// A load and a store are plain instructions; the compiler may only not tear them. Unlike std::atomic it may
// be copied and stand in a union, so records of fixed size can be made of it. What several write at once
// is changed by `add_bits` and `clear_bits`, which lose nothing.
#pragma once
#include <type_traits>

namespace vsw {

template <class T>
class Relaxed {
 public:
  static_assert(std::is_unsigned_v<T> && sizeof(T) <= 8);

  Relaxed() noexcept = default;
  [[nodiscard]] T load() const noexcept { return __atomic_load_n(&value_, __ATOMIC_RELAXED); }
  void store(T value) noexcept { __atomic_store_n(&value_, value, __ATOMIC_RELAXED); }
  void add_bits(T bits) noexcept { __atomic_fetch_or(&value_, bits, __ATOMIC_RELAXED); }
  void clear_bits(T bits) noexcept { __atomic_fetch_and(&value_, static_cast<T>(~bits), __ATOMIC_RELAXED); }

 private:
  T value_;
};
static_assert(std::is_trivially_copyable_v<Relaxed<unsigned>> && std::is_trivially_default_constructible_v<Relaxed<unsigned>>);

}  // namespace vsw
