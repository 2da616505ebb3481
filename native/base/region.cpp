#include "base/region.hpp"

#include <sys/mman.h>

#include "base/assert.hpp"

namespace vsw {

namespace {
constexpr std::size_t kHugePage = std::size_t{2} << 20;
}

Region::Region(std::size_t size) : size_(size) {
  VSW_ASSERT(size > 0);
  const bool huge = size >= 2 * kHugePage;
  if (huge) size_ = (size + kHugePage - 1) & ~(kHugePage - 1);
  data_ = ::mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  VSW_ASSERT(data_ != MAP_FAILED);
  if (huge) ::madvise(data_, size_, MADV_HUGEPAGE);
}

Region::~Region() {
  if (data_ != nullptr) ::munmap(data_, size_);
}

}  // namespace vsw
