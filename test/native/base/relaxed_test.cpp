#include "base/relaxed.hpp"

#include <cstdint>
#include <thread>
#include <vector>

#include "native/tap.hpp"

using namespace vsw;

TEST("base/relaxed: what was stored is loaded, and bits come and go alone") {
  Relaxed<std::uint16_t> number{};
  CHECK_EQUAL(number.load(), 0);
  number.store(0xfff0);
  CHECK_EQUAL(number.load(), 0xfff0);
  number.add_bits(0x0003);
  CHECK_EQUAL(number.load(), 0xfff3);
  number.clear_bits(0x8001);
  CHECK_EQUAL(number.load(), 0x7ff2);
}

TEST("base/relaxed: bits that several threads set are all there") {
  Relaxed<std::uint32_t> bits{};
  std::vector<std::thread> threads;
  for (std::uint32_t thread = 0; thread < 4; ++thread)
    threads.emplace_back([&bits, thread] {
      for (std::uint32_t round = 0; round < 1'000; ++round) {
        bits.clear_bits(1u << thread);
        bits.add_bits(1u << thread);
      }
    });
  for (std::thread& thread : threads) thread.join();
  CHECK_EQUAL(bits.load(), 0xfu);
}
