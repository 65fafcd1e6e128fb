// NDJSON (schema 1) and the same records as one JSON array. Key order is part of what people read, so objects keep it.
#include "scanner/platform/host.hpp"
#include "scanner/report/json_values.hpp"
#include "tagdb/owners.hpp"

namespace scanner::report {
namespace {

class JsonReporter final : public Reporter {
 public:
  JsonReporter(std::ostream& out, bool array) : out_(out), array_(array) {}

  void begin(const RunInfo& run) override {
    Json record = typed("begin");
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
    record["loaded_drivers"] = known(run.loaded_drivers);
    write(record);
  }

  void driver(const Driver& driver) override {
    Json record = typed("driver");
    put_path(record, "path", driver.path);
    record["container"] = nullptr;
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
    record["unresolved_api_sets"] = known(driver.unresolved_api_sets);
    record["notes"] = driver.notes;
    if (!driver.problems.empty()) record["problems"] = driver.problems;
    write(record);
    for (const Use& use : driver.uses) {
      Json line = typed("use");
      put_path(line, "path", driver.path);
      put_container(line, driver.container);
      line["sha256"] = driver.sha256;
      put_use(line, use);
      write(line);
    }
  }

  void copy(const std::string& path, const std::string& of, const std::string& sha256) override {
    Json record = typed("copy");
    put_path(record, "path", path);
    put_path(record, "of", of);
    record["sha256"] = sha256;
    write(record);
  }

  void finding(const Finding& finding) override {
    Json record = typed("finding");
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
    Json record = typed("compared");
    put_path(record, "path", pair.path);
    put_path(record, "baseline", pair.baseline);
    record["identity"] = json_of(pair.identity);
    record["baseline_identity"] = json_of(pair.baseline_identity);
    record["changes"] = pair.changes;
    write(record);
  }

  void change(const std::string& path, const rank::Change& change) override {
    Json record = typed("change");
    put_path(record, "path", path);
    record["code"] = to_string(change.kind);
    put_tag(record, change.tag);
    record["before"] = filled(change.before);
    record["after"] = filled(change.after);
    write(record);
  }

  void candidate(const Candidate& candidate) override {
    Json record = typed("candidate");
    put_candidate(record, candidate);
    write(record);
  }

  void logs(const LogsInfo& logs) override {
    Json record = typed("logs");
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
    Json record = typed("pool");
    put_growth(record, growth);
    record.erase("bytes_per_allocation");
    record.erase("kept");
    record.erase("session");
    record["growing"] = growth.shape == poolmon::Shape::leak;
    write(record);
  }

  void size(const Size& size) override {
    Json record = typed("size");
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
    record["hours_left"] = known(leak.growth.hours_left);
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
    Json record = typed("cluster");
    record["members"] = Json::array();
    for (const poolmon::ClusterMember& member : group.members) {
      record["members"].push_back({{"tag", member.tag.text()},
                                   {"tag_bytes", member.tag.hex()},
                                   {"pool", to_string(member.pool)},
                                   {"ratio", member.ratio},
                                   {"blocks", member.gained},
                                   {"kept", known(member.kept)}});
    }
    record["holder"] = group.holder().text();
    record["steps"] = group.steps;
    record["hint"] = group.hint;
    record["reasons"] = group.reasons;
    write(record);
  }

  void growth(const poolmon::Growth& growth) override {
    Json record = typed("growth");
    put_tag(record, growth.tag);
    put_growth(record, growth);
    write(record);
  }

  void listed(const tagdb::Entry& entry, tagdb::PoolTag tag) override {
    Json record = typed("listed");
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
    Json record = typed("error");
    put_path(record, "path", problem.path);
    record["stage"] = problem.stage;
    if (problem.line != 0) record["line"] = problem.line;
    record["message"] = problem.message;
    write(record);
  }

  void summary(const Summary& summary) override {
    Json record = typed("summary");
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
