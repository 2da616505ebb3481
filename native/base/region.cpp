#include "base/region.hpp"

#include <sys/mman.h>

#include <cstdint>

#include "base/assert.hpp"

namespace vsw {

namespace {
constexpr std::size_t kHugePage = std::size_t{2} << 20;
}

Region::Region(std::size_t size) : size_(size) {
  VSW_ASSERT(size > 0);
  const bool huge = size >= 2 * kHugePage;
  if (huge) size_ = (size + kHugePage - 1) & ~(kHugePage - 1);
  const std::size_t spare = huge ? kHugePage : 0;  // a mapping begins anywhere, a huge page does not
  data_ = ::mmap(nullptr, size_ + spare, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  VSW_ASSERT(data_ != MAP_FAILED);
  if (!huge) return;
  auto* const mapped = static_cast<std::byte*>(data_);
  const std::size_t before = -reinterpret_cast<std::uintptr_t>(data_) & (kHugePage - 1);
  data_ = mapped + before;
  if (before > 0) ::munmap(mapped, before);
  if (before < spare) ::munmap(mapped + before + size_, spare - before);
  (void)::madvise(data_, size_, MADV_HUGEPAGE);  // a wish: kernels without them refuse
}

Region::~Region() {
  if (data_ != nullptr) ::munmap(data_, size_);
}

}  // namespace vsw
