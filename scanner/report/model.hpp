// What a run found, ready to be shown. Commands fill these records and hand them to a Reporter; reporters know no
// scanner. Field names and meanings follow the NDJSON schema, which is documented in the README.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "scanner/rank/check.hpp"
#include "scanner/rank/rank.hpp"
#include "scanner/scan.hpp"
#include "scanner/trace/trace.hpp"
#include "scanner/walk/walk.hpp"
#include "tagdb/database.hpp"

namespace scanner::report {

struct RunInfo {
  std::string command;
  std::string tagdb;
  std::vector<std::string> roots;
};

/// A tag use with what only the file can tell.
struct Use {
  trace::TagUse use;
  std::uint32_t file_offset = 0xFFFFFFFFU;  ///< 0xFFFFFFFF: none
  std::vector<std::string> names;           ///< function names along `via`, empty texts where none is known
  std::vector<std::string> listing;         ///< instruction texts along `via`, may be empty
  std::string what;                         ///< constant and bytes: where they stand, in words
  bool has_site = true;                     ///< false for bytes outside the mapped image
};

struct Candidate {
  unsigned rank = 0;
  tagdb::PoolTag tag;
  std::string path;
  std::vector<std::string> copies;
  std::string sha256;
  rank::Judgement judgement;
  std::vector<Use> uses;  ///< strongest first, not empty
  pe::Identity identity;
};

struct Driver {
  std::string path, sha256;
  std::uint64_t size = 0;
  pe::Machine machine = pe::Machine::other;
  pe::Identity identity;
  std::vector<Use> uses;
  trace::BucketCounts allocate, free, other, wrapper;
  std::map<std::string, std::uint32_t> dynamic_reasons;
  std::vector<std::string> exports_allocator;
  std::vector<std::string> problems;
  bool traced = true;
};

struct Problem {
  std::string path;
  std::string stage;  ///< walk, read, parse, trace, log
  std::size_t line = 0;
  std::string message;
};

struct Summary {
  std::uint64_t files = 0, drivers = 0, bytes = 0, errors = 0;
  walk::Skipped skipped;
  trace::BucketCounts allocate, free, other, wrapper;
  std::map<std::string, std::uint32_t> dynamic_reasons;
  double seconds = 0;
};

class Reporter {
 public:
  virtual ~Reporter() = default;
  virtual void begin(const RunInfo&) {}
  virtual void driver(const Driver&) {}
  virtual void copy(const std::string& /*path*/, const std::string& /*of*/, const std::string& /*sha256*/) {}
  virtual void finding(const std::string& /*path*/, const rank::Finding&) {}
  virtual void change(const std::string& /*path*/, const rank::Change&) {}
  virtual void candidate(const Candidate&) {}
  virtual void listed(const tagdb::Entry&, tagdb::PoolTag) {}
  virtual void problem(const Problem&) {}
  virtual void summary(const Summary&) {}
  virtual void end() {}
};

struct TextOptions {
  bool color = false;
  bool explain = false;
  bool names_only = false;  ///< `findstr /m`: paths and nothing else
};

std::unique_ptr<Reporter> make_text_reporter(std::ostream& out, const TextOptions& options);
/// One object a line, or with `array` the same objects in one JSON array.
std::unique_ptr<Reporter> make_json_reporter(std::ostream& out, bool array);
std::unique_ptr<Reporter> make_csv_reporter(std::ostream& out);

struct TagListOptions {
  bool for_poolmon = false;                      ///< localtag.txt instead of pooltag.txt
  std::string kept_text;                         ///< lines of the user's own that come first, as they are
  std::vector<tagdb::PooltagFile> kept;          ///< the same, read
  std::optional<tagdb::PooltagFile> difference;  ///< show what differs from this list instead
};
/// A list that poolmon or the debuggers read, of what a survey proves.
std::unique_ptr<Reporter> make_taglist_reporter(std::ostream& out, TagListOptions options);

/// For a terminal: control characters and bidirectional overrides as \xNN and \u{NNNN}.
std::string printable(std::string_view text);
/// Is this well-formed UTF-8?
bool valid_utf8(std::string_view text);
std::string base64(std::string_view bytes);
std::string hex_rva(std::uint32_t rva);
std::string_view file_name(std::string_view path);
std::string_view to_string(rank::Change::Kind kind);
/// "allocates at 1 site → allocates at 2 sites"
std::string in_words(const rank::Change& change);

}  // namespace scanner::report
