// A thin hand on SQLite: one connection, cached statements, and an error that sticks. After the first failure every
// call does nothing and returns nothing, so that code reads straight on and asks once, at the end of a transaction,
// whether all went well. Not safe to share between threads; the catalogue has its own lock.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

struct sqlite3;
struct sqlite3_stmt;

namespace scanner::catalog {

class Sql;

class Statement {
 public:
  Statement(Sql& owner, sqlite3_stmt* handle) : owner_(owner), handle_(handle) {}
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  ~Statement();

  /// Parameters from left to right; texts are copied.
  template <typename... T>
  Statement& bind(const T&... values) {
    int position = 0;
    (bind_one(++position, values), ...);
    return *this;
  }
  /// True while there is a row.
  bool step();
  /// For statements without rows: runs to the end.
  void run() {
    while (step()) {
    }
  }
  void reset();

  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] std::string text(int column) const;
  [[nodiscard]] std::string_view view(int column) const;  ///< valid until the next step
  [[nodiscard]] bool null(int column) const;

 private:
  void bind_one(int position, std::int64_t value);
  void bind_one(int position, std::uint64_t value) { bind_one(position, static_cast<std::int64_t>(value)); }
  void bind_one(int position, std::uint32_t value) { bind_one(position, static_cast<std::int64_t>(value)); }
  void bind_one(int position, int value) { bind_one(position, static_cast<std::int64_t>(value)); }
  void bind_one(int position, bool value) { bind_one(position, static_cast<std::int64_t>(value ? 1 : 0)); }
  void bind_one(int position, std::string_view value);
  void bind_one(int position, const std::string& value) { bind_one(position, std::string_view(value)); }
  void bind_one(int position, const char* value) { bind_one(position, std::string_view(value)); }
  template <typename T>
  void bind_one(int position, const std::optional<T>& value) {
    if (value) {
      bind_one(position, *value);
    } else {
      bind_null(position);
    }
  }
  void bind_null(int position);

  Sql& owner_;
  sqlite3_stmt* handle_;
};

class Sql {
 public:
  enum class Mode { read, write };
  Sql() = default;
  Sql(const Sql&) = delete;
  Sql& operator=(const Sql&) = delete;
  ~Sql();

  bool open(const std::string& path, Mode mode);
  bool execute(const std::string& statements);
  /// The statement for `text`, which must be a literal (it is cached by address), reset and without parameters.
  Statement& query(const char* text);
  /// Before tables that they refer to go away.
  void forget_statements() { statements_.clear(); }
  [[nodiscard]] std::int64_t last_id() const;
  /// Rows that the last statement changed.
  [[nodiscard]] int changes() const;

  [[nodiscard]] bool failed() const { return !error_.empty(); }
  [[nodiscard]] const std::string& error() const { return error_; }
  [[nodiscard]] int code() const { return code_; }
  void fail(int code);

 private:
  sqlite3* handle_ = nullptr;
  std::unordered_map<const char*, std::unique_ptr<Statement>> statements_;
  std::string error_;
  int code_ = 0;
};

}  // namespace scanner::catalog
