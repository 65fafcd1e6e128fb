// What several records of NDJSON hold, as JSON: paths, tags, identities, uses, growth. Key order is part of what people
// read, so objects keep it, and every put_…() adds its keys behind those that are there.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/report/model.hpp"

namespace scanner::report {

using Json = nlohmann::ordered_json;

/// A record that has only its type.
Json typed(const char* type);

/// The value, or null where it is not known.
template <typename T>
Json known(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}
/// The text, or null where there is none.
Json filled(std::string_view text);

/// `key`, and `key`_bytes (base64) where the path is not UTF-8.
void put_path(Json& record, const char* key, const std::string& path);
/// Nothing for a file that no other one carries.
void put_container(Json& record, const std::string& container);
/// Null for tag 0: a record about no tag.
void put_tag(Json& out, tagdb::PoolTag tag);
void put_pool(Json& record, const poolmon::Growth& growth);
void put_growth(Json& record, const poolmon::Growth& growth);
void put_listed(Json& record, const std::vector<tagdb::Entry>& entries);
void put_steps(Json& record, const std::vector<NextStep>& steps);
void put_use(Json& out, const Use& item);
void put_candidate(Json& record, const Candidate& candidate);

Json json_of(const pe::Identity& identity);
Json json_of(const trace::BucketCounts& counts);
Json json_of(const pe::CodePlace& place);

}  // namespace scanner::report
