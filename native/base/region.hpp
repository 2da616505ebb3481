// Region: a piece of zeroed memory, obtained once, given back at the end.
// Home: control obtains it; whoever it is lent to uses it.
//
// Tables of fixed size live in regions, not in containers, so the packet path cannot allocate. Large
// regions ask for huge pages. Untouched pages cost nothing. Running out of memory here is fatal.
#pragma once
#include <cstddef>
#include <utility>

namespace vsw {

class Region {
 public:
  Region() noexcept = default;
  explicit Region(std::size_t size);
  Region(Region&& other) noexcept : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  Region& operator=(Region&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
  }
  Region(const Region&) = delete;
  Region& operator=(const Region&) = delete;
  ~Region();
  [[nodiscard]] void* data() const noexcept { return data_; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  template <class T>
  [[nodiscard]] T* as() const noexcept { return static_cast<T*>(data_); }

 private:
  void* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace vsw
