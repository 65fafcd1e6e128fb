// `poolwho lookup TAG…`: what the databases say, without a scan.
#include <algorithm>

#include "scanner/commands/context.hpp"

namespace scanner {

int run_lookup(Context& context) {
  context.begin("lookup", {});
  bool found = context.catalog() != nullptr && report_catalogued(context);
  for (const tagdb::TagQuery& query : context.queries()) {
    std::vector<const tagdb::Entry*> entries;
    for (const tagdb::TagPattern& form : query.forms) {
      std::vector<const tagdb::Entry*> more;
      if (form.exact()) {
        more = context.database().lookup(form.tag());
      } else {
        tagdb::TagQuery one{query.text, {form}};
        more = context.database().search(one);
      }
      for (const tagdb::Entry* entry : more) {
        if (std::find(entries.begin(), entries.end(), entry) == entries.end()) entries.push_back(entry);
      }
    }
    for (const tagdb::Entry* entry : entries)
      context.reporter().listed(*entry, entry->first.exact() ? entry->first.tag() : query.forms.front().tag());
    found = found || !entries.empty();
    for (const tagdb::TagPattern& form : query.forms) {
      if (!form.exact()) continue;
      if (const auto advice = tagdb::never_proves(form.tag()); !advice.empty())
        context.note("'" + form.text() + "' never proves an owner: " + std::string(advice));
    }
    if (!entries.empty()) continue;
    context.note("no database lists '" + query.text + "'");
    for (const tagdb::TagPattern& form : query.forms) {
      if (!form.exact()) continue;
      for (const tagdb::PoolTag relative : context.database().relatives(form.tag()))
        context.note("  '" + relative.text() + "' is listed (other letter case, or reversed)");
    }
  }
  return context.finish(found ? kExitFound : kExitNothing);
}

}  // namespace scanner
