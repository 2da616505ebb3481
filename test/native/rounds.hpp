// Rounds: how often a test of one thread does what it does by chance.
//
// ThreadSanitizer has nothing to say of one thread alone, and makes it take ten times as long: a quarter is enough there,
// since all of it is run without, and under AddressSanitizer.
#pragma once

namespace vsw::test {

constexpr int rounds(int count) {
#ifdef __SANITIZE_THREAD__
  return count / 4;
#else
  return count;
#endif
}

}  // namespace vsw::test
