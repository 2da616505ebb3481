// The native tests' runner: each TEST is a line of TAP, each failed CHECK a diagnostic.
//
// One program, no dependency: `native_tests [SUBSTRING]` runs the tests whose name contains it.
// TEST("wire/parse: refuses a short frame") { CHECK(…); CHECK_EQUAL(a, b); }
#pragma once
#include <cstdio>
#include <sstream>
#include <string>
#include <vector>

namespace vsw::test {

struct Case {
  const char* name;
  void (*run)();
};
std::vector<Case>& cases();
void fail(const char* file, int line, const std::string& what);
void skip(const std::string& missing);  // the capability that is missing; return from the test afterwards

struct Register {
  Register(const char* name, void (*run)()) { cases().push_back({name, run}); }
};

template <class T>
std::string show(const T& value) {
  if constexpr (requires(std::ostringstream& out) { out << value; }) {
    std::ostringstream out;
    out << +value;
    return out.str();
  } else {
    return "a value";
  }
}
inline std::string show(const std::string& value) { return "\"" + value + "\""; }
inline std::string show(const char* value) { return value; }
inline std::string show(bool value) { return value ? "true" : "false"; }

}  // namespace vsw::test

#define VSW_JOIN_(a, b) a##b
#define VSW_JOIN(a, b) VSW_JOIN_(a, b)
#define TEST(name)                                                                              \
  static void VSW_JOIN(test_, __LINE__)();                                                      \
  static const ::vsw::test::Register VSW_JOIN(register_, __LINE__)(name, VSW_JOIN(test_, __LINE__)); \
  static void VSW_JOIN(test_, __LINE__)()
#define CHECK(expression) \
  do { if (!(expression)) ::vsw::test::fail(__FILE__, __LINE__, #expression); } while (false)
#define CHECK_EQUAL(actual, expected)                                                               \
  do {                                                                                              \
    const auto actual_ = (actual);                                                                  \
    const auto expected_ = (expected);                                                              \
    if (!(actual_ == expected_))                                                                    \
      ::vsw::test::fail(__FILE__, __LINE__,                                                         \
                        std::string(#actual " is ") + ::vsw::test::show(actual_) + ", not " + ::vsw::test::show(expected_)); \
  } while (false)
#define REQUIRE(expression) \
  do { if (!(expression)) { ::vsw::test::fail(__FILE__, __LINE__, #expression); return; } } while (false)
