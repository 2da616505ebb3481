// One classifier, one set of rules, one fresh process: a line of JSON.
//
//   PROGRAM RULES        measures with RULES.rules and RULES.trace
//   PROGRAM make KIND COUNT PATH    writes a set in the style of a ClassBench seed
//
// Rates are by the thread's own CPU time, the best of several rounds. The worst single lookup is the slowest header of the
// trace, each taken as the best of its rounds, so that an interrupt is nobody's fault. Answers are held against linear search.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <malloc.h>
#include <string>
#include <unistd.h>
#include <vector>

#include "classify/peer.h"
#include "native/classbench.hpp"

namespace {

using vsw::test::Classbench;
using vsw::test::ClassbenchHeader;
using vsw::test::ClassbenchRule;

constexpr std::uint32_t kBatch = 64;
constexpr int kPutsMax = 200;
constexpr std::size_t kHeadersMax = 20'000, kCheckedMax = 1'000;

double clock_ns(clockid_t which) {
  timespec now{};
  clock_gettime(which, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}
double resident_mb() {
  malloc_trim(0);
  long size = 0, pages = 0;
  if (std::FILE* file = std::fopen("/proc/self/statm", "r"); file != nullptr) {
    if (std::fscanf(file, "%ld %ld", &size, &pages) != 2) pages = 0;
    std::fclose(file);
  }
  return static_cast<double>(pages) * static_cast<double>(sysconf(_SC_PAGESIZE)) / 1e6;
}
peer_rule of(const ClassbenchRule& rule) {
  return {rule.source, rule.destination, rule.source_length, rule.destination_length, rule.protocol, rule.any_protocol,
          {rule.source_port[0], rule.source_port[1]}, {rule.destination_port[0], rule.destination_port[1]}};
}
int refuse(const char* why) {
  std::printf("{\"refused\": \"%s\"}\n", why);
  return 0;
}

// The best of some rounds over all headers, in nanoseconds a header.
template <class Round>
double best_ns(std::size_t headers, Round&& round) {
  double best = 1e18;
  const double begin = clock_ns(CLOCK_THREAD_CPUTIME_ID);
  for (int done = 0; done < 5 || (done < 100 && clock_ns(CLOCK_THREAD_CPUTIME_ID) - begin < 5e8); ++done) {
    const double start = clock_ns(CLOCK_THREAD_CPUTIME_ID);
    round();
    best = std::min(best, (clock_ns(CLOCK_THREAD_CPUTIME_ID) - start) / static_cast<double>(headers));
  }
  return best;
}

int measure(const std::string& path) {
  Classbench bench = Classbench::read(path);
  if (bench.rules.empty() || bench.headers.empty()) return refuse("the files are not there, or empty");
  if (bench.headers.size() > kHeadersMax) bench.headers.resize(kHeadersMax);
  std::vector<peer_rule> rules;
  std::vector<peer_header> headers;
  for (const ClassbenchRule& rule : bench.rules) rules.push_back(of(rule));
  for (const ClassbenchHeader& header : bench.headers)
    headers.push_back({header.source, header.destination, header.source_port, header.destination_port, header.protocol});
  const auto count = static_cast<std::uint32_t>(headers.size());

  if (const char* why = peer_start(); why != nullptr) return refuse(why);
  const double resident = resident_mb();
  double start = clock_ns(CLOCK_MONOTONIC), start_cpu = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
  if (const char* why = peer_build(rules.data(), static_cast<std::uint32_t>(rules.size())); why != nullptr) return refuse(why);
  const double build_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID) - start_cpu;
  std::printf("built\n");  // for who does not wait for the end
  std::fflush(stdout);
  const double memory = resident_mb() - resident;

  std::uint32_t checked = 0, wrong = 0;
  for (std::uint32_t i = 0; i < count && checked < kCheckedMax; i += std::max<std::uint32_t>(1, count / kCheckedMax), ++checked)
    wrong += peer_first(&headers[i]) != bench.first(bench.headers[i]);

  long sum = 0;
  const double one_ns = best_ns(count, [&] {
    for (const peer_header& header : headers) sum += peer_first(&header);
  });
  int answers[kBatch];
  const double many_ns = best_ns(count, [&] {
    for (std::uint32_t i = 0; i < count; i += kBatch) {
      peer_first_of_many(&headers[i], std::min(kBatch, count - i), answers);
      sum += answers[0];
    }
  });
  double clock_cost = 1e18;
  for (int i = 0; i < 1'000; ++i) {
    start = clock_ns(CLOCK_MONOTONIC);
    clock_cost = std::min(clock_cost, clock_ns(CLOCK_MONOTONIC) - start);
  }
  std::vector<double> least(count, 1e18);
  for (int round = 0; round < 9; ++round)
    for (std::uint32_t i = 0; i < count; ++i) {
      start = clock_ns(CLOCK_MONOTONIC);
      sum += peer_first(&headers[i]);
      least[i] = std::min(least[i], clock_ns(CLOCK_MONOTONIC) - start - clock_cost);
    }
  const double worst_ns = *std::max_element(least.begin(), least.end());

  // One rule more: half of them at one place, the others anywhere, each eighth about half of all addresses. The median and the worst.
  std::vector<double> puts;
  vsw::test::Chance chance(5);
  const std::uint32_t place = chance.below(static_cast<std::uint32_t>(rules.size()));
  double spent = 0;
  for (int i = 0; i < kPutsMax && (i < 1 || spent < 2e9); ++i, spent += puts.back()) {
    peer_rule rule = rules[chance.below(static_cast<std::uint32_t>(rules.size()))];
    if (i % 8 == 7) {
      rule.source = 0;
      rule.destination = 1u << 31;
      rule.source_length = rule.destination_length = 1;
    }
    const std::uint32_t before = i % 2 == 0 ? place : chance.below(static_cast<std::uint32_t>(rules.size()));
    start_cpu = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
    if (const char* why = peer_put(&rule, before); why != nullptr) return refuse(why);
    puts.push_back(clock_ns(CLOCK_PROCESS_CPUTIME_ID) - start_cpu);
  }
  std::sort(puts.begin(), puts.end());
  std::printf("{\"rules\": %zu, \"headers\": %u, \"checked\": %u, \"wrong\": %u, \"lookups_per_second\": %.0f, \"batched_per_second\": %.0f, "
              "\"worst_ns\": %.0f, \"build_ms\": %.1f, \"memory_mb\": %.1f, \"put_us\": %.1f, \"put_worst_us\": %.1f, \"sum\": %ld}\n",
              rules.size(), count, checked, wrong, 1e9 / one_ns, 1e9 / many_ns, worst_ns, build_ns / 1e6, memory, puts[puts.size() / 2] / 1e3,
              puts.back() / 1e3, sum);
  return 0;
}

}  // namespace

int main(int count, char** words) {
  if (count == 5 && std::strcmp(words[1], "make") == 0)
    return Classbench::make(words[2], static_cast<std::uint32_t>(std::strtoul(words[3], nullptr, 10))).write(words[4]) ? 0 : 1;
  if (count == 2) return measure(words[1]);
  std::fprintf(stderr, "usage: %s RULES | make acl|fw|ipc COUNT PATH\n", words[0]);
  return 2;
}
