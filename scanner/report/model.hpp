// What a run found, ready to be shown. Commands fill these records and hand them to a Reporter; reporters know no
// scanner. Field names and meanings follow the NDJSON schema, which is documented in the README.
#pragma once

#include <cstdint>
#include <ctime>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "pe/identity.hpp"
#include "pe/symbols.hpp"
#include "pe/text.hpp"
#include "scanner/poolmon/growth.hpp"
#include "scanner/poolmon/lockstep.hpp"
#include "scanner/rank/check.hpp"
#include "scanner/rank/compare.hpp"
#include "scanner/rank/rank.hpp"
#include "scanner/trace/trace.hpp"
#include "scanner/walk/walk.hpp"
#include "tagdb/database.hpp"
#include "tagdb/pool_tag.hpp"

namespace scanner::report {

using pe::file_name;
using pe::printable;
using pe::valid_utf8;
using pe::with_commas;

struct RunInfo {
  std::string command;
  std::string uuid;
  std::time_t time = 0;
  std::string tagdb;
  std::vector<std::string> roots;
  std::vector<tagdb::TagQuery> asked;           ///< locate: the tags of the question
  std::optional<std::uint64_t> loaded_drivers;  ///< --loaded-from, --from-dump: how many the list holds
};

/// A tag use with what only the file can tell.
struct Use {
  trace::TagUse use;
  std::uint32_t file_offset = 0xFFFFFFFFU;  ///< 0xFFFFFFFF: none
  std::vector<std::string> names;           ///< function names along `via`, empty texts where none is known
  std::vector<pe::CodePlace> sources;       ///< of those of `via` whose source line is known
  std::vector<std::string> listing;         ///< instruction texts along `via`, may be empty
  std::string what;                         ///< constant and bytes: where they stand, in words
  bool implied = false;                     ///< the function takes no tag: the system charges this one for it
  bool has_site = true;                     ///< false for bytes outside the mapped image
};

struct Candidate {
  unsigned rank = 0;
  tagdb::PoolTag tag;
  std::string path;
  std::string container;  ///< the file that carries the driver, whose path is then "container!name"; else empty
  std::vector<std::string> copies;
  std::string sha256;
  rank::Judgement judgement;
  std::vector<Use> uses;  ///< strongest first, not empty
  pe::Identity identity;
  pe::Machine machine = pe::Machine::other;
};

/// Something to do, and the command line for it where there is one.
struct NextStep {
  std::string text, command;
};

/// A tag that leaks or is suspected to (growth.shape), and who allocates with it.
struct Leak {
  poolmon::Growth growth;
  std::vector<Candidate> candidates;  ///< best first
  std::vector<tagdb::Entry> listed;   ///< what the databases say
  std::string tool_owner;             ///< what poolmon or WinDbg printed beside the tag, may be empty
  std::string advice;                 ///< why the tag proves no owner, may be empty
  std::vector<NextStep> next_steps;
};

/// Tags that grow together, and the series of each member, in the order of the members.
struct Cluster {
  poolmon::Cluster cluster;
  std::vector<poolmon::Growth> growths;
};

/// One snapshot tells no growth: what was there, and whose the databases say the tag is.
struct Size {
  poolmon::Growth growth;  ///< of shape `size`
  std::vector<tagdb::Entry> listed;
  std::string tool_owner;  ///< as in Leak
};

/// What was read, before any leak.
struct LogsInfo {
  std::vector<std::string> logs;
  std::uint64_t snapshots = 0;
  bool timed = false;
  double hours = 0;
  /// Of the first snapshot with tags, and of the first that `pools` is made from: seconds since 1970 by the clock that
  /// the log was written by; nothing where the log tells no date.
  std::optional<std::int64_t> start, pools_start;
  bool utc = false;       ///< that clock is UTC, not the machine's own
  bool searched = false;  ///< drivers were looked for
  std::vector<std::string> notes;
  std::uint64_t tag_snapshots = 0;     ///< of `snapshots`, those with tags; the others know whole pools only
  std::uint64_t pool_snapshots = 0;    ///< those that `pools` is made from
  std::vector<poolmon::Growth> pools;  ///< growth of whole pools, from perfmon or totals
  std::vector<NextStep> next_steps;    ///< where no leak has its own: how to get further
};

/// What became of the call sites of a driver, or of all.
struct SiteCounts {
  trace::BucketCounts allocate, free, other;  ///< calls of listed functions
  trace::BucketCounts wrapper;                ///< calls of a driver's own functions that pass a tag on
  /// Calls that may allocate with a tag that is not known.
  [[nodiscard]] std::uint32_t unresolved() const {
    return allocate[trace::Bucket::dynamic] + wrapper[trace::Bucket::dynamic];
  }
};

struct Driver : SiteCounts {
  std::string path, sha256;
  std::string container;  ///< as in Candidate
  std::uint64_t size = 0;
  pe::Machine machine = pe::Machine::other;
  pe::Identity identity;
  std::vector<Use> uses;
  std::map<std::string, std::uint32_t> dynamic_reasons;
  std::vector<std::string> exports_allocator;
  std::vector<std::string> problems;
  std::vector<std::string> notes;                    ///< see TraceResult
  std::optional<std::uint32_t> unresolved_api_sets;  ///< see ScannedFile
  bool traced = true;
};

/// --check: what is wrong with a driver's use of a tag.
struct Finding {
  std::string path, sha256;
  std::string container;  ///< as in Candidate
  rank::Finding found;
  std::vector<pe::CodePlace> places;  ///< those of `found`, with what symbols tell
  std::size_t known_places = 0;       ///< --allow-from: as many were known
  std::string allowed;                ///< why it is in order (--allow, --allow-from); empty when it is not
};

/// --baseline: a driver and the earlier build that it was compared with.
struct Compared {
  std::string path, baseline;
  pe::Identity identity, baseline_identity;
  std::size_t changes = 0;
};

struct Problem {
  std::string path;
  std::string stage;  ///< walk, read, parse, trace, log
  std::size_t line = 0;
  std::string message;
};

struct Summary : SiteCounts {
  std::uint64_t files = 0, drivers = 0, bytes = 0, errors = 0;
  std::uint64_t unparsed = 0;  ///< --catalog: files that could not be parsed when they were surveyed
  walk::Skipped skipped;
  std::map<std::string, std::uint32_t> dynamic_reasons;
  double seconds = 0;
  /// --check: what came out. `checked`: drivers that could be; `drivers`: those with findings.
  struct Findings {
    std::uint64_t total = 0, checked = 0, drivers = 0, allowed = 0;
    std::map<std::string, std::uint64_t> codes;
  };
  std::optional<Findings> findings;
  std::optional<std::uint64_t> changes;  ///< --baseline, --diff: how many
};

class Reporter {
 public:
  virtual ~Reporter() = default;
  virtual void begin(const RunInfo&) {}
  virtual void driver(const Driver&) {}
  virtual void copy(const std::string& /*path*/, const std::string& /*of*/, const std::string& /*sha256*/) {}
  virtual void finding(const Finding&) {}
  /// A finding that is in order: formats that know of such things name it.
  virtual void allowed(const Finding&) {}
  /// --baseline: before the changes of that driver.
  virtual void compared(const Compared&) {}
  virtual void change(const std::string& /*path*/, const rank::Change&) {}
  virtual void candidate(const Candidate&) {}
  virtual void listed(const tagdb::Entry&, tagdb::PoolTag) {}
  /// leaks: what was read; whole pools, which stand in LogsInfo too; then every leak and then every suspect, best
  /// first; then, as `growth`, what else is worth a look, and as `size`, largest first, what was seen once.
  virtual void logs(const LogsInfo&) {}
  virtual void pool(const poolmon::Growth&) {}
  virtual void leak(const Leak&) {}
  /// leaks: before the leaks.
  virtual void cluster(const Cluster&) {}
  virtual void growth(const poolmon::Growth&) {}
  virtual void size(const Size&) {}
  virtual void problem(const Problem&) {}
  /// What stands on stderr for people: what was searched, advice.
  virtual void note(const std::string& /*text*/) {}
  virtual void summary(const Summary&) {}
  virtual void end() {}
};

struct TextOptions {
  bool color = false;
  bool explain = false;
  bool names_only = false;     ///< `findstr /m`: paths and nothing else
  bool unicode = false;        ///< sparklines
  bool terminal = false;       ///< a person reads it: names_only makes names harmless, too
  unsigned columns = 0;        ///< of the window that every line fits into; 0: no window, one line per result
  bool show_weak = false;      ///< weak candidates were asked for: all of them
  bool nul_separated = false;  ///< names end in NUL
  bool by_tag = false;         ///< survey: tags with their drivers
  bool totals_only = false;    ///< survey: nothing but the totals
  bool some_uses = false;      ///< survey: uses of one kind of evidence only, `constant` ones too
  bool judged = false;         ///< survey: findings or changes instead of uses
};

std::unique_ptr<Reporter> make_text_reporter(std::ostream& out, const TextOptions& options);
/// One object a line, or with `array` the same objects in one JSON array.
std::unique_ptr<Reporter> make_json_reporter(std::ostream& out, bool array);
/// Findings for code scanning: SARIF 2.1.0.
std::unique_ptr<Reporter> make_sarif_reporter(std::ostream& out);
enum class Annotations {
  github,  ///< workflow commands of GitHub Actions
  msbuild  ///< lines that MSBuild, Visual Studio and Azure Pipelines take for messages of a tool
};
/// Findings as one line each for a build.
std::unique_ptr<Reporter> make_annotation_reporter(std::ostream& out, Annotations form);
/// `judged`: with the columns of findings and changes.
std::unique_ptr<Reporter> make_csv_reporter(std::ostream& out, bool judged = false);
/// What a survey is asked for: decides which table its page begins with.
enum class SurveyView { drivers, findings, changes };
/// One page that needs nothing from anywhere.
std::unique_ptr<Reporter> make_html_reporter(std::ostream& out, SurveyView view = SurveyView::drivers);

struct TagListOptions {
  bool for_poolmon = false;                      ///< localtag.txt instead of pooltag.txt
  std::string kept_text;                         ///< lines of the user's own that come first, as they are
  std::vector<tagdb::PooltagFile> kept;          ///< the same, read
  std::optional<tagdb::PooltagFile> difference;  ///< show what differs from this list instead
  std::function<void(const std::string&)> warn;  ///< told what the list lacks for want of room
  std::function<void(std::size_t)> differs;      ///< told how many lines differ
};
/// A list that poolmon or the debuggers read, of what a survey proves.
std::unique_ptr<Reporter> make_taglist_reporter(std::ostream& out, TagListOptions options);
/// A user's list without the lines that an earlier survey wrote into it.
std::string without_own_lines(std::string_view text);
/// Bytes for findings in a list for poolmon beside `kept` bytes of the user's; 0 when poolmon could not read it at all.
std::size_t room_for_poolmon(std::size_t kept);

std::string base64(std::string_view bytes);
/// "2026-11-23T01:02:03Z"
std::string iso_time(std::time_t when);
std::string random_uuid();
std::string_view to_string(rank::Change::Kind kind);
/// "allocates at 1 site → allocates at 2 sites"
std::string in_words(const rank::Change& change);

}  // namespace scanner::report
