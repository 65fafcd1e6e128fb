#include "scanner/commands/file_records.hpp"

#include <algorithm>
#include <tuple>

#include "scanner/report/words.hpp"
#include "tagdb/text.hpp"

namespace scanner {

std::vector<report::Use> uses_of(const ScannedFile& file, const tagdb::ApiTable& apis,
                                 const std::function<bool(const trace::TagUse&)>& wanted) {
  std::vector<report::Use> uses;
  for (std::size_t i = 0; i < file.trace.uses.size(); ++i) {
    if (!wanted(file.trace.uses[i])) continue;
    report::Use use;
    use.use = file.trace.uses[i];
    if (i < file.file_offsets.size()) use.file_offset = file.file_offsets[i];
    if (i < file.names.size()) use.names = file.names[i];
    for (const std::uint32_t rva : use.use.via) {
      const auto place = std::lower_bound(file.places.begin(), file.places.end(), rva,
                                          [](const pe::CodePlace& one, std::uint32_t at) { return one.rva < at; });
      if (place != file.places.end() && place->rva == rva && place->line != 0)
        use.sources.push_back({rva, {}, place->file, place->line});
    }
    if (i < file.listings.size()) use.listing = file.listings[i];
    if (use.use.evidence == trace::Evidence::constant) use.what = "a number in code";
    use.has_site = !use.use.via.empty();
    const auto row = static_cast<std::size_t>(use.use.row);
    use.implied = use.use.row >= 0 && row < apis.rows.size() && apis.rows[row].tag < 0 && use.has_site;
    uses.push_back(std::move(use));
  }
  for (const trace::Occurrence& occurrence : file.occurrences) {
    report::Use use;
    use.use.tag = occurrence.tag;
    if (!wanted(use.use)) continue;
    use.use.protected_bit = occurrence.protected_bit;
    use.use.evidence = occurrence.evidence;
    use.use.charges_pool = false;
    use.has_site = occurrence.rva.has_value();
    use.use.site_rva = use.use.origin_rva = occurrence.rva.value_or(0);
    if (use.has_site) use.use.via = {use.use.site_rva};
    use.file_offset = static_cast<std::uint32_t>(occurrence.file_offset);
    use.what = occurrence.what;
    uses.push_back(std::move(use));
  }
  std::stable_sort(uses.begin(), uses.end(), [](const report::Use& a, const report::Use& b) {
    return std::tie(a.use.evidence, a.use.certainty) < std::tie(b.use.evidence, b.use.certainty);
  });
  return uses;
}

report::Driver driver_record(const ScannedFile& file, const tagdb::ApiTable& apis) {
  report::Driver driver;
  driver.path = file.file.path;
  driver.container = file.container;
  driver.sha256 = file.sha256;
  driver.size = file.size;
  driver.machine = file.machine;
  driver.identity = file.identity;
  driver.uses = uses_of(file, apis, [](const trace::TagUse&) { return true; });
  std::stable_sort(driver.uses.begin(), driver.uses.end(),
                   [](const report::Use& a, const report::Use& b) { return a.use.tag.text() < b.use.tag.text(); });
  driver.allocate = file.trace.counts(trace::SiteKind::allocate);
  driver.free = file.trace.counts(trace::SiteKind::free);
  driver.other = file.trace.counts(trace::SiteKind::other);
  driver.wrapper = file.trace.wrapper_counts();
  driver.dynamic_reasons = file.trace.dynamic_reasons();
  driver.exports_allocator = file.trace.exported_allocators;
  driver.problems = file.trace.problems;
  driver.notes = file.trace.notes;
  driver.unresolved_api_sets = file.unresolved_api_sets;
  driver.traced = file.outcome == ScannedFile::Outcome::traced;
  return driver;
}

rank::ImageFacts image_facts(const std::string& path, const std::string& container, const pe::Identity& identity) {
  rank::ImageFacts facts;
  facts.file_name = pe::file_name(own_path(path, container));
  facts.container = pe::file_name(container);
  facts.original_name = identity.original_name;
  facts.file_version = identity.file_version;
  std::string folded = pe::fold_case(path);
  std::replace(folded.begin(), folded.end(), '\\', '/');
  facts.in_system_drivers = container.empty() && folded.find("/system32/drivers/") != std::string::npos;
  facts.in_component_store =
      folded.find("/winsxs/") != std::string::npos || folded.find("/driverstore/") != std::string::npos;
  return facts;
}

}  // namespace scanner
