// One file on its way from path to facts: read, opened, searched, traced, identified. Runs on worker threads;
// everything it needs comes in with the request, everything it found goes out in the result.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "pe/identity.hpp"
#include "pe/image.hpp"
#include "pe/symbols.hpp"
#include "scanner/scan/content.hpp"
#include "scanner/trace/trace.hpp"
#include "scanner/walk/walk.hpp"
#include "tagdb/api_table.hpp"
#include "tagdb/pool_tag.hpp"

namespace scanner {

class ExportedAllocators;
struct ScannedFile;
struct ScanRequest;

/// What earlier scans know of files and contents (the catalogue). Asked from worker threads.
class Recall {
 public:
  virtual ~Recall() = default;
  /// Before reading: true when path, size and time of change are as they were; says what the file is, not what is in
  /// it.
  virtual bool unchanged(ScannedFile& file) = 0;
  /// After hashing: true when its content was traced before by an engine no worse than ours.
  virtual bool known(ScannedFile& file) = 0;
  /// Fills in what a trace would find, for a file of which one of the above was true.
  virtual void load(ScannedFile& file, const ScanRequest& request) = 0;
  /// The tags whose bytes a later question may ask for.
  [[nodiscard]] virtual const trace::TagSearch& tags() const = 0;
};

/// What earlier scans of a run covered, and whose paths these are.
struct Done {
  std::vector<std::string> directories;
  std::set<std::string> files;  ///< as walk::same_name() gives them
  bool listed = false;          ///< the paths of this scan come from a list, not from the user's hand
};

struct ScanRequest {
  const tagdb::ApiTable* apis = nullptr;
  ExportedAllocators* exported_allocators =
      nullptr;                ///< finds functions of other drivers that take tags; null: only the table counts
  std::string second_reader;  ///< lief::find_second_reader()
  std::uint64_t max_file_size = 0;
  /// locate: what is asked for. Empty: everything (survey).
  std::vector<tagdb::TagQuery> queries;
  /// locate, first pass: trace only files whose bytes hold one of these, or the letters that code makes one from.
  std::vector<tagdb::PoolTag> bytes_first;
  trace::TagSearch bytes_search;    ///< made from `bytes_first`
  trace::TagSearch letters_search;  ///< for the letters of those
  bool with_text = false;           ///< --explain: instructions as text
  bool with_sha256 = true;          ///< what is reported has its SHA-256
  bool check_frees = false;         ///< --check: who frees the memory of every tag, and not only of those asked for
  /// Where PDBs are looked for that are not beside the driver: folders of them or symbol stores, in this order.
  std::vector<std::string> symbol_places;
  /// Was this content reported already? Asked from worker threads; may be empty.
  std::function<bool(const ContentHash&)> already_reported;
  /// survey --store: what need not be traced again. Contents are then known by SHA-256.
  Recall* recall = nullptr;
  /// Which files are searched for drivers that they carry.
  enum class LookInside {
    named,  ///< those that the user named
    all,
    carriers  ///< second pass: those that were found to carry some
  };
  LookInside look_inside = LookInside::named;
  std::set<std::string> carriers;
  std::set<std::string> only_inside;  ///< carriers that are not wanted themselves
};

struct ScannedFile {
  enum class Outcome {
    traced,       ///< a driver; for locate with or without hits
    deferred,     ///< a driver that holds none of `bytes_first`: not traced yet
    copy,         ///< the same content was reported before
    hard_link,    ///< another name of a file that the walk met before: not read
    unsupported,  ///< a PE image of a machine that cannot be traced: bytes evidence only
    not_pe,
    not_wanted,  ///< an .exe or .dll that is no kernel image
    unreadable,
    malformed,
    failed  ///< by this program: not enough memory, or an error of its own
  };
  Outcome outcome = Outcome::not_pe;
  walk::Found file;       ///< path of an embedded image: "tool.exe!driver.sys"
  std::string container;  ///< the file that carries an embedded image; empty for files
  std::string message;    ///< for unreadable, malformed and failed
  std::uint64_t size = 0;
  ContentHash hash;
  bool recalled = false;           ///< from the catalogue, not from the file
  std::uint64_t symbol_files = 0;  ///< symbol_files_stamp()
  std::string context;  ///< digest of the rows that other drivers gave (ExportedAllocators); "none": might have given
  /// Functions that it imports from API sets and that no image at hand was seen to export; nothing: not counted.
  std::optional<std::uint32_t> unresolved_api_sets;
  std::int64_t checked = 0;  ///< when the file was looked at, nanoseconds since 1970
  pe::Machine machine = pe::Machine::other;
  /// pe::Image::oldest_system(); nothing: from a catalogue of an earlier version, which did not keep it.
  std::optional<std::uint32_t> oldest_system;
  trace::TraceResult trace;
  std::vector<trace::Occurrence> occurrences;       ///< locate: bytes of the tag that no use explains
  std::vector<std::uint32_t> file_offsets;          ///< per use: file offset of the site, 0xFFFFFFFF when none
  std::vector<std::vector<std::string>> names;      ///< per use: a name per element of `via`, empty where none is known
  std::vector<pe::CodePlace> places;                ///< ascending by RVA: names of suspect calls, source lines of any
  std::vector<std::vector<std::string>> listings;   ///< per use: one instruction text per element of `via`
  std::vector<tagdb::PoolTag> held;                 ///< with `recall`: which of its tags stand in the bytes
  std::vector<trace::Occurrence> held_occurrences;  ///< … and where those stand that no use explains
  bool reported = false;                            ///< identity and SHA-256 are filled in
  pe::Identity identity;
  std::string sha256;
  walk::Skipped skipped;
  std::uint32_t stamp = 0;            ///< TimeDateStamp of its header
  std::vector<ScannedFile> embedded;  ///< drivers that it carries; with `recall` they are counted and left out
  std::uint32_t embedded_left_out = 0;
  bool embedded_gave_up = false;  ///< see EmbeddedImages
};

/// What files are read into, one after the other. Every worker owns one. It is no thread_local: with MinGW's emulated
/// ones a destructor runs after the memory of its object was freed.
struct ReadBuffer {
  walk::FileBytes bytes;
  /// Gives back what a giant blew up.
  void trim();
};

ScannedFile scan_file(const walk::Found& file, const ScanRequest& request, ReadBuffer& buffer);

/// Only searches the bytes of a driver: fills `held`, `held_occurrences` (explained or not) and `sha256`, which stays
/// empty when the file cannot be read or is no PE image.
ScannedFile search_file(const walk::Found& file, const trace::TagSearch& tags, std::uint64_t max_file_size,
                        ReadBuffer& buffer);

/// Does a use say more about the tag than that its bytes are there?
bool explained(const std::vector<trace::TagUse>& uses, tagdb::PoolTag tag);
/// What an image is called apart from who carries it: "driver.sys" for "tool.exe!driver.sys", `path` for a file.
std::string_view own_path(std::string_view path, std::string_view container);
/// KMDF's default tag for a driver of this name.
tagdb::PoolTag kmdf_tag_of(std::string_view path);
/// Adds KMDF's default tag, which depends on the name of the file, where it applies.
void predict_kmdf_tag(const tagdb::ApiTable& apis, ScannedFile& out);

}  // namespace scanner
