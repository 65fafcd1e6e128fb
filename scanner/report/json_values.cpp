#include "scanner/report/json_values.hpp"

#include <algorithm>

#include "tagdb/owners.hpp"

namespace scanner::report {
namespace {

/// Objects in which keys keep their order copy all keys whenever they grow.
void expect_fields(Json& record, std::size_t count) {
  if (record.is_null()) record = Json::object();
  record.get_ref<Json::object_t&>().reserve(count);
}

}  // namespace

Json typed(const char* type) {
  Json record;
  expect_fields(record, 24);
  record["type"] = type;
  return record;
}

Json filled(std::string_view text) { return text.empty() ? Json(nullptr) : Json(text); }

void put_path(Json& record, const char* key, const std::string& path) {
  record[key] = path;
  if (!valid_utf8(path)) record[std::string(key) + "_bytes"] = base64(path);
}

void put_container(Json& record, const std::string& container) {
  if (!container.empty()) put_path(record, "container", container);
}

Json json_of(const pe::Identity& identity) {
  Json out;
  const auto put = [&out](const char* key, const std::string& value) {
    if (!value.empty()) out[key] = value;
  };
  put("company", identity.company);
  put("product", identity.product);
  put("description", identity.description);
  put("file_version", identity.file_version);
  put("original_name", identity.original_name);
  put("signer", identity.signer);
  out["signature"] = identity.embedded_signature ? "embedded" : "none";
  put("pdb", identity.pdb);
  put("pdb_id", identity.pdb_id);
  out["linked"] = identity.linked != 0 ? Json(iso_time(identity.linked)) : Json(nullptr);
  return out;
}

Json json_of(const trace::BucketCounts& counts) {
  Json out;
  expect_fields(out, 1 + trace::kBucketCount);
  out["total"] = counts.total();
  for (std::size_t i = 0; i < trace::kBucketCount; ++i)
    out[std::string(trace::to_string(static_cast<trace::Bucket>(i)))] = counts.count[i];
  return out;
}

Json json_of(const pe::CodePlace& place) {
  Json out;
  out["rva"] = pe::hex_number(place.rva);
  if (!place.name.empty()) out["name"] = place.name;
  if (!place.file.empty()) out["file"] = place.file;
  if (place.line != 0) out["line"] = place.line;
  return out;
}

void put_tag(Json& out, tagdb::PoolTag tag) {
  out["tag"] = tag.value() != 0 ? Json(tag.text()) : Json(nullptr);
  out["tag_bytes"] = tag.value() != 0 ? Json(tag.hex()) : Json(nullptr);
}

void put_pool(Json& record, const poolmon::Growth& growth) {
  record["pool"] = growth.pool == poolmon::Pool::unknown ? Json(nullptr) : Json(to_string(growth.pool));
  record["session"] = growth.session.is_all() ? Json("all")
                      : growth.session.id()   ? Json(*growth.session.id())
                                              : Json(nullptr);
}

void put_listed(Json& record, const std::vector<tagdb::Entry>& entries) {
  record["listed"] = Json::array();
  for (const tagdb::Entry& entry : entries)
    record["listed"].push_back(
        {{"owner", entry.owner}, {"description", tagdb::description_of(entry).text}, {"source", entry.source}});
}

void put_steps(Json& record, const std::vector<NextStep>& steps) {
  record["next_steps"] = Json::array();
  for (const NextStep& step : steps) {
    Json item;
    item["text"] = step.text;
    if (!step.command.empty()) item["command"] = step.command;
    record["next_steps"].push_back(std::move(item));
  }
}

void put_growth(Json& record, const poolmon::Growth& growth) {
  put_pool(record, growth);
  record["shape"] = to_string(growth.shape);
  record["snapshots"] = growth.snapshots;
  record["bytes_first"] = growth.bytes_first;
  record["bytes_last"] = growth.bytes_last;
  record["bytes_per_hour"] = known(growth.bytes_per_hour);
  record["bytes_per_step"] = growth.bytes_per_step;
  record["bytes_per_allocation"] = known(growth.bytes_per_allocation);
  record["kept"] = known(growth.kept);
}

void put_candidate(Json& record, const Candidate& candidate) {
  record["rank"] = candidate.rank;
  record["tag"] = candidate.tag.text();
  record["tag_bytes"] = candidate.tag.hex();
  put_path(record, "path", candidate.path);
  put_container(record, candidate.container);
  if (!candidate.copies.empty()) record["copies"] = candidate.copies;
  record["sha256"] = candidate.sha256;
  record["verdict"] = rank::to_string(candidate.judgement.verdict);
  const trace::TagUse& best = candidate.uses.front().use;
  record["evidence"] = trace::to_string(best.evidence);
  record["certainty"] = trace::to_string(best.certainty);
  record["uses"] = Json::array();
  for (const Use& use : candidate.uses) {
    Json item;
    put_use(item, use);
    record["uses"].push_back(std::move(item));
  }
  record["identity"] = json_of(candidate.identity);
  record["reasons"] = Json::array();
  for (const rank::Reason& reason : candidate.judgement.reasons)
    record["reasons"].push_back({{"code", reason.code}, {"text", reason.text}});
}

void put_use(Json& out, const Use& item) {
  const trace::TagUse& use = item.use;
  expect_fields(out, 24);
  out["tag"] = use.tag.text();
  out["tag_bytes"] = use.tag_bytes();
  if (use.open) out["pattern"] = true;
  out["protected"] = use.protected_bit;
  out["evidence"] = trace::to_string(use.evidence);
  out["certainty"] = trace::to_string(use.certainty);
  out["api"] = filled(use.api);
  if (item.has_site) {
    out["site_rva"] = pe::hex_number(use.site_rva);
    out["origin_rva"] = pe::hex_number(use.origin_rva);
    out["via"] = Json::array();
    for (const std::uint32_t rva : use.via) out["via"].push_back(pe::hex_number(rva));
    if (std::any_of(item.names.begin(), item.names.end(), [](const std::string& name) { return !name.empty(); }))
      out["via_names"] = item.names;
    if (!item.sources.empty()) out["sources"] = Json::array();
    for (const pe::CodePlace& source : item.sources) out["sources"].push_back(json_of(source));
    out["function_rva"] = use.function_rva != 0 ? Json(pe::hex_number(use.function_rva)) : Json(nullptr);
  }
  out["file_offset"] = item.file_offset != 0xFFFFFFFFU ? Json(item.file_offset) : Json(nullptr);
  out["pool"] = filled(trace::to_string(use.pool));
  out["bytes"] = known(use.bytes);
  if (!use.charges_pool && use.row >= 0) out["charges_pool"] = false;
  if (use.assumptions != 0) out["assumes"] = trace::describe_assumptions(use.assumptions);
  if (!item.what.empty()) out["what"] = item.what;
  if (!item.listing.empty()) out["instructions"] = item.listing;
}

}  // namespace scanner::report
