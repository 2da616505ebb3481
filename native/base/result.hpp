// Result: a value, or the Error that says why there is none.
// Home: control.
//
// C++20 has no std::expected. An Error carries a stable code for programs and a sentence for people;
// `subject` is the id of the port that it speaks of, 0 when it speaks of none.
#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <variant>

namespace vsw {

enum class ErrorCode : std::uint8_t {
  kMalformed,        // bytes that cannot be decoded
  kInvalid,          // decoded, but contradicts itself or what runs
  kNamespaceAbsent,  // the network namespace is not there (yet, or any more)
  kDeviceClash,      // the device exists and is not ours to take
  kPermission,
  kUnsupported,      // the kernel cannot do this
  kLimit,            // a table of fixed size is full
  kSystem,           // any other failed system call
};

struct Error {
  ErrorCode code = ErrorCode::kSystem;
  std::string message;
  std::uint16_t subject = 0;
};

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : content_(std::move(value)) {}          // NOLINT: a value is a result
  Result(Error error) : content_(std::move(error)) {}      // NOLINT: so is an error
  [[nodiscard]] bool ok() const noexcept { return std::holds_alternative<T>(content_); }
  explicit operator bool() const noexcept { return ok(); }
  [[nodiscard]] T& value() noexcept { return *std::get_if<T>(&content_); }
  [[nodiscard]] const T& value() const noexcept { return *std::get_if<T>(&content_); }
  [[nodiscard]] Error& error() noexcept { return *std::get_if<Error>(&content_); }
  [[nodiscard]] const Error& error() const noexcept { return *std::get_if<Error>(&content_); }

 private:
  std::variant<T, Error> content_;
};

struct Done {};                     // the value of a Result that only says "it worked"
using Outcome = Result<Done>;

}  // namespace vsw
