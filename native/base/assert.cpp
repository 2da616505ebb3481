#include "base/assert.hpp"

#include <cstdio>
#include <cstdlib>

namespace vsw {

void assertion_failed(const char* expression, const char* file, int line) noexcept {
  std::fprintf(stderr, "vswitch: %s:%d: this must be true and is not: %s\n", file, line, expression);
  std::abort();
}

}  // namespace vsw
