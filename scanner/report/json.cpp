// NDJSON (schema 1) and the same records as one JSON array. Key order is part of what people read, so objects keep it.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "scanner/platform/host.hpp"
#include "scanner/report/model.hpp"
#include "tagdb/owners.hpp"

namespace scanner::report {
namespace {

using Json = nlohmann::ordered_json;

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
  if (identity.linked != 0) {
    out["linked"] = iso_time(identity.linked);
  } else {
    out["linked"] = nullptr;
  }
  return out;
}

Json json_of(const trace::BucketCounts& counts) {
  Json out;
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

class JsonReporter final : public Reporter {
 public:
  JsonReporter(std::ostream& out, bool array) : out_(out), array_(array) {}

  void begin(const RunInfo& run) override {
    Json record;
    record["type"] = "begin";
    record["schema"] = 1;
    record["tool"] = "poolwho";
    record["version"] = POOLWHO_VERSION;
    record["engine"] = trace::kEngineVersion;
    record["tagdb"] = run.tagdb;
    record["command"] = run.command;
    record["roots"] = run.roots;
    record["host"] = host_name();
    record["os"] = os_name();
    record["time"] = iso_time(run.time);
    record["run"] = run.uuid;
    if (run.loaded_drivers) record["loaded_drivers"] = *run.loaded_drivers;
    write(record);
  }

  void driver(const Driver& driver) override {
    Json record;
    record["type"] = "driver";
    put_path(record, "path", driver.path);
    put_container(record, driver.container);
    record["sha256"] = driver.sha256;
    record["size"] = driver.size;
    record["machine"] = pe::to_string(driver.machine);
    record["identity"] = json_of(driver.identity);
    record["traced"] = driver.traced;
    record["sites"]["allocate"] = json_of(driver.allocate);
    record["sites"]["free"] = json_of(driver.free);
    record["sites"]["other"] = json_of(driver.other);
    record["wrapper_sites"] = json_of(driver.wrapper);
    record["dynamic_reasons"] = Json::object();
    for (const auto& [reason, count] : driver.dynamic_reasons) record["dynamic_reasons"][reason] = count;
    record["exports_allocator"] = driver.exports_allocator;
    record["unresolved_api_sets"] = driver.unresolved_api_sets ? Json(*driver.unresolved_api_sets) : Json(nullptr);
    record["notes"] = driver.notes;
    if (!driver.problems.empty()) record["problems"] = driver.problems;
    write(record);
    for (const Use& use : driver.uses) {
      Json line;
      line["type"] = "use";
      put_path(line, "path", driver.path);
      put_container(line, driver.container);
      line["sha256"] = driver.sha256;
      put_use(line, use);
      write(line);
    }
  }

  void copy(const std::string& path, const std::string& of, const std::string& sha256) override {
    Json record;
    record["type"] = "copy";
    put_path(record, "path", path);
    put_path(record, "of", of);
    record["sha256"] = sha256;
    write(record);
  }

  void finding(const Finding& finding) override {
    Json record;
    record["type"] = "finding";
    put_path(record, "path", finding.path);
    put_container(record, finding.container);
    record["sha256"] = finding.sha256;
    record["code"] = finding.found.code->code;
    record["rule"] = finding.found.code->rule;
    record["severity"] = rank::to_string(finding.found.code->severity);
    put_tag(record, finding.found.tag);
    record["site_rva"] = pe::hex_number(finding.found.places.front());
    record["count"] = finding.found.places.size();
    if (finding.known_places > 0) record["known"] = finding.known_places;
    record["places"] = Json::array();
    for (const pe::CodePlace& place : finding.places) record["places"].push_back(json_of(place));
    record["text"] = finding.found.text;
    write(record);
  }

  void compared(const Compared& pair) override {
    Json record;
    record["type"] = "compared";
    put_path(record, "path", pair.path);
    put_path(record, "baseline", pair.baseline);
    record["identity"] = json_of(pair.identity);
    record["baseline_identity"] = json_of(pair.baseline_identity);
    record["changes"] = pair.changes;
    write(record);
  }

  void change(const std::string& path, const rank::Change& change) override {
    Json record;
    record["type"] = "change";
    put_path(record, "path", path);
    record["code"] = to_string(change.kind);
    put_tag(record, change.tag);
    record["before"] = change.before.empty() ? Json(nullptr) : Json(change.before);
    record["after"] = change.after.empty() ? Json(nullptr) : Json(change.after);
    write(record);
  }

  void candidate(const Candidate& candidate) override {
    Json record;
    record["type"] = "candidate";
    put_candidate(record, candidate);
    write(record);
  }

  void logs(const LogsInfo& logs) override {
    Json record;
    record["type"] = "logs";
    record["logs"] = logs.logs;
    record["snapshots"] = logs.snapshots;
    record["hours"] = logs.timed ? Json(logs.hours) : Json(nullptr);
    record["searched"] = logs.searched;
    record["notes"] = logs.notes;
    record["pools"] = Json::array();
    for (const poolmon::Growth& pool : logs.pools) {
      Json item;
      put_growth(item, pool);
      record["pools"].push_back(std::move(item));
    }
    if (!logs.next_steps.empty()) put_steps(record, logs.next_steps);
    write(record);
  }

  void pool(const poolmon::Growth& growth) override {
    Json record;
    record["type"] = "pool";
    put_growth(record, growth);
    record.erase("bytes_per_allocation");
    record.erase("kept");
    record.erase("session");
    record["growing"] = growth.shape == poolmon::Shape::leak;
    write(record);
  }

  void size(const Size& size) override {
    Json record;
    record["type"] = "size";
    put_tag(record, size.growth.tag);
    put_pool(record, size.growth);
    record["bytes"] = size.growth.bytes_last;
    record["count"] = known(size.growth.count);
    record["bytes_per_allocation"] = known(size.growth.bytes_per_allocation);
    put_listed(record, size.listed);
    if (!size.tool_owner.empty()) record["log_owner"] = size.tool_owner;
    write(record);
  }

  void leak(const Leak& leak) override {
    Json record;
    const bool suspect = leak.growth.shape == poolmon::Shape::suspect;
    record["type"] = suspect ? "suspect" : "leak";
    put_tag(record, leak.growth.tag);
    put_growth(record, leak.growth);
    record["share"] = leak.growth.share;
    record["confidence"] = suspect ? Json(nullptr) : Json(leak.growth.confidence);
    record["hours_left"] = leak.growth.hours_left ? Json(*leak.growth.hours_left) : Json(nullptr);
    if (!leak.growth.limit.empty()) record["limit"] = leak.growth.limit;
    record["candidates"] = Json::array();
    for (const Candidate& candidate : leak.candidates) {
      Json item;
      put_candidate(item, candidate);
      record["candidates"].push_back(std::move(item));
    }
    put_listed(record, leak.listed);
    if (!leak.tool_owner.empty()) record["log_owner"] = leak.tool_owner;
    if (!leak.advice.empty()) record["advice"] = leak.advice;
    record["reasons"] = leak.growth.reasons;
    put_steps(record, leak.next_steps);
    write(record);
  }

  void cluster(const Cluster& cluster) override {
    const poolmon::Cluster& group = cluster.cluster;
    Json record;
    record["type"] = "cluster";
    record["members"] = Json::array();
    for (const poolmon::ClusterMember& member : group.members) {
      record["members"].push_back({{"tag", member.tag.text()},
                                   {"tag_bytes", member.tag.hex()},
                                   {"pool", to_string(member.pool)},
                                   {"ratio", member.ratio},
                                   {"blocks", member.gained},
                                   {"kept", member.kept ? Json(*member.kept) : Json(nullptr)}});
    }
    record["holder"] = group.holder().text();
    record["steps"] = group.steps;
    record["hint"] = group.hint;
    record["reasons"] = group.reasons;
    write(record);
  }

  void growth(const poolmon::Growth& growth) override {
    Json record;
    record["type"] = "growth";
    put_tag(record, growth.tag);
    put_growth(record, growth);
    write(record);
  }

  void listed(const tagdb::Entry& entry, tagdb::PoolTag tag) override {
    Json record;
    record["type"] = "listed";
    record["tag"] = tag.text();
    record["tag_bytes"] = tag.hex();
    record["owner"] = entry.owner;
    const tagdb::Description description = tagdb::description_of(entry);
    record["description"] = description.text;
    record["description_of"] = description.text.empty() ? "" : description.of_owner ? "owner" : "tag";
    record["source"] = entry.source;
    record["line"] = entry.line;
    record["pattern"] = entry.pattern();
    write(record);
  }

  void problem(const Problem& problem) override {
    Json record;
    record["type"] = "error";
    put_path(record, "path", problem.path);
    record["stage"] = problem.stage;
    if (problem.line != 0) record["line"] = problem.line;
    record["message"] = problem.message;
    write(record);
  }

  void summary(const Summary& summary) override {
    Json record;
    record["type"] = "summary";
    record["files"] = summary.files;
    record["drivers"] = summary.drivers;
    record["bytes"] = summary.bytes;
    record["errors"] = summary.errors;
    record["unparsed"] = summary.unparsed;
    const walk::Skipped& skipped = summary.skipped;
    record["skipped"] = {{"not_pe", skipped.not_pe},  {"locked", skipped.locked},   {"denied", skipped.denied},
                         {"links", skipped.links},    {"offline", skipped.offline}, {"too_large", skipped.too_large},
                         {"special", skipped.special}};
    record["sites"]["allocate"] = json_of(summary.allocate);
    record["sites"]["free"] = json_of(summary.free);
    record["sites"]["other"] = json_of(summary.other);
    record["wrapper_sites"] = json_of(summary.wrapper);
    record["dynamic_reasons"] = Json::object();
    for (const auto& [reason, count] : summary.dynamic_reasons) record["dynamic_reasons"][reason] = count;
    if (summary.findings) {
      const Summary::Findings& found = *summary.findings;
      record["findings"] = {
          {"total", found.total}, {"checked", found.checked}, {"drivers", found.drivers}, {"allowed", found.allowed}};
      record["findings"]["codes"] = Json::object();
      for (const auto& [code, count] : found.codes) record["findings"]["codes"][code] = count;
    }
    if (summary.changes) record["changes"] = *summary.changes;
    record["seconds"] = summary.seconds;
    write(record);
  }

  void end() override {
    if (array_) out_ << (first_ ? "[]\n" : "\n]\n");
    out_.flush();
  }

 private:
  static void put_tag(Json& out, tagdb::PoolTag tag) {
    out["tag"] = tag.value() != 0 ? Json(tag.text()) : Json(nullptr);
    out["tag_bytes"] = tag.value() != 0 ? Json(tag.hex()) : Json(nullptr);
  }

  static Json known(const std::optional<std::int64_t>& value) { return value ? Json(*value) : Json(nullptr); }

  static void put_pool(Json& record, const poolmon::Growth& growth) {
    record["pool"] = growth.pool == poolmon::Pool::unknown ? Json(nullptr) : Json(to_string(growth.pool));
    record["session"] = growth.session.is_all() ? Json("all")
                        : growth.session.id()   ? Json(*growth.session.id())
                                                : Json(nullptr);
  }

  static void put_listed(Json& record, const std::vector<tagdb::Entry>& entries) {
    record["listed"] = Json::array();
    for (const tagdb::Entry& entry : entries)
      record["listed"].push_back(
          {{"owner", entry.owner}, {"description", tagdb::description_of(entry).text}, {"source", entry.source}});
  }

  static void put_steps(Json& record, const std::vector<NextStep>& steps) {
    record["next_steps"] = Json::array();
    for (const NextStep& step : steps) {
      Json item;
      item["text"] = step.text;
      if (!step.command.empty()) item["command"] = step.command;
      record["next_steps"].push_back(std::move(item));
    }
  }

  static void put_growth(Json& record, const poolmon::Growth& growth) {
    put_pool(record, growth);
    record["shape"] = to_string(growth.shape);
    record["snapshots"] = growth.snapshots;
    record["bytes_first"] = growth.bytes_first;
    record["bytes_last"] = growth.bytes_last;
    record["bytes_per_hour"] = growth.bytes_per_hour ? Json(*growth.bytes_per_hour) : Json(nullptr);
    record["bytes_per_step"] = growth.bytes_per_step;
    record["bytes_per_allocation"] = known(growth.bytes_per_allocation);
    record["kept"] = growth.kept ? Json(*growth.kept) : Json(nullptr);
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
    out["tag"] = use.tag.text();
    out["tag_bytes"] = use.tag.hex();
    out["protected"] = use.protected_bit;
    out["evidence"] = trace::to_string(use.evidence);
    out["certainty"] = trace::to_string(use.certainty);
    const std::string& api = use.api;
    out["api"] = api.empty() ? Json(nullptr) : Json(api);
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
    const std::string_view pool = trace::to_string(use.pool);
    out["pool"] = pool.empty() ? Json(nullptr) : Json(pool);
    out["bytes"] = use.bytes ? Json(*use.bytes) : Json(nullptr);
    if (!use.charges_pool && use.row >= 0) out["charges_pool"] = false;
    if (use.assumptions != 0) out["assumes"] = trace::describe_assumptions(use.assumptions);
    if (!item.what.empty()) out["what"] = item.what;
    if (!item.listing.empty()) out["instructions"] = item.listing;
  }

  void write(const Json& record) {
    const std::string text = record.dump(-1, ' ', false, Json::error_handler_t::replace);
    if (!array_) {
      out_ << text << '\n';
      return;
    }
    out_ << (first_ ? "[\n" : ",\n") << text;
    first_ = false;
  }

  std::ostream& out_;
  bool array_;
  bool first_ = true;
};

}  // namespace

std::unique_ptr<Reporter> make_json_reporter(std::ostream& out, bool array) {
  return std::make_unique<JsonReporter>(out, array);
}

}  // namespace scanner::report
