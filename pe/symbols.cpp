#include "pe/symbols.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

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

/// A multi-stream file: numbered streams made of blocks. Every number in it is checked before it is used.
class Msf {
 public:
  static bool open(Bytes file, Msf& msf) {
    constexpr std::string_view kMagic =
        "Microsoft C/C++ MSF 7.00\r\n\x1A"
        "DS";
    const auto magic = file.slice(0, kMagic.size());
    if (!magic || std::string_view(reinterpret_cast<const char*>(magic->data()), magic->size()) != kMagic) return false;
    const auto block = file.read<std::uint32_t>(32), directory_bytes = file.read<std::uint32_t>(44),
               map = file.read<std::uint32_t>(52);
    if (!block || !directory_bytes || !map || *block < 512 || *block > 65536 || *directory_bytes > file.size())
      return false;
    msf.file_ = file;
    msf.block_ = *block;
    const std::uint32_t blocks = (*directory_bytes + *block - 1) / *block;
    std::vector<std::uint32_t> numbers;
    for (std::uint32_t i = 0; i < blocks; ++i) {
      const auto number = file.read<std::uint32_t>(std::uint64_t{*map} * *block + i * 4ULL);
      if (!number) return false;
      numbers.push_back(*number);
    }
    const std::vector<std::uint8_t> directory = msf.gather(numbers, *directory_bytes);
    const Bytes bytes{std::span<const std::uint8_t>(directory)};
    const auto count = bytes.read<std::uint32_t>(0);
    if (!count || *count > bytes.size() / 4) return false;
    std::uint64_t at = 4 + std::uint64_t{*count} * 4;
    for (std::uint32_t i = 0; i < *count; ++i) {
      std::uint32_t size = *bytes.read<std::uint32_t>(4 + i * 4ULL);
      if (size == 0xFFFFFFFFU) size = 0;  // a stream that was deleted
      Stream stream{size, {}};
      for (std::uint32_t k = 0; k < (size + *block - 1ULL) / *block; ++k, at += 4) {
        const auto number = bytes.read<std::uint32_t>(at);
        if (!number) return false;
        stream.blocks.push_back(*number);
      }
      msf.streams_.push_back(std::move(stream));
    }
    return true;
  }

  [[nodiscard]] std::vector<std::uint8_t> stream(std::size_t number) const {
    if (number >= streams_.size()) return {};
    return gather(streams_[number].blocks, streams_[number].size);
  }

 private:
  struct Stream {
    std::uint32_t size = 0;
    std::vector<std::uint32_t> blocks;
  };

  [[nodiscard]] std::vector<std::uint8_t> gather(const std::vector<std::uint32_t>& numbers, std::uint32_t size) const {
    std::vector<std::uint8_t> out;
    for (const std::uint32_t number : numbers) {
      const auto part = file_.slice(std::uint64_t{number} * block_, block_);
      if (!part) return {};
      out.insert(out.end(), part->data(), part->data() + part->size());
    }
    out.resize(std::min<std::size_t>(out.size(), size));
    return out;
  }

  Bytes file_;
  std::uint32_t block_ = 0;
  std::vector<Stream> streams_;
};

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

bool SymbolTable::add_pdb(const Image& image, Bytes pdb, std::string& reason) {
  Msf msf;
  if (!Msf::open(pdb, msf)) {
    reason = "is not a PDB of Visual C++ 7 or later";
    return false;
  }
  const std::vector<std::uint8_t> info = msf.stream(1), dbi = msf.stream(3), signature = pdb_signature(image);
  // The GUID must be the image's; the age may differ after tools have touched the PDB.
  if (info.size() < 28 || signature.size() != 20 ||
      !std::equal(info.begin() + 12, info.begin() + 28, signature.begin())) {
    reason = "belongs to another build";
    return false;
  }
  const auto records = Bytes{std::span<const std::uint8_t>(dbi)}.read<std::uint16_t>(20);  // SymRecordStream
  if (!records) {
    reason = "has no symbols";
    return false;
  }
  const std::vector<std::uint8_t> symbols = msf.stream(*records);
  const Bytes bytes{std::span<const std::uint8_t>(symbols)};
  constexpr std::uint16_t kPublic = 0x110E;  // S_PUB32
  for (std::size_t at = 0; bytes.contains(at, 4);) {
    const std::uint16_t length = *bytes.read<std::uint16_t>(at), kind = *bytes.read<std::uint16_t>(at + 2);
    if (length < 2) break;
    if (kind == kPublic) {
      const auto offset = bytes.read<std::uint32_t>(at + 8);
      const auto section = bytes.read<std::uint16_t>(at + 12);
      const auto name = bytes.c_string(at + 14, 4096);
      if (offset && section && name && *section >= 1 && *section <= image.sections().size())
        symbols_.push_back({image.sections()[*section - 1U].rva + *offset, std::string(*name)});
    }
    at += length + 2U;
  }
  return true;
}

void SymbolTable::sort() {
  std::stable_sort(symbols_.begin(), symbols_.end(), [](const Symbol& a, const Symbol& b) { return a.rva < b.rva; });
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
