#include "base/region.hpp"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>
#include <type_traits>

#include "native/tap.hpp"

using namespace vsw;
using namespace vsw::test;

namespace {

constexpr std::size_t kMiB = std::size_t{1} << 20;

// What /proc/self/smaps says of the mapping that an address lies in: of a line, what stands behind its name.
std::string mapping(const void* address, const std::string& name) {
  const auto wanted = reinterpret_cast<std::uintptr_t>(address);
  std::ifstream maps("/proc/self/smaps");
  bool inside = false;
  for (std::string line; std::getline(maps, line);) {
    std::uintptr_t from = 0, to = 0;
    if (std::sscanf(line.c_str(), "%lx-%lx ", &from, &to) == 2) inside = from <= wanted && wanted < to;
    if (inside && line.compare(0, name.size(), name) == 0) return line.substr(name.size());
  }
  return {};
}

bool is_mapped(const void* address) { return !mapping(address, "Size:").empty(); }

std::size_t nonzero(const Region& region) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < region.size(); ++i) count += region.as<unsigned char>()[i] != 0;
  return count;
}

}  // namespace

TEST("base/region: as large as was asked for at least, zeroed, and begins with a cache line") {
  for (const std::size_t size : {std::size_t{1}, std::size_t{64}, std::size_t{4'097}, 3 * kMiB, 4 * kMiB, 5 * kMiB + 1}) {
    const Region region(size);
    CHECK(region.size() >= size);
    CHECK_EQUAL(reinterpret_cast<std::uintptr_t>(region.data()) % 64, std::uintptr_t{0});
    CHECK_EQUAL(nonzero(region), std::size_t{0});
    std::memset(region.data(), 0x5a, region.size());
    CHECK_EQUAL(nonzero(region), region.size());
  }
}

TEST("base/region: what was given back is not inherited") {
  for (int i = 0; i < 8; ++i) {
    const Region region(64 * 1'024);
    CHECK_EQUAL(nonzero(region), std::size_t{0});
    std::memset(region.data(), 0xff, region.size());
  }
}

TEST("base/region: none is none") {
  const Region none;
  CHECK(none.data() == nullptr);
  CHECK_EQUAL(none.size(), std::size_t{0});
}

TEST("base/region: has one owner, who changes by moving, and is unmapped with the last") {
  static_assert(!std::is_copy_constructible_v<Region> && !std::is_copy_assignable_v<Region>);
  void* first = nullptr;
  void* second = nullptr;
  {
    Region one(kMiB);
    first = one.data();
    one.as<int>()[0] = 42;
    Region moved(std::move(one));
    CHECK(one.data() == nullptr && one.size() == 0);  // NOLINT: what is left behind is the question
    CHECK(moved.data() == first && moved.size() == kMiB);
    Region other(2 * kMiB);
    second = other.data();
    moved = std::move(other);
    CHECK(moved.data() == second && moved.size() == 2 * kMiB);
    CHECK(is_mapped(second));
  }
  CHECK(!is_mapped(first));
  CHECK(!is_mapped(second));
}

TEST("base/region: pages that nobody touched cost nothing") {
  const Region region(std::size_t{1} << 30);
  CHECK(mapping(region.data(), "Rss:").find(" 0 kB") != std::string::npos);
  region.as<unsigned char>()[region.size() / 2] = 1;
  std::istringstream rss(mapping(region.data(), "Rss:"));
  std::size_t kilobytes = 0;
  rss >> kilobytes;
  CHECK(kilobytes > 0 && kilobytes <= 2'048);
}

TEST("base/region: large ones ask for huge pages and lie as huge pages do, small ones do not") {
  std::ifstream setting("/sys/kernel/mm/transparent_hugepage/enabled");
  std::string modes;
  if (!std::getline(setting, modes)) return skip("transparent huge pages");
  const Region large(16 * kMiB), small(kMiB);
  CHECK(mapping(large.data(), "VmFlags:").find(" hg") != std::string::npos);
  CHECK(mapping(small.data(), "VmFlags:").find(" hg") == std::string::npos);
  CHECK_EQUAL(reinterpret_cast<std::uintptr_t>(large.data()) % (2 * kMiB), std::uintptr_t{0});
  CHECK_EQUAL(large.size() % (2 * kMiB), std::size_t{0});
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // theirs is a program without a limited address space
TEST("base/region: running out of memory ends the program with a message, not with a null pointer") {
  std::fflush(stdout);
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(ends[1], 2);
    const rlimit none{0, RLIM_INFINITY};
    ::setrlimit(RLIMIT_CORE, &none);
    const rlimit little{std::size_t{1} << 30, RLIM_INFINITY};
    ::setrlimit(RLIMIT_AS, &little);
    const Region region(std::size_t{1} << 40);
    ::_exit(region.data() == nullptr ? 1 : 2);
  }
  ::close(ends[1]);
  std::string said;
  char part[256];
  for (ssize_t got; (got = ::read(ends[0], part, sizeof part)) > 0;) said.append(part, static_cast<std::size_t>(got));
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
  CHECK(said.find("region.cpp") != std::string::npos);
}
#endif
