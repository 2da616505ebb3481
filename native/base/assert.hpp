// VSW_ASSERT and VSW_BUG: what must be true.
// Home: anywhere.
//
// VSW_ASSERT stays on in every build and ends the program: it guards start-up, control and the edges
// of batches. VSW_BUG guards the packet loop: in a release build it is only an expression that tells
// whether the bug happened, so that the caller drops the packet with the reason `bug`; in debug,
// sanitizer and fuzz builds it aborts.
#pragma once

namespace vsw {
[[noreturn]] void assertion_failed(const char* expression, const char* file, int line) noexcept;
}  // namespace vsw

#define VSW_ASSERT(expression) \
  (static_cast<bool>(expression) ? void(0) : ::vsw::assertion_failed(#expression, __FILE__, __LINE__))

#if defined(VSW_DEBUG)
#define VSW_BUG(expression) \
  (static_cast<bool>(expression) ? (::vsw::assertion_failed("bug: " #expression, __FILE__, __LINE__), true) : false)
#else
#define VSW_BUG(expression) (__builtin_expect(static_cast<bool>(expression), 0))
#endif
