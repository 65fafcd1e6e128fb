// What a report of a fault needs to tell about the program.
#include <sqlite3.h>

#include <set>

#include "scanner/cli/help.hpp"
#include "scanner/lief/second_reader.hpp"
#include "scanner/poolmon/evtx.hpp"
#include "scanner/report/words.hpp"
#include "scanner/trace/trace.hpp"
#include "tagdb/api_table.hpp"
#include "tagdb/database.hpp"

// From CMakeLists.txt, for this file only: a new commit compiles nothing else again.
#ifndef POOLWHO_COMMIT
#define POOLWHO_COMMIT ""
#endif
#ifndef POOLWHO_HIVES
#define POOLWHO_HIVES 0
#endif

namespace scanner::cli {

std::string version_text() {
  tagdb::Database database;
  database.add_builtin();
  const auto entries = database.entries();
  std::set<std::string> owners;
  for (const tagdb::Entry* entry : entries) owners.insert(entry->owner);
  std::set<std::string> functions;
  for (const tagdb::ApiRow& row : tagdb::builtin_api_table().rows) functions.insert(row.name);
  const std::string commit = POOLWHO_COMMIT;
  std::string out = "poolwho " POOLWHO_VERSION "\n";
  out += "commit   " + (commit.empty() ? std::string("not known (built from an archive)") : commit) + "\n";
  out += "engine   " + std::to_string(trace::kEngineVersion) + ", " + std::to_string(functions.size()) +
         " functions that take tags\n";
  out += "tags     " + report::with_commas(entries.size()) + " listed, of " + report::with_commas(owners.size()) +
         " owners\n";
  out += "code     x64, x86, ARM64\n";
  out += std::string("registry hives of volumes: ") + (POOLWHO_HIVES != 0 ? "yes (libhivex)" : "no") + "\n";
  out += std::string("event logs (.evtx): ") + (poolmon::evtx_supported() ? "yes" : "no") + "\n";
  out +=
      std::string("second reader of identities: ") + (lief::find_second_reader().empty() ? "no" : "yes (LIEF)") + "\n";
  return out + "catalogues: SQLite " + sqlite3_libversion() + "\n";
}

}  // namespace scanner::cli
