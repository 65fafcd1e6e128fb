#include "pe/symbols.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <iterator>

#include "pe/pdb.hpp"
#include "pe/text.hpp"

namespace pe {
namespace {

std::string_view next_word(std::string_view& line) {
  const auto begin = line.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) {
    line = {};
    return {};
  }
  const auto end = std::min(line.find_first_of(" \t\r", begin), line.size());
  const std::string_view word = line.substr(begin, end - begin);
  line = line.substr(end);
  return word;
}

}  // namespace

std::vector<std::uint8_t> pdb_signature(const Image& image) {
  const auto dir = image.directory(Directory::debug);
  const Bytes table = image.from_rva(dir.rva);
  for (std::size_t at = 0; dir.rva != 0 && at + 28 <= dir.size && table.contains(at, 28); at += 28) {
    if (*table.read<std::uint32_t>(at + 12) != 2) continue;  // IMAGE_DEBUG_TYPE_CODEVIEW
    const Bytes record = image.file().from(*table.read<std::uint32_t>(at + 24));
    const auto signature = record.slice(4, 20);
    if (record.read<std::uint32_t>(0) == 0x53445352U && signature) return {signature->data(), signature->data() + 20};
  }
  return {};
}

void SymbolTable::add_exports(const Image& image) {
  image.for_each_export([this](const Export& entry) {
    if (entry.forwarder.empty() && !entry.name.empty()) symbols_.push_back({entry.rva, std::string(entry.name)});
  });
}

bool SymbolTable::add_map(const Image& image, std::string_view text) {
  const std::size_t before = symbols_.size();
  while (!text.empty()) {
    const auto newline = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, newline);
    text = text.substr(std::min(newline + 1, text.size()));
    const std::string_view place = next_word(line), name = next_word(line), address = next_word(line);
    if (place.size() != 13 || place[4] != ':' || address.size() < 8) continue;
    const auto section = parse_hex(place.substr(0, 4)), offset = parse_hex(place.substr(5)), va = parse_hex(address);
    if (!section || !offset || !va || *section == 0) continue;
    if (const auto rva = image.rva_of_va(*va)) symbols_.push_back({*rva, std::string(name)});
  }
  return symbols_.size() > before;
}

bool SymbolTable::add_pdb(const Image& image, Bytes file, std::string& reason) {
  Pdb pdb;
  const std::vector<std::uint8_t> signature = pdb_signature(image);
  if (!read_pdb(file, Bytes{std::span<const std::uint8_t>(signature)}, pdb, reason)) return false;
  const auto rva_of = [&image](const PdbAddress& at) -> std::optional<std::uint32_t> {
    if (at.section < 1 || at.section > image.sections().size()) return std::nullopt;
    return image.sections()[at.section - 1U].rva + at.offset;
  };
  // What the source calls a function comes before what the linker calls it.
  for (const bool functions : {true, false}) {
    for (PdbSymbol& symbol : pdb.symbols) {
      const auto rva = rva_of(symbol.at);
      if (symbol.function == functions && rva) symbols_.push_back({*rva, std::move(symbol.name)});
    }
  }
  const auto first_file = static_cast<std::uint32_t>(files_.size());
  files_.insert(files_.end(), std::make_move_iterator(pdb.files.begin()), std::make_move_iterator(pdb.files.end()));
  for (const PdbLine& line : pdb.lines) {
    if (const auto rva = rva_of(line.at)) lines_.push_back({*rva, first_file + line.file, line.line});
  }
  return true;
}

void SymbolTable::sort() {
  std::stable_sort(symbols_.begin(), symbols_.end(), [](const Symbol& a, const Symbol& b) { return a.rva < b.rva; });
  // Where one range ends another may begin: its line counts.
  std::stable_sort(lines_.begin(), lines_.end(), [](const Line& a, const Line& b) {
    return a.rva != b.rva ? a.rva < b.rva : (a.line != 0) < (b.line != 0);
  });
}

std::optional<SourceLine> SymbolTable::line_of(std::uint32_t rva) const {
  const auto after = std::upper_bound(lines_.begin(), lines_.end(), rva,
                                      [](std::uint32_t at, const Line& line) { return at < line.rva; });
  if (after == lines_.begin()) return std::nullopt;
  const Line& line = *std::prev(after);
  if (line.line == 0) return std::nullopt;
  return SourceLine{files_[line.file], line.line};
}

std::string SymbolTable::name_of(std::uint32_t rva, std::uint32_t lowest) const {
  const auto after = std::upper_bound(symbols_.begin(), symbols_.end(), rva,
                                      [](std::uint32_t at, const Symbol& symbol) { return at < symbol.rva; });
  if (after == symbols_.begin()) return {};
  // Of several names for one address the first added one counts.
  auto best = std::prev(after);
  while (best != symbols_.begin() && std::prev(best)->rva == best->rva) --best;
  if (best->rva < lowest) return {};
  const std::uint32_t delta = rva - best->rva;
  if (delta == 0) return best->name;
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "+0x%x", delta);
  return best->name + text.data();
}

}  // namespace pe
