#include "scanner/catalog/sql.hpp"

#include <sqlite3.h>

#include "scanner/walk/walk.hpp"

namespace scanner::catalog {
namespace {

/// How long a writer waits for another one, in milliseconds. Transactions last some ten; a minute means trouble.
constexpr int kBusyTimeout = 60'000;

}  // namespace

Statement::~Statement() { sqlite3_finalize(handle_); }

bool Statement::step() {
  if (owner_.failed() || handle_ == nullptr) return false;
  const int code = sqlite3_step(handle_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) owner_.fail(code);
  sqlite3_reset(handle_);
  return false;
}

void Statement::reset() {
  if (handle_ == nullptr) return;
  sqlite3_reset(handle_);
  sqlite3_clear_bindings(handle_);
}

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(handle_, column); }

std::string_view Statement::view(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(handle_, column));
  return text == nullptr ? std::string_view{}
                         : std::string_view(text, static_cast<std::size_t>(sqlite3_column_bytes(handle_, column)));
}

std::string Statement::text(int column) const { return std::string(view(column)); }

bool Statement::null(int column) const { return sqlite3_column_type(handle_, column) == SQLITE_NULL; }

void Statement::bind_one(int position, std::int64_t value) {
  if (handle_ != nullptr) sqlite3_bind_int64(handle_, position, value);
}

void Statement::bind_one(int position, std::string_view value) {
  // A null pointer would bind NULL, and an empty view may hold one.
  const char* data = value.empty() ? "" : value.data();
  if (handle_ != nullptr) sqlite3_bind_text(handle_, position, data, static_cast<int>(value.size()), SQLITE_TRANSIENT);
}

void Statement::bind_null(int position) {
  if (handle_ != nullptr) sqlite3_bind_null(handle_, position);
}

Sql::~Sql() {
  statements_.clear();
  sqlite3_close(handle_);
}

void Sql::fail(int code) {
  if (failed()) return;
  code_ = code & 0xFF;
  error_ = handle_ != nullptr ? sqlite3_errmsg(handle_) : sqlite3_errstr(code);
  if (error_.empty()) error_ = "unknown failure";
}

bool Sql::open(const std::string& path, Mode mode) {
  // SQLite would wait for somebody to write into a FIFO.
  walk::DirectoryEntry entry;
  std::string ignored;
  if (walk::inspect(path, entry, ignored) && entry.kind == walk::DirectoryEntry::Kind::special) {
    code_ = SQLITE_CANTOPEN;
    error_ = "is neither a file nor a directory";
    return false;
  }
  const int flags = mode == Mode::read ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  const int code = sqlite3_open_v2(path.c_str(), &handle_, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  if (code != SQLITE_OK) {
    fail(code);
    return false;
  }
  sqlite3_busy_timeout(handle_, kBusyTimeout);
  // Catalogues are sent around. What somebody else's schema calls is not trusted, and a view in the place of a table,
  // or a trigger, may never come to an end. (A user's own views stay in the file; the sqlite3 shell shows them.)
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  return true;
}

bool Sql::execute(const std::string& statements) {
  if (failed()) return false;
  const int code = sqlite3_exec(handle_, statements.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) fail(code);
  return code == SQLITE_OK;
}

Statement& Sql::query(const char* text) {
  auto& slot = statements_[text];
  if (!slot) {
    sqlite3_stmt* handle = nullptr;
    if (!failed()) {
      const int code = sqlite3_prepare_v2(handle_, text, -1, &handle, nullptr);
      if (code != SQLITE_OK) fail(code);
    }
    slot = std::make_unique<Statement>(*this, handle);
  }
  slot->reset();
  return *slot;
}

std::int64_t Sql::last_id() const { return sqlite3_last_insert_rowid(handle_); }

int Sql::changes() const { return sqlite3_changes(handle_); }

}  // namespace scanner::catalog
