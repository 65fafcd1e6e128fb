// From rows to a driver: the words that records.cpp wrote become enumerations again, and what was not written is told
// as what scan_file() tells of a file without it.
#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include "scanner/catalog/records.hpp"

namespace scanner::catalog {
namespace {

using Json = nlohmann::json;

template <typename T, std::size_t N>
T parse(std::string_view text, const T (&values)[N], T otherwise) {
  for (const T value : values) {
    if (trace::to_string(value) == text) return value;
  }
  return otherwise;
}

trace::Evidence evidence_of(std::string_view text) {
  using trace::Evidence;
  static constexpr Evidence kAll[] = {Evidence::allocates, Evidence::lookaside,  Evidence::configures,
                                      Evidence::frees,     Evidence::references, Evidence::constant,
                                      Evidence::bytes,     Evidence::predicted};
  return parse(text, kAll, Evidence::bytes);
}

trace::Certainty certainty_of(std::string_view text) {
  using trace::Certainty;
  static constexpr Certainty kAll[] = {Certainty::sure, Certainty::one_path, Certainty::assumed};
  return parse(text, kAll, Certainty::assumed);
}

trace::Pool pool_of(std::string_view text) {
  using trace::Pool;
  static constexpr Pool kAll[] = {Pool::nonpaged, Pool::paged, Pool::session};
  return parse(text, kAll, Pool::unknown);
}

trace::Bucket bucket_of(std::string_view text) {
  using trace::Bucket;
  static constexpr Bucket kAll[] = {Bucket::constant, Bucket::forwarded, Bucket::table,
                                    Bucket::untagged, Bucket::suspect,   Bucket::dynamic};
  return parse(text, kAll, Bucket::dynamic);
}

trace::SiteKind kind_of(std::string_view text) {
  return text == "allocate" ? trace::SiteKind::allocate
         : text == "free"   ? trace::SiteKind::free
                            : trace::SiteKind::other;
}

pe::Machine machine_of(std::string_view text) {
  using pe::Machine;
  for (const Machine machine :
       {Machine::x86, Machine::x64, Machine::arm, Machine::arm64, Machine::ia64, Machine::arm64ec}) {
    if (pe::to_string(machine) == text) return machine;
  }
  return Machine::other;
}

std::vector<std::string> read_list(std::string_view text) {
  const Json json = Json::parse(text, nullptr, false);
  std::vector<std::string> list;
  if (!json.is_array()) return list;
  for (const Json& item : json) list.push_back(item.is_string() ? item.get<std::string>() : std::string());
  return list;
}

/// ["0x101a","0x107c"], read without a parser: uses are many.
std::vector<std::uint32_t> read_chain(std::string_view text) {
  std::vector<std::uint32_t> chain;
  for (std::size_t at = text.find("0x"); at != std::string_view::npos; at = text.find("0x", at)) {
    at += 2;
    std::uint32_t rva = 0;
    for (; at < text.size() && std::isxdigit(static_cast<unsigned char>(text[at])) != 0; ++at)
      rva = rva << 4 | static_cast<std::uint32_t>(text[at] <= '9' ? text[at] - '0' : (text[at] | 0x20) - 'a' + 10);
    chain.push_back(rva);
  }
  return chain;
}

constexpr int kOpenAt = 32;
constexpr std::int64_t kLettersHeld = std::int64_t{1} << 35;

/// See number_of().
void take_tag(std::int64_t number, trace::TagUse& use) {
  use.tag = tagdb::PoolTag(static_cast<std::uint32_t>(number));
  const std::int64_t open = number >> kOpenAt & 7;
  if (open != 0) use.open = static_cast<std::uint8_t>(open - 1);
  use.letters_held = (number & kLettersHeld) != 0;
}

}  // namespace

std::int64_t number_of(const trace::TagUse& use) {
  std::int64_t number = use.tag.value();
  if (use.open) number |= std::int64_t{*use.open + 1} << kOpenAt | (use.letters_held ? kLettersHeld : 0);
  return number;
}

std::string_view Records::word(std::string_view text) {
  auto at = words_.find(text);
  if (at == words_.end()) at = words_.emplace(text).first;
  return *at;
}

std::vector<tagdb::PoolTag> Records::explained_tags(std::int64_t driver) {
  std::vector<tagdb::PoolTag> tags;
  Statement& rows = sql_.query("SELECT DISTINCT tag_value, evidence FROM uses WHERE driver=?").bind(driver);
  while (rows.step()) {
    trace::TagUse use;
    take_tag(rows.integer(0), use);
    if (!use.open && evidence_of(rows.view(1)) <= trace::Evidence::references) tags.push_back(use.tag);
  }
  return tags;
}

void Records::load_driver(std::int64_t driver, ScannedFile& out) {
  Statement& row =
      sql_.query(
              "SELECT sha256,size,machine,traced,company,product,description,file_version,original_name,signer,"
              "signature,pdb,pdb_id,linked,binds_kmdf,exports_allocator,problems FROM drivers WHERE id=?")
          .bind(driver);
  if (!row.step()) return;
  out.sha256 = row.text(0);
  out.hash = content_hash(out.sha256);
  out.size = static_cast<std::uint64_t>(row.integer(1));
  out.machine = machine_of(row.view(2));
  out.outcome = row.integer(3) != 0 ? ScannedFile::Outcome::traced : ScannedFile::Outcome::unsupported;
  pe::Identity& who = out.identity;
  who.company = row.text(4);
  who.product = row.text(5);
  who.description = row.text(6);
  who.file_version = row.text(7);
  who.original_name = row.text(8);
  who.signer = row.text(9);
  who.embedded_signature = row.view(10) == "embedded";
  who.pdb = row.text(11);
  who.pdb_id = row.text(12);
  who.linked = static_cast<std::uint32_t>(row.integer(13));
  out.trace.binds_kmdf = row.integer(14) != 0;
  out.trace.exported_allocators = read_list(row.view(15));
  out.trace.problems = read_list(row.view(16));
  row.reset();
  Statement& gaps = sql_.query("SELECT unresolved_api_sets,notes FROM gaps WHERE driver=?").bind(driver);
  if (gaps.step()) {
    if (!gaps.null(0)) out.unresolved_api_sets = static_cast<std::uint32_t>(gaps.integer(0));
    out.trace.notes = read_list(gaps.view(1));
  }
  gaps.reset();
  Statement& image = sql_.query("SELECT oldest_system FROM images WHERE driver=?").bind(driver);
  if (image.step()) out.oldest_system = static_cast<std::uint32_t>(image.integer(0));
  image.reset();
  Statement& places = sql_.query("SELECT rva,name,file,line FROM places WHERE driver=? ORDER BY rva").bind(driver);
  while (places.step())
    out.places.push_back({static_cast<std::uint32_t>(places.integer(0)), places.text(1), places.text(2),
                          static_cast<std::uint32_t>(places.integer(3))});
}

void Records::load_sites(std::int64_t driver, ScannedFile& out) {
  Statement& rows = sql_.query(
                            "SELECT rva,function_rva,api,kind,wrapper,bucket,reason FROM sites WHERE driver=? "
                            "ORDER BY n")
                        .bind(driver);
  while (rows.step()) {
    trace::Site site;
    site.rva = static_cast<std::uint32_t>(rows.integer(0));
    site.function = static_cast<std::uint32_t>(rows.integer(1));
    site.row = apis_.find_row(rows.view(2));
    site.kind = kind_of(rows.view(3));
    site.wrapper = rows.integer(4) != 0;
    site.bucket = bucket_of(rows.view(5));
    if (!rows.null(6)) site.reason = word(rows.view(6));
    out.trace.sites.push_back(site);
  }
}

bool Records::load_counts(std::int64_t driver, const std::vector<tagdb::PoolTag>& tags, ScannedFile& out) {
  Statement& row = sql_.query("SELECT sha256,size,machine,binds_kmdf FROM drivers WHERE id=? AND traced").bind(driver);
  if (!row.step()) return false;
  if (row.integer(3) != 0 && std::find(tags.begin(), tags.end(), kmdf_tag_of(out.file.path)) != tags.end()) {
    row.reset();
    return false;
  }
  out.sha256 = row.text(0);
  out.hash = content_hash(out.sha256);
  out.size = static_cast<std::uint64_t>(row.integer(1));
  out.machine = machine_of(row.view(2));
  out.outcome = ScannedFile::Outcome::traced;
  out.recalled = out.reported = true;
  row.reset();
  load_site_counts(driver, out);
  return true;
}

void Records::load_site_counts(std::int64_t driver, ScannedFile& out) {
  Statement& counts =
      sql_.query("SELECT kind,wrapper,bucket,reason,sites FROM site_counts WHERE driver=?").bind(driver);
  while (counts.step())
    out.trace.counted.push_back({kind_of(counts.view(0)), counts.integer(1) != 0, bucket_of(counts.view(2)),
                                 word(counts.view(3)), static_cast<std::uint32_t>(counts.integer(4))});
}

// The columns that loaded_use() reads.
constexpr std::string_view kUse =
    "SELECT tag_value,protected,evidence,certainty,charges_pool,api,site_rva,origin_rva,function_rva,file_offset,pool,"
    "executable,bytes,assumptions,via,names,listing,handed_out FROM uses WHERE driver=? ";

Records::Loaded Records::loaded_use(Statement& row, bool with_text) {
  Loaded item;
  trace::TagUse& use = item.use;
  take_tag(row.integer(0), use);
  use.protected_bit = row.integer(1) != 0;
  use.evidence = evidence_of(row.view(2));
  use.certainty = certainty_of(row.view(3));
  use.charges_pool = row.integer(4) != 0;
  use.api = row.text(5);
  use.row = apis_.find_row(use.api);
  // A function of another driver: behind the table's end, as in the trace.
  if (use.row < 0 && !use.api.empty()) use.row = static_cast<int>(apis_.rows.size());
  use.site_rva = static_cast<std::uint32_t>(row.integer(6));
  use.origin_rva = static_cast<std::uint32_t>(row.integer(7));
  use.function_rva = static_cast<std::uint32_t>(row.integer(8));
  if (!row.null(9)) item.file_offset = static_cast<std::uint32_t>(row.integer(9));
  use.pool = pool_of(row.view(10));
  use.executable = row.integer(11) != 0;
  if (!row.null(12)) use.bytes = static_cast<std::uint64_t>(row.integer(12));
  use.assumptions = static_cast<std::uint32_t>(row.integer(13));
  use.via = read_chain(row.view(14));
  use.handed_out = row.integer(17) != 0;
  if (!row.null(15)) item.names = read_list(row.view(15));
  if (with_text && !row.null(16)) item.listing = read_list(row.view(16));
  return item;
}

std::vector<Records::Loaded> Records::load_uses(std::int64_t driver, const std::vector<std::int64_t>* told,
                                                bool with_text) {
  static const std::string all = std::string(kUse) + "ORDER BY n", one = std::string(kUse) + "AND n=?";
  std::vector<Loaded> uses;
  if (told == nullptr) {
    Statement& rows = sql_.query(all.c_str()).bind(driver);
    while (rows.step()) uses.push_back(loaded_use(rows, with_text));
    return uses;
  }
  for (const std::int64_t n : *told) {
    Statement& row = sql_.query(one.c_str()).bind(driver, n);
    if (row.step()) uses.push_back(loaded_use(row, with_text));
    row.reset();
  }
  return uses;
}

void Records::load_occurrences(std::int64_t driver, const std::vector<tagdb::PoolTag>& open, ScannedFile& out) {
  for (const tagdb::PoolTag tag : open) {
    Statement& rows = sql_.query(
                              "SELECT file_offset,protected,evidence,rva,what FROM occurrences WHERE driver=? AND "
                              "tag=?")
                          .bind(driver, tag.value());
    while (rows.step()) {
      trace::Occurrence place;
      place.tag = tag;
      place.file_offset = static_cast<std::uint64_t>(rows.integer(0));
      place.protected_bit = rows.integer(1) != 0;
      place.evidence = evidence_of(rows.view(2));
      if (!rows.null(3)) place.rva = static_cast<std::uint32_t>(rows.integer(3));
      place.what = rows.text(4);
      out.occurrences.push_back(std::move(place));
    }
  }
  std::sort(out.occurrences.begin(), out.occurrences.end(),
            [](const trace::Occurrence& a, const trace::Occurrence& b) { return a.file_offset < b.file_offset; });
}

bool Records::gives_kmdf_a_tag(std::int64_t driver) {
  Statement& row = sql_.query("SELECT 1 FROM uses WHERE driver=? AND api='WdfDriverCreate' LIMIT 1").bind(driver);
  const bool given = row.step();
  row.reset();
  return given;
}

void Records::load(std::int64_t driver, const ScanRequest& request, bool held, const std::vector<std::int64_t>* told,
                   ScannedFile& out) {
  out.recalled = true;
  load_driver(driver, out);
  if (told == nullptr) {
    load_sites(driver, out);
  } else {
    load_site_counts(driver, out);
  }
  std::vector<Loaded> loaded = load_uses(driver, told, request.with_text);
  bool named = false;
  for (Loaded& item : loaded) {
    named = named || !item.names.empty();
    out.trace.uses.push_back(item.use);
  }
  if (told == nullptr || !out.trace.binds_kmdf || !gives_kmdf_a_tag(driver)) predict_kmdf_tag(apis_, out);
  if (loaded.size() < out.trace.uses.size()) loaded.push_back({out.trace.uses.back(), 0xFFFFFFFFU, {}, {}});
  if (held) {
    std::vector<tagdb::PoolTag> open;
    for (const tagdb::PoolTag tag : request.bytes_first) {
      if (!explained(out.trace.uses, tag)) open.push_back(tag);
    }
    load_occurrences(driver, open, out);
    std::erase_if(loaded, [&open](const Loaded& item) {
      return item.use.evidence == trace::Evidence::constant &&
             std::find(open.begin(), open.end(), item.use.tag) != open.end();
    });
  }
  out.trace.uses.clear();
  for (Loaded& item : loaded) {
    out.trace.uses.push_back(std::move(item.use));
    out.file_offsets.push_back(item.file_offset);
    if (named) out.names.push_back(std::move(item.names));
    if (request.with_text) out.listings.push_back(std::move(item.listing));
  }
  out.reported = true;
}

}  // namespace scanner::catalog
