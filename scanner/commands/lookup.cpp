// `poolwho lookup TAG|DRIVER.sys…`: what the databases say, without a scan.
#include <algorithm>

#include "scanner/commands/commands.hpp"
#include "scanner/commands/driver_search.hpp"
#include "scanner/commands/lookup_notes.hpp"
#include "tagdb/known_leaks.hpp"
#include "tagdb/text.hpp"

namespace scanner {
namespace {

std::vector<const tagdb::Entry*> entries_for(const tagdb::Database& database, const tagdb::TagQuery& query) {
  std::vector<const tagdb::Entry*> entries;
  for (const tagdb::TagPattern& form : query.forms) {
    const auto more = form.exact() ? database.lookup(form.tag()) : database.search({query.text, {form}});
    for (const tagdb::Entry* entry : more) {
      if (std::find(entries.begin(), entries.end(), entry) == entries.end()) entries.push_back(entry);
    }
  }
  return entries;
}

/// The tag of a record: the entry's own, or the one that was asked for, or the columns of a wildcard entry as written.
tagdb::PoolTag shown_tag(const tagdb::Entry& entry, const tagdb::TagQuery& query) {
  if (entry.first.exact() && !entry.range()) return entry.first.tag();
  for (const tagdb::TagPattern& form : query.forms) {
    if (form.exact() && entry.matches(form.tag())) return form.tag();
  }
  return tagdb::PoolTag::from_text(entry.columns);
}

/// What others report to leak with the tag. True when there is such a report.
bool list_known_leaks(report::Reporter& reporter, const tagdb::TagQuery& query) {
  bool any = false;
  for (const tagdb::TagPattern& form : query.forms) {
    if (!form.exact()) continue;
    for (const tagdb::Entry& entry : tagdb::known_leaks_of(form.tag())) {
      reporter.listed(entry, form.tag());
      any = true;
    }
  }
  return any;
}

/// The entries that name a driver as the owner, in the order of their tags.
std::vector<const tagdb::Entry*> entries_of(const tagdb::Database& database, const std::string& driver) {
  const std::string wanted = pe::fold_case(pe::file_name(driver));
  std::vector<const tagdb::Entry*> entries;
  for (const tagdb::Entry* entry : database.entries()) {
    const auto images = tagdb::owner_images(entry->owner);
    const bool library = tagdb::names_library(entry->owner) && pe::fold_case(entry->owner) == wanted;
    if (library || std::find(images.begin(), images.end(), wanted) != images.end()) entries.push_back(entry);
  }
  std::stable_sort(entries.begin(), entries.end(),
                   [](const tagdb::Entry* a, const tagdb::Entry* b) { return a->pattern() < b->pattern(); });
  return entries;
}

/// `lookup tcpip.sys`: the other way round, from an owner to tags.
bool look_up_driver(const tagdb::Database& database, Diagnostics& diagnostics, const std::string& driver) {
  const auto entries = entries_of(database, driver);
  for (const tagdb::Entry* entry : entries) {
    const bool one_tag = entry->first.exact() && !entry->range();
    diagnostics.reporter().listed(*entry, one_tag ? entry->first.tag() : tagdb::PoolTag::from_text(entry->columns));
  }
  if (entries.empty()) {
    note_unlisted_driver(diagnostics, driver);
    return false;
  }
  const std::string image = pe::fold_case(pe::file_name(driver));
  if (const auto advice = tagdb::on_behalf(image); !advice.empty())
    diagnostics.note(image + " allocates for others: " + std::string(advice));
  return true;
}

}  // namespace

int run_lookup(const Inputs& inputs, Diagnostics& diagnostics, ScanSession& session) {
  diagnostics.reporter().begin(run_info(inputs, "lookup", {}));
  bool found = inputs.catalog && report_catalogued(inputs, diagnostics, session);
  for (const tagdb::TagQuery& query : inputs.queries) {
    const auto entries = entries_for(inputs.database, query);
    for (const tagdb::Entry* entry : entries) diagnostics.reporter().listed(*entry, shown_tag(*entry, query));
    const bool reported = list_known_leaks(diagnostics.reporter(), query);
    found = found || reported || !entries.empty();
    note_owner_advice(diagnostics, query, entries);
    if (entries.empty()) {
      note_unlisted_tag(inputs.database, diagnostics, query);
    } else {
      note_see_also(inputs.database, diagnostics, query);
    }
  }
  for (const std::string& driver : inputs.options.drivers)
    found = look_up_driver(inputs.database, diagnostics, driver) || found;
  return diagnostics.finish(found ? kExitFound : kExitNothing);
}

}  // namespace scanner
