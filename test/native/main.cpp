#include <cstring>

#include "native/tap.hpp"

namespace vsw::test {

namespace {
bool failed = false;
std::string skipped;
}  // namespace

std::vector<Case>& cases() {
  static std::vector<Case> all;
  return all;
}

void fail(const char* file, int line, const char* what) {
  failed = true;
  std::printf("# %s:%d: %s\n", file, line, what);
}

void fail(const char* file, int line, const std::string& what) { fail(file, line, what.c_str()); }

void fail_equal(const char* file, int line, const char* what, const std::string& actual, const std::string& expected) {
  fail(file, line, std::string(what) + " is " + actual + ", not " + expected);
}

void skip(const std::string& missing) { skipped = missing; }

}  // namespace vsw::test

int main(int argument_count, char** arguments) {
  using namespace vsw::test;
  const char* wanted = argument_count > 1 ? arguments[1] : "";
  int part = 1;
  int parts = 1;
  if (argument_count > 2 && (std::sscanf(arguments[2], "%d/%d", &part, &parts) != 2 || part < 1 || part > parts)) {
    std::fprintf(stderr, "native_tests: %s is no part; remedy: native_tests [SUBSTRING [PART/PARTS]], as in '' 1/2\n", arguments[2]);
    return 2;
  }
  int chosen = 0;
  int number = 0;
  int failures = 0;
  for (const Case& test : cases()) {
    if (std::strstr(test.name, wanted) == nullptr || chosen++ % parts != part - 1) continue;
    failed = false;
    skipped.clear();
    test.run();
    ++number;
    if (failed) ++failures;
    std::printf("%s %d - %s%s%s\n", failed ? "not ok" : "ok", number, test.name, skipped.empty() ? "" : " # SKIP ",
                skipped.c_str());
    std::fflush(stdout);
  }
  std::printf("1..%d\n", number);
  return failures == 0 && number > 0 ? 0 : 1;
}
