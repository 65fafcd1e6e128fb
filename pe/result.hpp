// A value or the reason why there is none. Libraries return it; nothing in pe/, tagdb/ or scanner/ throws across a
// room.
#pragma once

#include <string>
#include <utility>
#include <variant>

namespace pe {

enum class Fault {
  not_pe,     ///< no MZ/PE signature: not an error of the file, it is simply something else
  truncated,  ///< a header or table reaches past the end of the file
  malformed,  ///< values that contradict each other
  unreadable  ///< the operating system would not give us the bytes
};

struct Error {
  Fault fault = Fault::malformed;
  std::string message;  ///< one line, without the path
};

template <typename T>
class Result {
 public:
  Result(T value) : state_(std::move(value)) {}      // NOLINT(google-explicit-constructor): reads like a return
  Result(Error error) : state_(std::move(error)) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool ok() const { return std::holds_alternative<T>(state_); }
  explicit operator bool() const { return ok(); }
  [[nodiscard]] T& value() { return std::get<T>(state_); }
  [[nodiscard]] const T& value() const { return std::get<T>(state_); }
  [[nodiscard]] const Error& error() const { return std::get<Error>(state_); }

 private:
  std::variant<T, Error> state_;
};

}  // namespace pe
