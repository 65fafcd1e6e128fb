#include "scanner/catalog/records.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "pe/text.hpp"

namespace scanner::catalog {
namespace {

using Json = nlohmann::json;

/// Texts from files need not be UTF-8.
std::string dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

std::string_view name_of(trace::SiteKind kind) {
  return kind == trace::SiteKind::allocate ? "allocate" : kind == trace::SiteKind::free ? "free" : "other";
}

std::optional<std::string> filled(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional<std::string>(text);
}

/// Null instead of a list of nothing.
std::optional<std::string> list_text(const std::vector<std::vector<std::string>>& lists, std::size_t i) {
  if (i >= lists.size()) return std::nullopt;
  return dump(Json(lists[i]));
}

std::string chain_text(const std::vector<std::uint32_t>& chain) {
  std::string text = "[";
  for (const std::uint32_t rva : chain) text += (text.size() > 1 ? ",\"" : "\"") + pe::hex_number(rva) + "\"";
  return text + "]";
}

}  // namespace

void Records::add_tag(tagdb::PoolTag tag) {
  sql_.query("INSERT OR IGNORE INTO tags SELECT ?1, ifnull(max(seq), 0) + 1, ?2 FROM tags")
      .bind(tag.value(), tag.text())
      .run();
}

void Records::save_held(std::int64_t driver, const std::vector<tagdb::PoolTag>& held,
                        const std::vector<trace::Occurrence>& occurrences) {
  for (const tagdb::PoolTag tag : held)
    sql_.query("INSERT OR IGNORE INTO held VALUES(?,?)").bind(tag.value(), driver).run();
  for (const trace::Occurrence& place : occurrences)
    sql_.query("INSERT OR IGNORE INTO occurrences VALUES(?,?,?,?,?,?,?)")
        .bind(driver, place.tag.value(), place.file_offset, place.protected_bit, trace::to_string(place.evidence),
              place.rva, place.what)
        .run();
}

/// All that was stored of a driver but the driver itself.
void Records::forget(std::int64_t driver) {
  for (const char* query :
       {"DELETE FROM uses WHERE driver=?", "DELETE FROM sites WHERE driver=?", "DELETE FROM site_counts WHERE driver=?",
        "DELETE FROM occurrences WHERE driver=?", "DELETE FROM held WHERE driver=?", "DELETE FROM gaps WHERE driver=?",
        "DELETE FROM images WHERE driver=?", "DELETE FROM places WHERE driver=?"})
    sql_.query(query).bind(driver).run();
}

std::int64_t Records::save(const ScannedFile& file, std::int64_t engine, std::int64_t searched) {
  Statement& known = sql_.query("SELECT id FROM drivers WHERE sha256=?").bind(file.sha256);
  std::optional<std::int64_t> id;
  if (known.step()) id = known.integer(0);
  known.reset();
  if (id) forget(*id);
  const pe::Identity& who = file.identity;
  sql_.query(
          "INSERT INTO drivers VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT(id) DO UPDATE SET "
          "(size,machine,traced,engine,company,product,description,file_version,original_name,signer,signature,pdb,"
          "pdb_id,linked,binds_kmdf,exports_allocator,problems,searched,context)=(excluded.size,excluded.machine,"
          "excluded.traced,excluded.engine,excluded.company,excluded.product,excluded.description,"
          "excluded.file_version,excluded.original_name,excluded.signer,excluded.signature,excluded.pdb,"
          "excluded.pdb_id,excluded.linked,excluded.binds_kmdf,excluded.exports_allocator,excluded.problems,"
          "excluded.searched,excluded.context)")
      .bind(id, file.sha256, file.size, pe::to_string(file.machine), file.outcome == ScannedFile::Outcome::traced,
            engine, filled(who.company), filled(who.product), filled(who.description), filled(who.file_version),
            filled(who.original_name), filled(who.signer), who.embedded_signature ? "embedded" : "none",
            filled(who.pdb), filled(who.pdb_id), who.linked, file.trace.binds_kmdf,
            dump(Json(file.trace.exported_allocators)), dump(Json(file.trace.problems)), searched, file.context)
      .run();
  const std::int64_t driver = id ? *id : sql_.last_id();
  sql_.query("INSERT INTO gaps VALUES(?,?,?)")
      .bind(driver, file.unresolved_api_sets, dump(Json(file.trace.notes)))
      .run();
  if (file.oldest_system) sql_.query("INSERT INTO images VALUES(?,?)").bind(driver, *file.oldest_system).run();
  for (const pe::CodePlace& place : file.places)
    sql_.query("INSERT OR IGNORE INTO places VALUES(?,?,?,?,?)")
        .bind(driver, place.rva, filled(place.name), filled(place.file),
              place.line != 0 ? std::optional<std::uint32_t>(place.line) : std::nullopt)
        .run();
  save_uses(driver, file);
  save_sites(driver, file);
  save_held(driver, file.held, file.held_occurrences);
  return driver;
}

void Records::save_uses(std::int64_t driver, const ScannedFile& file) {
  for (std::size_t i = 0; i < file.trace.uses.size(); ++i) {
    const trace::TagUse& use = file.trace.uses[i];
    const bool told = use.evidence <= trace::Evidence::references || use.evidence == trace::Evidence::predicted;
    if (told && !use.open) add_tag(use.tag);
    if (use.evidence == trace::Evidence::predicted) continue;  // depends on the file's name, not on its content
    const std::uint32_t offset = i < file.file_offsets.size() ? file.file_offsets[i] : 0xFFFFFFFFU;
    const std::string_view pool = trace::to_string(use.pool);
    sql_.query("INSERT INTO uses VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)")
        .bind(driver, i, use.tag.text(), number_of(use), use.protected_bit, trace::to_string(use.evidence),
              trace::to_string(use.certainty), use.charges_pool, filled(use.api), use.site_rva, use.origin_rva,
              use.function_rva, offset != 0xFFFFFFFFU ? std::optional<std::uint32_t>(offset) : std::nullopt,
              filled(std::string(pool)), use.executable, use.bytes, use.assumptions, chain_text(use.via),
              list_text(file.names, i), list_text(file.listings, i), use.handed_out)
        .run();
  }
}

void Records::save_sites(std::int64_t driver, const ScannedFile& file) {
  // Rows behind the table's end came from other drivers; their sites are named by the uses they led to.
  const auto api = [this, &file](const trace::Site& site) -> std::optional<std::string> {
    if (site.row < 0) return std::nullopt;
    if (static_cast<std::size_t>(site.row) < apis_.rows.size())
      return apis_.rows[static_cast<std::size_t>(site.row)].name;
    const auto& uses = file.trace.uses;
    const auto use =
        std::find_if(uses.begin(), uses.end(), [&site](const trace::TagUse& one) { return one.site_rva == site.rva; });
    return use != uses.end() ? std::optional<std::string>(use->api) : std::nullopt;
  };
  std::int64_t n = 0;
  for (const trace::Site& site : file.trace.sites) {
    sql_.query("INSERT INTO sites VALUES(?,?,?,?,?,?,?,?,?)")
        .bind(driver, n++, site.rva, site.function, api(site), name_of(site.kind), site.wrapper,
              trace::to_string(site.bucket), filled(std::string(site.reason)))
        .run();
  }
  sql_.query(
          "INSERT INTO site_counts SELECT driver,kind,wrapper,bucket,ifnull(reason,''),count(*) FROM sites "
          "WHERE driver=? GROUP BY 1,2,3,4,5")
      .bind(driver)
      .run();
}

}  // namespace scanner::catalog
