// Any damage to a catalogue: a good one is made once, the bytes of the input say what is done to a copy of it (cells,
// tables and views through SQL, single bytes and the end of the file), and then everything that reads or writes
// catalogues gets it. Catalogues are sent around, so that a hostile one must cost an error, never a crash or a hang.
#include <sqlite3.h>
#include <unistd.h>

#include <boost/filesystem.hpp>
#include <fstream>
#include <iterator>

#include "scanner/catalog/answers.hpp"
#include "scanner/catalog/merge.hpp"
#include "scanner/catalog/store.hpp"
#include "tagdb/database.hpp"
#include "tests/fuzz/feed.hpp"
#include "tests/fuzz/target.hpp"

namespace {

namespace fs = boost::filesystem;
using namespace scanner;

const tagdb::PoolTag kTag(0x6B61654CU);  // Leak

/// In memory where there is such a place: a thousand catalogues a minute would wear out a disk.
struct Place {
  fs::path folder;
  Place() {
    const fs::path memory = "/dev/shm";
    folder =
        (fs::is_directory(memory) ? memory : fs::temp_directory_path()) / ("poolwho-fuzz-" + std::to_string(getpid()));
    fs::create_directory(folder);
  }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  ~Place() { fs::remove_all(folder); }
  [[nodiscard]] std::string file(const char* name) const { return (folder / name).string(); }
};

ScannedFile driver(const std::string& path) {
  ScannedFile out;
  out.outcome = ScannedFile::Outcome::traced;
  out.machine = pe::Machine::x64;
  out.file.path = path;
  out.file.size = out.size = 4096;
  out.file.modified = 1'000'000'000'000'000'000;
  out.checked = 1'100'000'000'000'000'000;
  out.sha256 = std::string(64, 'a');
  out.identity.company = "Example";
  trace::TagUse use;
  use.tag = kTag;
  use.evidence = trace::Evidence::allocates;
  use.certainty = trace::Certainty::sure;
  use.row = 0;
  use.api = tagdb::builtin_api_table().rows.front().name;
  use.via = {0x1000, 0x1010};
  use.origin_rva = 0x1000;
  use.site_rva = 0x1010;
  out.trace.uses.push_back(use);
  out.names.push_back({"", "DriverEntry"});
  out.listings.push_back({"mov r8d, 6B61654Ch", "call qword ptr [rip + 10h]"});
  out.file_offsets.push_back(0x410);
  trace::Site site;
  site.rva = 0x1010;
  site.function = 0x1000;
  site.row = 0;
  out.trace.sites.push_back(site);
  out.held.push_back(kTag);
  trace::Occurrence place;
  place.tag = kTag;
  place.file_offset = 0x400;
  place.what = "a text";
  out.held_occurrences.push_back(place);
  out.reported = true;
  return out;
}

std::unique_ptr<catalog::Store> open_store(const std::string& path) {
  static const tagdb::Database database;
  static unsigned runs = 0;
  catalog::RunFacts run;
  run.uuid = "run-" + std::to_string(++runs);
  run.host = "host";
  run.time = "2026-01-02T03:04:05Z";
  auto store = catalog::Store::open(path, tagdb::builtin_api_table(), database, run);
  if (store) return std::move(store.value());
  if (store.error().message.empty()) fuzz::fail("a refusal without a reason");
  return nullptr;
}

std::vector<char> good_catalogue(const Place& place) {
  const std::string path = place.file("good.pwcat");
  {
    const auto store = open_store(path);
    const std::vector<ScannedFile> drivers = {driver("/d/a.sys"), driver("/d/b.sys")};
    walk::Skipped skipped;
    skipped.denied = 1;
    std::vector<walk::Trouble> troubles(1);
    troubles.front().path = "/d/secret";
    troubles.front().message = "Permission denied";
    if (!store || !store->store(drivers) || !store->add_root("/d", skipped, troubles) || !store->complete())
      fuzz::fail("no catalogue to damage");
  }
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

int stop(void* /*unused*/) { return 1; }

/// Runs a statement of the input's; one that does not end is stopped.
void sql(sqlite3* handle, const std::string& text) {
  sqlite3_progress_handler(handle, 100'000, stop, nullptr);
  sqlite3_exec(handle, text.c_str(), nullptr, nullptr, nullptr);
}

std::string literal(fuzz::Feed& feed) {
  switch (feed.below(4)) {
    case 0: return "NULL";
    case 1: return std::to_string(static_cast<std::int64_t>(feed.number(8)));
    case 2: {
      std::string hex = "x'";
      for (const char c : feed.text()) {
        constexpr char kDigits[] = "0123456789abcdef";
        hex += kDigits[static_cast<unsigned char>(c) >> 4];
        hex += kDigits[c & 15];
      }
      return hex + "'";
    }
    default: {
      std::string quoted = "'";
      for (const char c : feed.text()) quoted += c == '\'' ? std::string("''") : std::string(1, c);
      return quoted + "'";
    }
  }
}

/// Another value in every row of one column. Column names are asked of SQLite, so that new ones are met too.
void change_cell(sqlite3* handle, fuzz::Feed& feed) {
  constexpr const char* kPick =
      "SELECT m.name, c.name FROM sqlite_schema m, pragma_table_info(m.name) c WHERE m.type='table' ORDER BY 1, c.cid "
      "LIMIT 1 OFFSET ?";
  sqlite3_stmt* pick = nullptr;
  if (sqlite3_prepare_v2(handle, kPick, -1, &pick, nullptr) != SQLITE_OK) return;
  sqlite3_bind_int64(pick, 1, feed.byte());
  std::string update;
  if (sqlite3_step(pick) == SQLITE_ROW) {
    const auto name = [pick](int column) {
      return "\"" + std::string(reinterpret_cast<const char*>(sqlite3_column_text(pick, column))) + "\"";
    };
    update = "UPDATE OR IGNORE " + name(0) + " SET " + name(1) + "=" + literal(feed);
  }
  sqlite3_finalize(pick);
  if (!update.empty()) sql(handle, update);
}

void damage(const std::string& path, const std::vector<char>& good, fuzz::Feed& feed) {
  std::vector<char> bytes = good;
  const auto write = [&] {
    std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  };
  write();
  sqlite3* handle = nullptr;
  sqlite3_open(path.c_str(), &handle);
  std::vector<std::pair<std::size_t, char>> patches;
  std::size_t end = 0;
  for (unsigned i = 0; i < 16 && !feed.empty(); ++i) {
    switch (feed.below(4)) {
      case 0: sql(handle, feed.text()); break;
      case 1: change_cell(handle, feed); break;
      case 2: {
        const auto at = static_cast<std::size_t>(feed.number(3));
        patches.emplace_back(at, static_cast<char>(feed.byte()));
        break;
      }
      default: end = static_cast<std::size_t>(feed.number(3));
    }
  }
  sqlite3_close(handle);
  if (patches.empty() && end == 0) return;
  std::ifstream in(path, std::ios::binary);
  bytes.assign(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  in.close();
  if (bytes.empty()) return;
  for (const auto& [at, value] : patches) bytes[at % bytes.size()] = value;
  if (end != 0) bytes.resize(end % bytes.size());
  write();
}

void ask(const std::string& path) {
  auto answers = catalog::Answers::open(path, tagdb::builtin_api_table());
  if (!answers) {
    if (answers.error().message.empty()) fuzz::fail("a refusal without a reason");
    return;
  }
  catalog::Answers& catalogue = *answers.value();
  fuzz::keep(catalogue.roots().size() + catalogue.who_allocates(kTag).size());
  fuzz::keep((catalogue.searched_for(kTag) ? 1U : 0U) + (catalogue.covers("/d") ? 1U : 0U));
  fuzz::keep(catalogue.find_path("/d", "A.SYS").size());
  // A search for one tag may get the files that matter one by one and a number of the rest: both ways are asked.
  for (const bool bytes_first : {false, true}) {
    std::function<void(const catalog::Rest&)> rest;
    if (bytes_first) rest = [](const catalog::Rest& left) { fuzz::keep(left.files + left.drivers + left.deferred); };
    ScanRequest request;
    request.apis = &tagdb::builtin_api_table();
    request.with_text = true;
    if (bytes_first) request.bytes_first.push_back(kTag);
    walk::Skipped skipped;
    catalogue.scan(
        {}, {}, request,
        [](ScannedFile& file) {
          // What the reports count on.
          if (file.outcome == ScannedFile::Outcome::traced && file.trace.uses.size() != file.file_offsets.size())
            fuzz::fail("a use without the place of its site");
          return true;
        },
        rest, skipped, [](const walk::Trouble&) {});
  }
  if (catalogue.failed() && catalogue.error().empty()) fuzz::fail("a failure without a reason");
}

void survey(const std::string& path) {
  const auto store = open_store(path);
  if (!store) return;
  ScanRequest request;
  request.apis = &tagdb::builtin_api_table();
  for (const char* name : {"/d/a.sys", "/d/c.sys"}) {
    ScannedFile file = driver(name), known;
    known.file = file.file;
    if (store->unchanged(known) || store->known(file)) store->load(known, request);
    if (!store->store({file}) && store->error().empty()) fuzz::fail("a failure without a reason");
  }
  store->add_root("/d", {}, {});
  store->note_vanished();
  fuzz::keep(store->unsearched().size());
  store->complete();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Place place;
  static const std::vector<char> good = good_catalogue(place);
  fuzz::Feed feed({data, size});
  const std::string path = place.file("damaged.pwcat"), merged = place.file("merged.pwcat");
  damage(path, good, feed);
  ask(path);
  fs::remove(merged);
  std::string where;
  const auto both = catalog::merge({path, place.file("good.pwcat")}, merged, where);
  if (!both && both.error().message.empty()) fuzz::fail("a refusal without a reason");
  survey(path);
  for (const fs::path& rest : {fs::path(path + "-journal"), fs::path(merged + "-journal")}) fs::remove(rest);
  return 0;
}
