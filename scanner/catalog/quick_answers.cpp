// A question for single tags about a whole catalogue: what it costs depends on the drivers that may matter, which
// indexes find, and not on how many others there are, of which the totals tell. Delivers to the commands what
// Answers::scan() would, file by file, and the sums of the rest.
#include <algorithm>

#include "scanner/catalog/answers.hpp"
#include "scanner/catalog/store.hpp"

namespace scanner::catalog {

std::vector<Answers::Root> Answers::shown_roots() {
  std::vector<Root> roots = outer_roots();
  if (hosts().size() > 1) {
    for (Root& root : roots) root.spelled = root.host + ":" + root.spelled;
  }
  return roots;
}

std::vector<std::vector<Answers::Row>> Answers::rows_of(const std::vector<std::int64_t>& drivers,
                                                        const std::vector<Root>& roots) {
  std::unordered_map<std::string, std::vector<std::size_t>> of_host;
  for (std::size_t i = 0; i < roots.size(); ++i) of_host[roots[i].host].push_back(i);
  std::vector<std::vector<Row>> by_root(roots.size());
  for (const std::int64_t driver : drivers) {
    Statement& found = sql_->query(
                               "SELECT f.host, f.path, f.size, d.traced FROM files f JOIN drivers d ON d.id=f.driver "
                               "WHERE f.driver=? AND f.state='present'")
                           .bind(driver);
    while (found.step()) {
      const std::string path = found.text(1);
      for (const std::size_t i : of_host[found.text(0)]) {
        const auto [low, high] = below(roots[i].path);
        if (path < low || path >= high) continue;
        Row& row = by_root[i].emplace_back();
        row.path = shown_path(roots[i], path);
        row.size = static_cast<std::uint64_t>(found.integer(2));
        row.driver = driver;
        row.traced = found.integer(3) != 0;
      }
    }
  }
  for (std::vector<Row>& rows : by_root)
    std::sort(rows.begin(), rows.end(),
              [](const Row& a, const Row& b) { return walk::before_in_walk(a.path, b.path); });
  return by_root;
}

void Answers::first_look(const ScanRequest& request, const std::function<bool(ScannedFile&)>& consume,
                         const std::function<void(const Rest&)>& rest, walk::Skipped& skipped,
                         const std::function<void(walk::Trouble)>& trouble) {
  Rest others;
  read_totals(*sql_, others);
  others.allocate = others.free = others.other = others.wrapper = {};  // of those that are put off
  others.dynamic_reasons.clear();
  const Asked what = asked(request);
  std::vector<std::int64_t> drivers = what.held;
  drivers.insert(drivers.end(), what.made.begin(), what.made.end());
  std::sort(drivers.begin(), drivers.end());
  drivers.erase(std::unique(drivers.begin(), drivers.end()), drivers.end());
  const std::vector<Root> roots = shown_roots();
  const auto by_root = rows_of(drivers, roots);
  for (std::size_t i = 0; i < roots.size(); ++i) {
    for (const Row& row : by_root[i]) {
      --others.files;
      --others.drivers;
      others.bytes -= row.size;
      if (row.traced) --others.deferred;
      const bool first = looked_at_.insert(row.driver).second;
      const auto take = [&](ScannedFile& file) {
        if (first && !row.traced) --others.untraced[std::string(pe::to_string(file.machine))];
        return consume(file);
      };
      if (!deliver(row, what, request, take)) return;
    }
    add_skipped(roots[i], skipped, trouble);
  }
  std::erase_if(others.untraced, [](const auto& machine) { return machine.second == 0; });
  others.unresolved_drivers = 0;
  first_looked_ = true;
  rest(others);
}

void Answers::second_look(const ScanRequest& request, const std::function<bool(ScannedFile&)>& consume,
                          const std::function<void(const Rest&)>& rest) {
  Asked what = asked(request);
  std::vector<std::int64_t> drivers;
  for (const auto& [driver, uses] : what.uses) drivers.push_back(driver);
  for (const tagdb::PoolTag tag : what.tags) {
    Statement& rows = sql_->query("SELECT driver FROM files WHERE kmdf_tag=?").bind(tag.value());
    while (rows.step()) drivers.push_back(rows.integer(0));
  }
  std::sort(drivers.begin(), drivers.end());
  drivers.erase(std::unique(drivers.begin(), drivers.end()), drivers.end());
  std::erase_if(drivers, [this](std::int64_t driver) { return looked_at_.contains(driver); });
  const std::vector<Root> roots = shown_roots();
  for (const std::vector<Row>& rows : rows_of(drivers, roots)) {
    for (const Row& row : rows) {
      if (!row.traced) continue;
      looked_at_.insert(row.driver);
      if (!deliver(row, what, request, consume)) return;
    }
  }
  Rest others;
  read_totals(*sql_, others);
  others.files = others.bytes = others.drivers = others.deferred = others.not_pe = others.unparsed = 0;
  others.untraced.clear();
  for (const std::int64_t driver : looked_at_) take_sites(*sql_, driver, others);
  name_unresolved(roots, others);
  first_looked_ = false;
  looked_at_.clear();
  rest(others);
}

void Answers::name_unresolved(const std::vector<Root>& roots, Rest& rest) {
  struct Named {
    std::uint32_t sites;
    std::size_t root;
    std::string path;
  };
  std::vector<Named> named;
  for (const auto& [sites, driver] : most_unresolved(*sql_, looked_at_)) {
    const auto by_root = rows_of({driver}, roots);
    const auto first = std::find_if(by_root.begin(), by_root.end(), [](const auto& rows) { return !rows.empty(); });
    if (first != by_root.end())
      named.push_back({sites, static_cast<std::size_t>(first - by_root.begin()), first->front().path});
  }
  std::sort(named.begin(), named.end(), [](const Named& a, const Named& b) {
    if (a.sites != b.sites) return a.sites > b.sites;
    return a.root != b.root ? a.root < b.root : walk::before_in_walk(a.path, b.path);
  });
  for (Named& one : named) rest.most_unresolved.emplace_back(one.sites, std::move(one.path));
}

}  // namespace scanner::catalog
