// `poolwho lookup TAG…`: what the databases say, without a scan.
#include <algorithm>
#include <set>

#include "scanner/commands/context.hpp"

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

/// Who the listed owner really is, where the tag or the owner stands for others.
void give_advice(Context& context, const tagdb::TagQuery& query, const std::vector<const tagdb::Entry*>& entries) {
  for (const tagdb::TagPattern& form : query.forms) {
    if (!form.exact()) continue;
    if (const auto advice = tagdb::never_proves(form.tag()); !advice.empty())
      context.note("'" + form.text() + "' never proves an owner: " + std::string(advice));
  }
  std::set<std::string> said;
  for (const tagdb::Entry* entry : entries) {
    for (const std::string& image : tagdb::owner_images(entry->owner)) {
      if (const auto advice = tagdb::on_behalf(image); !advice.empty() && said.insert(image).second)
        context.note(image + " allocates for others: " + std::string(advice));
    }
  }
}

/// Tags that are mistyped as each other exist side by side (`FSEL`, `FSel`): name them whether or not this one is
/// listed.
void suggest(Context& context, const tagdb::TagQuery& query, bool listed) {
  if (!listed) context.note("no database lists '" + query.text + "'");
  for (const tagdb::TagPattern& form : query.forms) {
    if (!form.exact()) continue;
    for (const tagdb::PoolTag relative : context.database().relatives(form.tag())) {
      const bool same_letters = relative.byte(0) == form.tag().byte(3) && relative.byte(3) == form.tag().byte(0) &&
                                relative.byte(1) == form.tag().byte(2) && relative.byte(2) == form.tag().byte(1);
      context.note(std::string(listed ? "see also" : " ") + " '" + relative.text() + "'" +
                   (listed ? "" : " is listed") + (same_letters ? " (reversed)" : " (other letter case)"));
    }
  }
}

}  // namespace

int run_lookup(Context& context) {
  context.begin("lookup", {});
  bool found = context.catalog() != nullptr && report_catalogued(context);
  for (const tagdb::TagQuery& query : context.queries()) {
    const auto entries = entries_for(context.database(), query);
    for (const tagdb::Entry* entry : entries) context.reporter().listed(*entry, shown_tag(*entry, query));
    found = found || !entries.empty();
    give_advice(context, query, entries);
    suggest(context, query, !entries.empty());
  }
  return context.finish(found ? kExitFound : kExitNothing);
}

}  // namespace scanner
