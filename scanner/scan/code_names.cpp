#include "scanner/scan/code_names.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include "pe/symbols.hpp"
#include "scanner/scan/symbol_files.hpp"

namespace scanner {
namespace {

/// A file that need not be fetched from the cloud first, when it is there.
std::optional<walk::FileBytes> read_if_there(const std::string& path, const ScanRequest& request) {
  walk::DirectoryEntry entry;
  std::string error;
  walk::Skipped ignored;
  if (!walk::inspect(path, entry, error) || entry.kind != walk::DirectoryEntry::Kind::file || entry.offline)
    return std::nullopt;
  auto read = walk::read_file(path, request.max_file_size, ignored);
  if (!read) return std::nullopt;
  return std::move(read.value());
}

class CodeNames {
 public:
  CodeNames(const pe::Image& image, const ScanRequest& request, ScannedFile& out) : image_(image), out_(out) {
    read_pdb(request);
    read_map(request);
    all_ = !symbols_.empty();
    symbols_.add_exports(image);
    symbols_.sort();
    image.for_each_function([this](const pe::FunctionRange& range) { functions_.push_back(range); });
    std::stable_sort(functions_.begin(), functions_.end(),
                     [](const pe::FunctionRange& a, const pe::FunctionRange& b) { return a.begin < b.begin; });
  }

  void fill_in() {
    if (symbols_.empty()) return;
    std::map<std::uint32_t, pe::CodePlace> places;
    for (const trace::TagUse& use : out_.trace.uses) {
      std::vector<std::string> names;
      for (const std::uint32_t rva : use.via) {
        names.push_back(symbols_.name_of(rva, start_of(rva, use.site_rva, use.function_rva)));
        add_line(rva, places);
      }
      out_.names.push_back(std::move(names));
    }
    // Findings are about these, too, and no use names them.
    for (const trace::Site& site : out_.trace.sites) {
      if (site.bucket != trace::Bucket::suspect || site.wrapper) continue;
      std::string name = symbols_.name_of(site.rva, start_of(site.rva, site.rva, site.function));
      if (!name.empty()) places[site.rva].name = std::move(name);
      add_line(site.rva, places);
    }
    for (auto& [rva, place] : places) {
      place.rva = rva;
      out_.places.push_back(std::move(place));
    }
  }

 private:
  void read_pdb(const ScanRequest& request) {
    for (const std::string& path : pdb_paths(out_.file.path, image_, request.symbol_places)) {
      const auto pdb = read_if_there(path, request);
      if (!pdb) continue;
      std::string reason;
      if (symbols_.add_pdb(image_, pe::Bytes{std::span<const std::uint8_t>(*pdb)}, reason)) return;
      out_.trace.problems.push_back("the PDB " + path + " " + reason + ": not used");
    }
  }

  void read_map(const ScanRequest& request) {
    const auto map = read_if_there(out_.file.path.substr(0, out_.file.path.find_last_of('.')) + ".map", request);
    if (map && !symbols_.add_map(image_, {reinterpret_cast<const char*>(map->data()), map->size()}))
      out_.trace.problems.push_back("the .map beside it names no address of this driver");
  }

  void add_line(std::uint32_t rva, std::map<std::uint32_t, pe::CodePlace>& places) const {
    const auto line = symbols_.line_of(rva);
    if (!line) return;
    places[rva].file = std::string(line->file);
    places[rva].line = line->line;
  }

  /// Where the function begins that holds `rva`: the trace knows that of the call `site`, which is in `function`.
  [[nodiscard]] std::uint32_t start_of(std::uint32_t rva, std::uint32_t site, std::uint32_t function) const {
    const auto after =
        std::upper_bound(functions_.begin(), functions_.end(), rva,
                         [](std::uint32_t at, const pe::FunctionRange& range) { return at < range.begin; });
    if (after != functions_.begin() && rva < std::prev(after)->end) return std::prev(after)->primary;
    // No function table says where it starts. With exports alone, other places than the call would borrow the name of
    // some function that stands before them.
    if (rva == site && function != 0) return function;
    constexpr std::uint32_t kFarthest = 0x1000;
    return all_ && rva > kFarthest ? rva - kFarthest : rva;
  }

  const pe::Image& image_;
  ScannedFile& out_;
  pe::SymbolTable symbols_;
  bool all_ = false;  // not exports alone
  std::vector<pe::FunctionRange> functions_;
};

}  // namespace

void add_names(const pe::Image& image, const ScanRequest& request, ScannedFile& out) {
  CodeNames(image, request, out).fill_in();
}

}  // namespace scanner
