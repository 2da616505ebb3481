// native_bench: measures the cases.
//
//   native_bench list                 the names
//   native_bench time [NAME]          nanoseconds of the thread's own CPU time per packet, as JSON lines
//   native_bench run NAME PACKETS     the work alone, in a function that callgrind can be told to collect
//
// Time is that of the thread, so what other programs do on the same core is not counted; what they do to the caches is.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string_view>

#include "native/bench.hpp"

extern "C" [[gnu::noinline]] void vsw_measured(const vsw::bench::Work& work, std::uint32_t packets) {
  work(packets);
  asm volatile("");  // so that no tail call leaves the function before the work is done
}

namespace {

using vsw::bench::Case;
using vsw::bench::Cases;
using vsw::bench::Work;

constexpr std::size_t kRounds = 15;
constexpr double kRoundNs = 20e6;

double thread_ns() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

double run_ns(const Work& work, std::uint32_t packets) {
  const double start = thread_ns();
  vsw_measured(work, packets);
  return thread_ns() - start;
}

void time_case(const Case& one) {
  const Work work = one.prepare();
  std::uint32_t packets = 1024;
  double ns = run_ns(work, packets);
  while (ns < kRoundNs / 2 && packets < 1u << 28) {
    packets = static_cast<std::uint32_t>(std::min(8.0, 1 + kRoundNs / std::max(ns, 1.0)) * packets);
    ns = run_ns(work, packets);
  }
  std::array<double, kRounds> rounds{};
  for (double& round : rounds) round = run_ns(work, packets) / packets;
  std::sort(rounds.begin(), rounds.end());
  std::printf("{\"case\": \"%s\", \"ns\": %.3f, \"min\": %.3f, \"max\": %.3f}\n", one.name.c_str(), rounds[kRounds / 2],
              rounds.front(), rounds.back());
  std::fflush(stdout);
}

int usage() {
  std::fputs("usage: native_bench list | time [NAME] | run NAME PACKETS\n", stderr);
  return 2;
}

}  // namespace

int main(int count, char** words) {
  Cases cases;
  vsw::bench::add_parse(cases);
  vsw::bench::add_flow(cases);
  vsw::bench::add_pipeline(cases);
  vsw::bench::add_action(cases);
  vsw::bench::add_path(cases);
  vsw::bench::add_classify(cases);

  const std::string_view verb = count > 1 ? words[1] : "";
  const std::string_view name = count > 2 ? words[2] : "";
  if (verb == "list") {
    for (const Case& one : cases) std::puts(one.name.c_str());
    return 0;
  }
  if (verb == "time") {
    for (const Case& one : cases)
      if (one.name.find(name) != std::string::npos) time_case(one);
    return 0;
  }
  if (verb != "run" || count != 4) return usage();
  for (const Case& one : cases) {
    if (one.name != name) continue;
    const Work work = one.prepare();
    work(64);  // the first touch of memory and tables is no packet's work
    vsw_measured(work, static_cast<std::uint32_t>(std::strtoul(words[3], nullptr, 10)));
    return 0;
  }
  std::fprintf(stderr, "native_bench: no case is named %s; native_bench list shows them\n", words[2]);
  return 2;
}
