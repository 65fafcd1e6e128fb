#include "scanner/catalog/answers.hpp"

#include <algorithm>

#include "pe/text.hpp"
#include "scanner/catalog/schema.hpp"
#include "scanner/catalog/store.hpp"
#include "scanner/platform/host.hpp"

namespace scanner::catalog {
namespace {

using Outcome = ScannedFile::Outcome;

std::string joined(const std::string& directory, const std::string& rest) {
  if (rest.empty()) return directory;
  if (directory.empty() || directory.ends_with('/') || directory.ends_with('\\')) return directory + rest;
  return directory + "/" + rest;
}

/// What lies behind `root` in `path`, which is below it.
std::string behind(const std::string& root, const std::string& path) {
  if (path.size() <= root.size()) return {};
  return path.substr(root.size() + (root.ends_with('/') ? 0 : 1));
}

/// The other way round than walk::native_form().
std::string with_slashes(std::string path) {
  if (walk::native_form("/") != "/") std::replace(path.begin(), path.end(), '\\', '/');
  return path;
}

Outcome outcome_of(const std::string& text) {
  if (text == "not_pe") return Outcome::not_pe;
  if (text == "not_wanted") return Outcome::not_wanted;
  if (text == "malformed") return Outcome::malformed;
  return Outcome::unreadable;
}

}  // namespace

pe::Result<std::unique_ptr<Answers>> Answers::open(const std::string& path, const tagdb::ApiTable& apis) {
  auto sql = open_catalog(path, Sql::Mode::read);
  if (!sql) return sql.error();
  std::unique_ptr<Answers> answers(new Answers(std::move(sql.value()), apis));
  // One transaction for the whole answer: a writer at work does not change it under our hands.
  answers->sql_->execute("BEGIN");
  if (answers->failed()) return pe::Error{pe::Fault::unreadable, answers->error()};
  return answers;
}

std::string Answers::error() const { return remedy(*sql_); }

std::vector<std::string> Answers::hosts() {
  std::vector<std::string> hosts;
  Statement& rows = sql_->query("SELECT DISTINCT host FROM roots");
  while (rows.step()) hosts.push_back(rows.text(0));
  return hosts;
}

std::vector<Answers::Root> Answers::outer_roots() {
  std::vector<Root> outer;
  // There may be one for each of many machines: the folders above a root are looked up, not all roots compared.
  Statement& rows = sql_->query("SELECT host, path, spelled FROM roots ORDER BY id");
  while (rows.step()) {
    Root root{rows.text(0), rows.text(1), rows.text(2)};
    bool inner = false;
    for (std::size_t slash = root.path.rfind('/'); slash != std::string::npos && !inner;
         slash = slash == 0 ? std::string::npos : root.path.rfind('/', slash - 1)) {
      for (const std::size_t length : {slash, slash + 1}) {  // the root of a volume ends with its slash
        if (length == 0 || length >= root.path.size()) continue;
        Statement& above =
            sql_->query("SELECT 1 FROM roots WHERE host=? AND path=?").bind(root.host, root.path.substr(0, length));
        inner = inner || above.step();
        above.reset();
      }
    }
    if (!inner) outer.push_back(std::move(root));
  }
  return outer;
}

std::vector<std::string> Answers::roots() {
  std::vector<std::string> spelled;
  for (const Root& root : outer_roots()) spelled.push_back(root.spelled);
  return spelled;
}

std::pair<std::string, std::string> Answers::host_and_path(const std::string& path) {
  for (const std::string& host : hosts()) {
    if (!host.empty() && path.size() > host.size() && path.starts_with(host) && path[host.size()] == ':')
      return {host, path.substr(host.size() + 1)};
  }
  return {{}, path};
}

bool Answers::covers(const std::string& path) {
  const auto [only_host, place] = host_and_path(path);
  const std::string absolute = walk::absolute_path(place);
  const auto [low, high] = below(absolute);
  for (const Root& root : outer_roots()) {
    if (!only_host.empty() && root.host != only_host) continue;
    if (root.path == absolute) return true;
    Statement& row = sql_->query(
                             "SELECT 1 FROM files WHERE host=?1 AND state='present' AND path=?2 UNION ALL "
                             "SELECT 1 FROM files WHERE host=?1 AND state='present' AND path>=?3 AND path<?4 LIMIT 1")
                         .bind(root.host, absolute, low, high);
    const bool any = row.step();
    row.reset();
    if (any) return true;
  }
  return false;
}

std::string Answers::find_path(const std::string& root, std::string_view relative) {
  const std::string absolute = walk::absolute_path(root);
  const auto [low, high] = below(absolute);
  const std::string wanted = pe::fold_case(relative) + "/";
  for (const std::string& host : hosts()) {
    Statement& rows = sql_->query("SELECT path FROM files WHERE host=? AND state='present' AND path>=? AND path<?")
                          .bind(host, low, high);
    while (rows.step()) {
      const std::string rest = behind(absolute, rows.text(0));
      if (!pe::fold_case(rest).starts_with(wanted)) continue;
      rows.reset();
      return joined(root, rest.substr(0, relative.size()));
    }
  }
  return {};
}

std::string Answers::who_allocates(tagdb::PoolTag tag) {
  Statement& rows =
      sql_->query(
              "SELECT u.driver, min(f.path) FROM uses u JOIN files f ON f.driver=u.driver AND f.state='present' "
              "WHERE u.tag=? AND u.tag_value=? AND u.evidence IN ('allocates','lookaside','configures') AND "
              "u.certainty='sure' GROUP BY u.driver ORDER BY 2")
          .bind(tag.text(), tag.value());
  std::string name;
  std::uint64_t others = 0;
  while (rows.step()) {
    if (name.empty()) {
      name = std::string(pe::file_name(rows.text(1)));
    } else {
      ++others;
    }
  }
  rows.reset();
  return others == 0 ? name : name + ", +" + std::to_string(others);
}

bool Answers::searched_for(tagdb::PoolTag tag) {
  Statement& row =
      sql_->query("SELECT EXISTS(SELECT 1 FROM drivers WHERE searched<seq) FROM tags WHERE value=?").bind(tag.value());
  const bool searched = row.step() && row.integer(0) == 0;
  row.reset();
  return searched;
}

std::string Answers::shown_path(const Root& root, const std::string& path) {
  return walk::native_form(joined(root.spelled, behind(root.path, path)));
}

std::vector<Answers::Row> Answers::rows_below(const Root& root) {
  const auto [low, high] = below(root.path);
  Statement& found = sql_->query(
                             "SELECT f.path, f.size, f.outcome, f.message, f.driver, d.traced FROM files f "
                             "LEFT JOIN drivers d ON d.id=f.driver WHERE f.host=?1 AND f.state='present' AND "
                             "f.path>=?2 AND f.path<?4 AND (f.path=?2 OR f.path>=?3)")
                         .bind(root.host, root.path, low, high);
  std::vector<Row> rows;
  while (found.step()) {
    Row& row = rows.emplace_back();
    const std::string path = found.text(0);
    row.path = shown_path(root, path);
    row.named = path == root.path;
    row.size = static_cast<std::uint64_t>(found.integer(1));
    row.driver = found.integer(4);
    if (row.driver == 0) {
      row.outcome = found.text(2);
      row.message = found.text(3);
    } else {
      row.traced = found.integer(5) != 0;
    }
  }
  // They mostly are: the index orders them by path, and only what sorts below a slash makes a difference.
  const auto before = [](const Row& a, const Row& b) { return walk::before_in_walk(a.path, b.path); };
  if (!std::is_sorted(rows.begin(), rows.end(), before)) std::sort(rows.begin(), rows.end(), before);
  return rows;
}

Answers::Asked Answers::asked(const ScanRequest& request) {
  Asked out;
  for (const tagdb::PoolTag tag : request.bytes_first) {
    Statement& rows = sql_->query("SELECT driver FROM held WHERE tag=?").bind(tag.value());
    while (rows.step()) out.held.push_back(rows.integer(0));
  }
  std::sort(out.held.begin(), out.held.end());
  for (const tagdb::TagQuery& query : request.queries) {
    if (!query.exact()) return out;
  }
  std::vector<tagdb::PoolTag> tags;
  for (const tagdb::TagQuery& query : request.queries) {
    for (const tagdb::TagPattern& form : query.forms) tags.push_back(form.tag());
  }
  out.told_apart = !tags.empty();
  find_uses(tags, out);
  if (!request.bytes_first.empty()) return out;  // the others are put off
  out.tags = std::move(tags);
  return out;
}

/// Where `tags` are used, and tags that people mistype for them.
void Answers::find_uses(const std::vector<tagdb::PoolTag>& tags, Asked& out) {
  std::vector<tagdb::PoolTag> wanted = tags;
  Statement& known = sql_->query("SELECT value FROM tags");
  while (known.step()) {
    const tagdb::PoolTag tag(static_cast<std::uint32_t>(known.integer(0)));
    if (std::any_of(tags.begin(), tags.end(), [tag](tagdb::PoolTag one) { return tagdb::related(tag, one); }))
      wanted.push_back(tag);
  }
  std::sort(wanted.begin(), wanted.end());
  wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
  for (const tagdb::PoolTag tag : wanted) {
    Statement& rows =
        sql_->query("SELECT driver,n FROM uses WHERE tag=? AND tag_value=?").bind(tag.text(), tag.value());
    while (rows.step()) out.uses[rows.integer(0)].push_back(rows.integer(1));
  }
  for (const tagdb::PoolTag tag : tags) find_patterns(tag, out);
  for (auto& [driver, uses] : out.uses) {
    std::sort(uses.begin(), uses.end());
    uses.erase(std::unique(uses.begin(), uses.end()), uses.end());
  }
  std::sort(out.made.begin(), out.made.end());
}

/// Where it is made of letters of which one is known at run time only: as many look-ups as a tag has positions, twice.
void Answers::find_patterns(tagdb::PoolTag tag, Asked& out) {
  for (std::uint8_t open = 0; open < 4; ++open) {
    trace::TagUse pattern;
    const std::uint32_t shift = 8U * open;
    pattern.tag = tagdb::PoolTag((tag.value() & ~(0xFFU << shift)) | std::uint32_t{'?'} << shift);
    pattern.open = open;
    if (!pattern.fits(tag)) continue;
    for (const bool held : {true, false}) {
      pattern.letters_held = held;
      Statement& rows = sql_->query("SELECT driver,n FROM uses WHERE tag=? AND tag_value=?")
                            .bind(pattern.tag.text(), number_of(pattern));
      while (rows.step()) {
        out.uses[rows.integer(0)].push_back(rows.integer(1));
        if (held) out.made.push_back(rows.integer(0));
      }
    }
  }
}

bool Answers::deliver(const Row& row, const Asked& asked, const ScanRequest& request,
                      const std::function<bool(ScannedFile&)>& consume) {
  ScannedFile file;
  file.file.path = row.path;
  file.file.named = row.named;
  file.file.size = file.size = row.size;
  file.recalled = true;
  if (row.driver == 0) {
    file.outcome = outcome_of(row.outcome);
    file.message = row.message;
    if (file.outcome == Outcome::unreadable) file.size = 0;
    return consume(file);
  }
  const bool in_bytes = std::binary_search(asked.held.begin(), asked.held.end(), row.driver);
  const bool made = std::binary_search(asked.made.begin(), asked.made.end(), row.driver);
  if (!request.bytes_first.empty() && !in_bytes && !made && row.traced) {
    file.outcome = Outcome::deferred;
    deferred_.emplace(row.path, row);
    return consume(file);
  }
  const auto uses = asked.uses.find(row.driver);
  const bool user = in_bytes || made || asked.tags.empty() || uses != asked.uses.end();
  if (user || !records_.load_counts(row.driver, asked.tags, file)) {
    static const std::vector<std::int64_t> none;
    const std::vector<std::int64_t>& told = uses == asked.uses.end() ? none : uses->second;
    records_.load(row.driver, request, in_bytes, asked.told_apart ? &told : nullptr, file);
  }
  return consume(file);
}

void Answers::add_skipped(const Root& root, walk::Skipped& skipped, const std::function<void(walk::Trouble)>& trouble) {
  Statement& row = sql_->query(
                           "SELECT not_pe,locked,denied,links,offline,too_large,special FROM roots WHERE host=? AND "
                           "path=?")
                       .bind(root.host, root.path);
  if (row.step()) {
    const auto count = [&row](int column) { return static_cast<std::uint64_t>(row.integer(column)); };
    skipped.add({count(0), count(1), count(2), count(3), count(4), count(5), count(6), {}, {}});
  }
  row.reset();
  Statement& rows = sql_->query(
                            "SELECT t.path, t.message FROM troubles t JOIN roots r ON r.id=t.root WHERE r.host=? AND "
                            "r.path=?")
                        .bind(root.host, root.path);
  while (rows.step()) {
    const std::string path = rows.text(0);
    trouble({joined(root.spelled, behind(root.path, path)), rows.text(1), path == root.path});
  }
}

void Answers::scan(const std::vector<std::string>& paths, const Done& done, const ScanRequest& request,
                   const std::function<bool(ScannedFile&)>& consume, const std::function<void(const Rest&)>& rest,
                   walk::Skipped& skipped, const std::function<void(walk::Trouble)>& trouble) {
  if (rest && paths.empty() && done.directories.empty() && done.files.empty()) {
    if (first_looked_ && done.listed) return second_look(request, consume, rest);
    Rest whole;
    if (!request.bytes_first.empty() && read_totals(*sql_, whole))
      return first_look(request, consume, rest, skipped, trouble);
  }
  const Asked what = asked(request);
  if (!paths.empty() && request.bytes_first.empty() && deferred_.contains(paths.front())) {
    for (const std::string& path : paths) {
      const auto row = deferred_.find(path);
      if (row == deferred_.end()) continue;
      row->second.named = row->second.named && !done.listed;
      if (!deliver(row->second, what, request, consume)) return;
    }
    return;
  }
  std::vector<Root> roots;
  const std::vector<std::string> machines = hosts();
  const std::string here = host_name();
  for (const std::string& named : paths) {
    const auto [only_host, path] = host_and_path(named);
    for (const std::string& host : machines) {
      if (!only_host.empty() && host != only_host) continue;
      const bool elsewhere = machines.size() > 1 && host != here;
      std::string shown = path;
      if (elsewhere) shown.insert(0, host + ":");
      roots.push_back({host, walk::absolute_path(path), std::move(shown)});
    }
  }
  if (paths.empty()) roots = shown_roots();
  std::vector<std::pair<std::string, std::string>> excluded;
  for (const std::string& directory : done.directories) excluded.push_back(below(with_slashes(directory)));
  for (const Root& root : roots) {
    for (Row& row : rows_below(root)) {
      const std::string path = with_slashes(row.path);
      if (std::any_of(excluded.begin(), excluded.end(),
                      [&path](const auto& range) { return path >= range.first && path < range.second; }))
        continue;
      if (!row.named && !done.files.empty() && done.files.contains(walk::same_name(row.path))) continue;
      row.named = row.named && !done.listed;
      if (!deliver(row, what, request, consume)) return;
    }
    add_skipped(root, skipped, trouble);
  }
}

}  // namespace scanner::catalog
