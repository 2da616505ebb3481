// The native tests' runner: each TEST is a line of TAP, each failed CHECK a diagnostic.
//
// One program, no dependency: `native_tests [SUBSTRING [PART/PARTS]]` runs the tests whose name contains it, or of those
// every PARTS-th, so that several processes share them.
// TEST("wire/parse: refuses a short frame") { CHECK(…); CHECK_EQUAL(a, b); }
//
// Thousands of checks stand in the tests, each compiled four times over: what one says when it fails is made out of line.
#pragma once
#include <concepts>
#include <cstdio>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace vsw::test {

struct Case {
  const char* name;
  void (*run)();
};
std::vector<Case>& cases();
[[gnu::cold]] void fail(const char* file, int line, const char* what);
[[gnu::cold]] void fail(const char* file, int line, const std::string& what);
[[gnu::cold]] void fail_equal(const char* file, int line, const char* what, const std::string& actual, const std::string& expected);
void skip(const std::string& missing);  // the capability that is missing; return from the test afterwards

struct Register {
  Register(const char* name, void (*run)()) { cases().push_back({name, run}); }
};

template <class T>
std::string show(const T& value) {
  if constexpr (std::same_as<T, bool>) {
    return value ? "true" : "false";
  } else if constexpr (std::is_arithmetic_v<T>) {
    return std::to_string(value);
  } else if constexpr (std::convertible_to<const T&, std::string_view>) {
    return "\"" + std::string(std::string_view(value)) + "\"";
  } else {
    return "a value";
  }
}

template <class Actual, class Expected>
[[gnu::noinline, gnu::cold]] void differ(const char* file, int line, const char* what, const Actual& actual, const Expected& expected) {
  fail_equal(file, line, what, show(actual), show(expected));
}

}  // namespace vsw::test

#define VSW_JOIN_(a, b) a##b
#define VSW_JOIN(a, b) VSW_JOIN_(a, b)
#define TEST(name)                                                                              \
  static void VSW_JOIN(test_, __LINE__)();                                                      \
  static const ::vsw::test::Register VSW_JOIN(register_, __LINE__)(name, VSW_JOIN(test_, __LINE__)); \
  static void VSW_JOIN(test_, __LINE__)()
#define CHECK(expression) \
  do { if (!(expression)) ::vsw::test::fail(__FILE__, __LINE__, #expression); } while (false)
#define CHECK_EQUAL(actual, expected)                                                                      \
  do {                                                                                                     \
    const auto actual_ = (actual);                                                                         \
    const auto expected_ = (expected);                                                                     \
    if (!(actual_ == expected_)) ::vsw::test::differ(__FILE__, __LINE__, #actual, actual_, expected_);     \
  } while (false)
#define REQUIRE(expression) \
  do { if (!(expression)) { ::vsw::test::fail(__FILE__, __LINE__, #expression); return; } } while (false)
