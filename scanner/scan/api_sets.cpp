#include "scanner/scan/api_sets.hpp"

#include <xxhash.h>

#include <algorithm>
#include <set>
#include <unordered_map>
#include <utility>

#include "scanner/walk/walk.hpp"
#include "tagdb/text.hpp"

namespace scanner {

bool is_api_set(std::string_view library) {
  const std::string prefix = pe::fold_case(library.substr(0, std::min<std::size_t>(library.size(), 7)));
  return prefix == "ext-ms-" || prefix == "api-ms-";
}

struct ApiSets::Folder {
  struct Image {
    std::string path;
    pe::Machine machine = pe::Machine::other;
  };
  std::once_flag indexed;
  std::vector<Image> images;
  std::unordered_map<std::string, std::vector<std::uint32_t>> exporters;  // function → numbers of images
  std::set<std::pair<std::uint64_t, std::uint64_t>> contents;
  walk::FileBytes buffer;
  std::uint64_t bytes = 0;
};

namespace {

// A System32 has some five thousand .dll and .exe files, of which forty are for the kernel, and five hundred drivers.
constexpr std::size_t kMostFiles = 8192;
constexpr std::uint64_t kMostBytes = 2ULL << 30;
constexpr std::size_t kMostNames = 1U << 20;

bool has_suffix(std::string_view name, std::string_view suffix) {
  return name.size() > suffix.size() && pe::fold_case(name.substr(name.size() - suffix.size())) == suffix;
}

/// The subsystem stands in the first part of every image (winnt.h: IMAGE_SUBSYSTEM_NATIVE is 1).
bool native_by_head(pe::Bytes head) {
  const auto header = head.read<std::uint32_t>(0x3C);
  return header && head.read<std::uint32_t>(*header) == 0x4550U && head.read<std::uint16_t>(*header + 0x5CULL) == 1U;
}

}  // namespace

ApiSets::ApiSets(std::vector<std::string> folders, std::uint64_t max_file_size)
    : folders_(std::move(folders)), max_file_size_(max_file_size) {}

ApiSets::~ApiSets() = default;

void ApiSets::read(const std::string& path, Folder& out) {
  walk::Skipped ignored;
  if (!has_suffix(path, ".sys")) {
    const auto head = walk::read_file(path, max_file_size_, ignored, out.buffer, walk::Content::head);
    if (!head || !native_by_head(pe::Bytes{std::span<const std::uint8_t>(out.buffer.data(), head.value())})) return;
  }
  const auto size = walk::read_file(path, max_file_size_, ignored, out.buffer, walk::Content::image);
  if (!size) return;
  out.bytes += size.value();
  const pe::Bytes bytes{std::span<const std::uint8_t>(out.buffer.data(), size.value())};
  const auto image = pe::Image::open(bytes.span());
  if (!image || !image.value().native()) return;
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  if (!out.contents.emplace(hash.low64, hash.high64).second) return;
  const auto number = static_cast<std::uint32_t>(out.images.size());
  bool any = false;
  image.value().for_each_export([&](const pe::Export& exported) {
    // A forwarder implements nothing.
    if (exported.name.empty() || !exported.forwarder.empty() || out.exporters.size() >= kMostNames) return;
    out.exporters[std::string(exported.name)].push_back(number);
    any = true;
  });
  if (any) out.images.push_back({path, image.value().machine()});
}

const ApiSets::Folder& ApiSets::exports_of(const std::string& folder) {
  Folder* index = nullptr;
  {
    const std::lock_guard lock(mutex_);
    auto& slot = indexed_[folder];
    if (!slot) slot = std::make_unique<Folder>();
    index = slot.get();
  }
  std::call_once(index->indexed, [&] {
    std::vector<walk::DirectoryEntry> entries;
    std::string error;
    bool denied = false;
    walk::list_directory(folder, entries, error, denied);
    std::size_t files = 0;
    for (const bool drivers : {true, false}) {  // .sys first: the rest is many and mostly for programs
      for (const walk::DirectoryEntry& entry : entries) {
        if (entry.kind != walk::DirectoryEntry::Kind::file || entry.offline) continue;
        const bool driver = has_suffix(entry.name, ".sys");
        if (driver != drivers || (!driver && !has_suffix(entry.name, ".exe") && !has_suffix(entry.name, ".dll")))
          continue;
        if (++files > kMostFiles || index->bytes > kMostBytes) break;
        read(walk::native_form(folder + "/" + entry.name), *index);
      }
    }
    index->buffer = {};
    index->contents.clear();
  });
  return *index;
}

std::vector<std::string> ApiSets::hosts_of(std::string_view function, pe::Machine machine, const std::string& folder,
                                           const std::string& importer) {
  std::vector<std::string> searched = {folder};
  searched.insert(searched.end(), folders_.begin(), folders_.end());
  for (const std::string& where : searched) {
    const Folder& index = exports_of(where);
    const auto found = index.exporters.find(std::string(function));
    if (found == index.exporters.end()) continue;
    std::vector<std::string> hosts;
    for (const std::uint32_t number : found->second) {
      const Folder::Image& image = index.images[number];
      if (image.machine == machine && image.path != importer) hosts.push_back(image.path);
    }
    if (!hosts.empty()) return hosts;
  }
  return {};
}

}  // namespace scanner
