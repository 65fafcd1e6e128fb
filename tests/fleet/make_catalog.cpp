// Catalogues as large as one likes, for measuring and for tests: poolwho_make_catalog DRIVERS OUT.db N [--host NAME]
//   [--copies C] [--no-list]
// Traces the drivers below DRIVERS once and stores N distinct drivers made of them through the program's own Store:
// each is one of them with another hash and another path. Four in a row keep their tags, as versions of one product do;
// behind them the letters of every tag are shifted, as another product's. Each lies under C paths (1). --no-list:
// without the tags of the built-in list, which make a small catalogue large.
#include <algorithm>
#include <boost/filesystem.hpp>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "scanner/catalog/store.hpp"
#include "scanner/scan/scan_file.hpp"
#include "tagdb/database.hpp"

namespace fs = boost::filesystem;
using scanner::ScannedFile;

namespace {

/// Knows nothing, and searches for every listed tag: what a first survey asks.
class NothingKnown final : public scanner::Recall {
 public:
  explicit NothingKnown(std::vector<tagdb::PoolTag> tags) : search_(std::move(tags)) {}
  bool unchanged(ScannedFile&) override { return false; }
  bool known(ScannedFile&) override { return false; }
  void load(ScannedFile&, const scanner::ScanRequest&) override {}
  [[nodiscard]] const scanner::trace::TagSearch& tags() const override { return search_; }

 private:
  scanner::trace::TagSearch search_;
};

/// Letters move `by` places within their case.
tagdb::PoolTag shifted(tagdb::PoolTag tag, unsigned by) {
  std::uint32_t value = 0;
  for (unsigned i = 0; i < 4; ++i) {
    unsigned c = tag.byte(i);
    const unsigned first = c >= 'a' && c <= 'z' ? 'a' : c >= 'A' && c <= 'Z' ? 'A' : 0U;
    if (first != 0) c = first + (c - first + by) % 26;
    value |= c << (8 * i);
  }
  return tagdb::PoolTag(value);
}

/// 64 hexadecimal digits that no other number gives.
std::string made_up_hash(const std::string& host, std::uint64_t number) {
  std::string digits;
  for (std::uint64_t part = 0; part < 4; ++part) {
    std::uint64_t hash = 0xCBF29CE484222325ULL;
    for (const char c : host + "/" + std::to_string(number) + "/" + std::to_string(part))
      hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
    hash ^= hash >> 29;  // FNV-1a leaves the first digits of short texts alike
    hash *= 0xBF58476D1CE4E5B9ULL;
    hash ^= hash >> 32;
    char text[20];
    std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(hash));
    digits += text;
  }
  return digits;
}

std::vector<ScannedFile> trace_all(const fs::path& folder, const tagdb::ApiTable& apis, NothingKnown& nothing) {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (fs::is_regular_file(entry.path()) && entry.path().extension() == ".sys") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  scanner::ScanRequest request;
  request.apis = &apis;
  request.max_file_size = 512U << 20;
  request.with_text = true;
  request.recall = &nothing;
  scanner::ReadBuffer buffer;
  std::vector<ScannedFile> traced;
  for (const fs::path& path : paths) {
    scanner::walk::Found found;
    found.path = path.string();
    found.size = fs::file_size(path);
    found.modified = 1614816000LL * 1000000000LL;
    ScannedFile file = scan_file(found, request, buffer);
    if (file.outcome == ScannedFile::Outcome::traced) traced.push_back(std::move(file));
  }
  return traced;
}

ScannedFile made_of(const ScannedFile& base, const std::string& host, std::uint64_t number, std::uint64_t round) {
  ScannedFile file = base;
  const auto by = static_cast<unsigned>(round / 4);
  for (auto& use : file.trace.uses) use.tag = shifted(use.tag, by);
  for (auto& tag : file.held) tag = shifted(tag, by);
  for (auto& place : file.held_occurrences) place.tag = shifted(place.tag, by);
  file.sha256 = made_up_hash(host, number);
  file.symbol_files = 0;
  file.context.clear();
  char folder[32];
  std::snprintf(folder, sizeof folder, "%05llu/", static_cast<unsigned long long>(number / 500));
  file.file.path =
      "/volume/" + std::string(folder) + std::to_string(number) + "-" + fs::path(base.file.path).filename().string();
  return file;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::fprintf(stderr, "usage: poolwho_make_catalog DRIVERS OUT.db N [--host NAME] [--copies C] [--no-list]\n");
    return 2;
  }
  const std::uint64_t wanted = std::strtoull(argv[3], nullptr, 10);
  std::string host = "volume";
  std::uint64_t copies = 1;
  bool list = true;
  for (int i = 4; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--no-list") list = false;
    if (word == "--host" && i + 1 < argc) host = argv[i + 1];
    if (word == "--copies" && i + 1 < argc) copies = std::strtoull(argv[i + 1], nullptr, 10);
  }
  const tagdb::ApiTable apis = tagdb::builtin_api_table();
  tagdb::Database database;
  if (list) database.add_builtin();
  std::vector<tagdb::PoolTag> tags;
  for (const tagdb::Entry* entry : database.entries()) {
    if (!entry->range() && entry->first.exact()) tags.push_back(entry->first.tag());
  }
  NothingKnown nothing(std::move(tags));
  const std::vector<ScannedFile> bases = trace_all(argv[1], apis, nothing);
  if (bases.empty()) {
    std::fprintf(stderr, "no drivers in %s\n", argv[1]);
    return 1;
  }
  auto store = scanner::catalog::Store::open(
      argv[2], apis, database, {"made-" + host + "-" + argv[3], host, "made up", "2026-01-01T00:00:00Z", "", ""});
  if (!store) {
    std::fprintf(stderr, "%s: %s\n", argv[2], store.error().message.c_str());
    return 1;
  }
  scanner::catalog::Store& catalog = *store.value();
  std::vector<ScannedFile> batch;
  const auto write = [&] {
    const bool stored = catalog.store(batch);
    batch.clear();
    return stored;
  };
  bool good = true;
  for (std::uint64_t number = 0; number < wanted && good; ++number) {
    ScannedFile file = made_of(bases[number % bases.size()], host, number, number / bases.size());
    for (std::uint64_t copy = 1; copy < copies; ++copy) {
      ScannedFile again;
      again.file = file.file;
      again.file.path += ".copy" + std::to_string(copy) + ".sys";
      again.size = file.size;
      again.sha256 = file.sha256;
      again.outcome = ScannedFile::Outcome::copy;
      batch.push_back(std::move(again));
    }
    batch.insert(batch.end() - static_cast<std::ptrdiff_t>(copies - 1), std::move(file));
    if (batch.size() >= 512) good = write();
  }
  good = good && write() && catalog.add_root("/volume", {}, {}) && catalog.complete();
  if (!good) std::fprintf(stderr, "%s: %s\n", argv[2], catalog.error().c_str());
  return good ? 0 : 1;
}
