// What `lookup` says beside the entries: advice about owners, what was perhaps mistyped, and what to do about a tag
// that no list has.
#pragma once

#include <vector>

#include "scanner/commands/diagnostics.hpp"
#include "tagdb/database.hpp"

namespace scanner {

/// Who the listed owner really is, where the tag or the owner stands for others.
void note_owner_advice(Diagnostics& diagnostics, const tagdb::TagQuery& query,
                       const std::vector<const tagdb::Entry*>& entries);
/// Tags that are easily taken for one that is listed, too.
void note_see_also(const tagdb::Database& database, Diagnostics& diagnostics, const tagdb::TagQuery& query);
/// Nothing is listed: what resembles it, and how to find the driver.
void note_unlisted_tag(const tagdb::Database& database, Diagnostics& diagnostics, const tagdb::TagQuery& query);
/// No list has a tag of this driver.
void note_unlisted_driver(Diagnostics& diagnostics, const std::string& driver);

}  // namespace scanner
