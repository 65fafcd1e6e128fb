// From an image to its tag uses: the public face of the tracing engine. One call per image, no state kept between
// images, safe to run on several threads at once (each with its own image).
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pe/image.hpp"
#include "tagdb/api_table.hpp"
#include "tagdb/pool_tag.hpp"

namespace scanner::trace {

/// Grows whenever the engine finds more, or something else, in the same image: catalogues trace anew what an older one
/// saw.
inline constexpr unsigned kEngineVersion = 17;

/// Strongest first.
enum class Evidence : std::uint8_t { allocates, lookaside, configures, frees, references, constant, bytes, predicted };
enum class Certainty : std::uint8_t { sure, one_path, assumed };
enum class Pool : std::uint8_t { unknown, nonpaged, paged, session };

std::string_view to_string(Evidence evidence);
std::string_view to_string(Certainty certainty);
/// "nonpaged", "paged", "session", or empty when unknown.
std::string_view to_string(Pool pool);

struct TagUse {
  tagdb::PoolTag tag;  ///< of a pattern: with a question mark in the place of the letter that is not known
  /// A pattern: three letters are known, and this one, 0 to 3, only at run time. Never better than assumed.
  std::optional<std::uint8_t> open;
  bool letters_held = false;   ///< a pattern: the image's bytes show its letters (TagSearch::Held::letters)
  bool protected_bit = false;  ///< bit 31 was set in the constant
  Evidence evidence = Evidence::allocates;
  Certainty certainty = Certainty::sure;
  bool charges_pool = true;        ///< false: the function reserves addresses or is used by Driver Verifier only
  int row = -1;                    ///< into the ApiTable the trace was given, -1 for `constant` and `bytes`
  std::string api;                 ///< name of that row, empty for `constant` and `bytes`
  std::uint32_t site_rva = 0;      ///< the call of the listed function
  std::uint32_t origin_rva = 0;    ///< the call where the constant enters the chain
  std::uint32_t function_rva = 0;  ///< of the function that holds the site
  std::vector<std::uint32_t> via;  ///< from origin to site, both included
  Pool pool = Pool::unknown;
  bool executable = false;             ///< executable pool
  std::optional<std::uint64_t> bytes;  ///< constant size of the allocation
  std::uint32_t assumptions = 0;       ///< Flag bits from values.hpp
  /// Only where the driver frees nothing with the tag: the memory goes, or may go, to other drivers, which free it.
  bool handed_out = false;

  /// Does it speak of this tag? A pattern does of every tag that it fits.
  [[nodiscard]] bool fits(tagdb::PoolTag asked) const;
  /// Is it an answer to the question?
  [[nodiscard]] bool answers(const tagdb::TagQuery& query) const;
  /// PoolTag::hex() with `??` for a letter that is not known.
  [[nodiscard]] std::string tag_bytes() const;
};

/// One sentence per assumption bit, for reasons and --explain.
std::string describe_assumptions(std::uint32_t flags);

enum class Bucket : std::uint8_t { constant, forwarded, table, untagged, suspect, dynamic };
inline constexpr std::size_t kBucketCount = 6;
std::string_view to_string(Bucket bucket);

struct BucketCounts {
  std::array<std::uint32_t, kBucketCount> count{};

  [[nodiscard]] std::uint32_t total() const;
  [[nodiscard]] std::uint32_t operator[](Bucket bucket) const { return count[static_cast<std::size_t>(bucket)]; }
  void add(Bucket bucket, std::uint32_t sites = 1) { count[static_cast<std::size_t>(bucket)] += sites; }
  void add(const BucketCounts& other);
};

enum class SiteKind : std::uint8_t { allocate, free, other };

/// What became of one call site.
struct Site {
  std::uint32_t rva = 0;
  std::uint32_t function = 0;
  int row = -1;
  SiteKind kind = SiteKind::allocate;
  bool wrapper = false;  ///< calls a function of the image that passes the tag on
  Bucket bucket = Bucket::dynamic;
  std::string_view reason;  ///< why it is dynamic, a fixed word
};

/// Sites that are known by number only.
struct SiteCount {
  SiteKind kind = SiteKind::allocate;
  bool wrapper = false;
  Bucket bucket = Bucket::dynamic;
  std::string_view reason;
  std::uint32_t sites = 0;
};

struct TraceResult {
  std::vector<TagUse> uses;              ///< ascending by tag, evidence, origin
  std::vector<Site> sites;               ///< ascending by RVA
  std::vector<SiteCount> counted;        ///< in the place of `sites`, from a catalogue that was not asked for more
  std::vector<std::uint32_t> ruled_out;  ///< calls of listed functions that a row's condition excludes, ascending
  bool binds_kmdf = false;  ///< calls WdfVersionBind: what it allocates without a tag is charged to its service's name
  std::vector<std::string> exported_allocators;
  /// Functions of this image that importing drivers pass tags to, as rows for them; `name` is the plain export name.
  std::vector<tagdb::ApiRow> exported_rows;
  std::vector<std::string> problems;  ///< what was survived, a sentence each
  /// What is known to be missing, a fixed word each. kmdf_table_missing: it imports WdfVersionBind, but no table of the
  /// framework's functions was found, so calls through it are not seen.
  std::vector<std::string> notes;
  std::size_t functions = 0;  ///< known from the tables
  std::size_t lifted = 0;
  std::uint64_t steps = 0;                          ///< what it cost (budget.hpp); the same on every machine
  std::map<std::string, std::uint32_t> depth_lost;  ///< x86: functions whose stack depth was lost somewhere, by reason

  [[nodiscard]] BucketCounts counts(SiteKind kind) const;
  [[nodiscard]] BucketCounts wrapper_counts() const;
  [[nodiscard]] std::map<std::string, std::uint32_t> dynamic_reasons() const;
};

/// Does it free memory with a tag of which a letter is not known? That may be any tag that fits.
bool frees_by_pattern(const TraceResult& result);

/// False for machines whose code we cannot follow (their bytes can still be searched).
bool can_trace(const pe::Image& image);

/// One sentence about code of the image that is not traced, empty when all of it is.
std::string untraced_code(const pe::Image& image);

/// `frees_asked`: the tags for which TagUse::handed_out is filled in, which costs a second look at functions; empty:
/// all.
TraceResult trace(const pe::Image& image, const tagdb::ApiTable& apis,
                  const std::function<bool(tagdb::PoolTag)>& frees_asked = {});

/// The tag that KMDF charges when a driver names none: the first characters of the service name, for which the file's
/// name without folders and suffix stands in (FxDriver::_InitializeTag, Windows-Driver-Frameworks).
tagdb::PoolTag kmdf_default_tag(std::string_view service_name);

/// The instruction at `rva` as text, or empty when the machine has no decoder. Addresses within the image are written
/// "image+0x2060", on every processor.
std::string instruction_text(const pe::Image& image, std::uint32_t rva);

// --- without code: the bytes of tags

/// The bytes of tags in a file, as fast as memory allows. A few tags: sixteen positions at a time are compared with the
/// two rarest bytes of a tag. Many tags: every position is hashed into a bitmap that fits the first-level cache. Both
/// forms of bit 31 are one search, because only the fourth byte differs.
class TagSearch {
 public:
  struct Hit {
    std::size_t offset = 0;  ///< file offset of the tag's first byte
    tagdb::PoolTag tag;
    bool protected_bit = false;
    bool halves = false;  ///< ARM64: the second of two instructions that make it (never from all())
  };

  TagSearch() = default;
  explicit TagSearch(std::vector<tagdb::PoolTag> tags);

  [[nodiscard]] const std::vector<tagdb::PoolTag>& tags() const { return tags_; }  ///< ascending, each once
  [[nodiscard]] bool empty() const { return tags_.empty(); }
  /// Does any of the tags stand in the bytes?
  [[nodiscard]] bool any(pe::Bytes bytes) const { return look(bytes) == Held::whole; }
  /// What the bytes hold of the tags. `letters`: the first three letters of one, and in the place of the fourth a NUL
  /// or what letters are counted from (0, A, a): from that, code may make the tag.
  enum class Held : std::uint8_t { nothing, letters, whole };
  [[nodiscard]] Held look(pe::Bytes bytes) const;
  /// A search for the words whose presence is Held::letters of these tags.
  [[nodiscard]] static TagSearch for_letters_of(const std::vector<tagdb::PoolTag>& tags);
  /// Every place, ascending; a place belongs to one tag.
  [[nodiscard]] std::vector<Hit> all(pe::Bytes bytes) const;

 private:
  [[nodiscard]] bool member(std::uint32_t value) const;
  [[nodiscard]] bool in_filter(std::uint32_t value) const;
  [[nodiscard]] Held held(std::uint32_t word) const;

  std::vector<tagdb::PoolTag> tags_;    // ascending, each once
  std::vector<std::uint32_t> letters_;  // for many tags: of each the first three, ascending
  std::vector<std::uint64_t> filter_;   // for many tags
};

/// The bytes of a tag wherever they stand in a file: what findstr sees, told apart. An immediate operand or a data word
/// that nothing ties to a call is `constant`, anything else `bytes`.
struct Occurrence {
  tagdb::PoolTag tag;
  bool protected_bit = false;
  Evidence evidence = Evidence::bytes;
  std::uint64_t file_offset = 0;
  std::optional<std::uint32_t> rva;
  std::string what;  ///< "text \"…\"", "immediate of `mov ecx, …`", "data"
};

/// How many places of one tag are described; the first ones, those without bit 31 before those with it.
inline constexpr std::size_t kMaxOccurrences = 8;

/// Does the code, on ARM64, put any of the tags together from two halves? Whether one stands in the bytes is what
/// TagSearch::any says, piece by piece while they are read.
bool may_hold_halves(const pe::Image& image, const TagSearch& tags);
/// Does any of the words (TagSearch::for_letters_of) stand where a number can: anywhere in code, in data at a multiple
/// of four bytes? Texts and certificates are full of letters.
bool may_hold_letters(const pe::Image& image, const TagSearch& words);
/// Fills in TagUse::letters_held.
void note_letters_held(const pe::Image& image, TraceResult& result);

/// Every such place, ascending by offset.
std::vector<TagSearch::Hit> places_of(const pe::Image& image, const TagSearch& tags);

/// What stands at `hits` (ascending by offset, as places_of() delivers them), at most kMaxOccurrences of a tag.
/// In file order.
std::vector<Occurrence> describe_occurrences(const pe::Image& image, std::vector<TagSearch::Hit> hits);

}  // namespace scanner::trace
