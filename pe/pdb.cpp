#include "pe/pdb.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <optional>

#include "pe/msf.hpp"

namespace pe {
namespace {

// Fixed streams.
constexpr std::size_t kInfoStream = 1, kDbiStream = 3;
constexpr std::uint16_t kNoStream = 0xFFFF;
// CodeView symbol records (cvinfo.h of microsoft-pdb).
constexpr std::uint16_t kPublic = 0x110E;                                                               // S_PUB32
constexpr std::array<std::uint16_t, 6> kProcedures = {0x110F, 0x1110, 0x1146, 0x1147, 0x1155, 0x1156};  // S_[GL]PROC32…
// C13 subsections.
constexpr std::uint32_t kLines = 0xF2, kChecksums = 0xF4, kIgnored = 0x80000000U;
// Lines that debuggers step over: there is no such line.
constexpr std::uint32_t kHidden = 0xFEEFEE, kNeverStepInto = 0xF00F00;

std::uint64_t aligned(std::uint64_t at) { return (at + 3) & ~std::uint64_t{3}; }

Bytes view(const std::vector<std::uint8_t>& bytes) { return Bytes{std::span<const std::uint8_t>(bytes)}; }

class PdbReader {
 public:
  /// `most`: bytes of modules that are read; their streams share none, so that the file's size is enough.
  PdbReader(const Msf& msf, std::uint64_t most, Pdb& pdb)
      : msf_(msf), pdb_(pdb), left_(most), dbi_(msf.stream(kDbiStream)) {}

  bool read_identity(Bytes signature, std::string& reason);
  bool read_rest(std::string& reason);

 private:
  [[nodiscard]] std::vector<std::uint8_t> named_stream(std::string_view name) const;
  void read_publics(std::size_t stream);
  void read_module(std::uint16_t stream, std::uint32_t symbols, std::uint32_t c11, std::uint32_t c13);
  void read_procedures(Bytes records);
  void read_lines(Bytes subsections);
  void read_line_block(Bytes block, PdbAddress start, Bytes checksums);
  std::uint32_t file_at(Bytes checksums, std::uint32_t offset);

  const Msf& msf_;
  Pdb& pdb_;
  std::uint64_t left_;
  std::uint64_t left_for_names_ = 0;
  std::vector<std::uint8_t> dbi_, names_;
  std::map<std::uint32_t, std::uint32_t> files_;  // by offset of their name
};

std::string id_text(Bytes guid, std::uint32_t age) {
  // Three numbers, then eight bytes, as everybody writes it.
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%08X%04X%04X", *guid.read<std::uint32_t>(0), *guid.read<std::uint16_t>(4),
                *guid.read<std::uint16_t>(6));
  std::string out = text.data();
  for (std::size_t i = 8; i < 16; ++i) {
    std::snprintf(text.data(), text.size(), "%02X", guid[i]);
    out += text.data();
  }
  std::snprintf(text.data(), text.size(), "%X", age);
  return out + text.data();
}

bool PdbReader::read_identity(Bytes signature, std::string& reason) {
  const std::vector<std::uint8_t> info = msf_.stream(kInfoStream);
  const Bytes dbi = view(dbi_);
  const auto guid = view(info).slice(12, 16);
  const auto age = dbi.read<std::uint32_t>(8);
  if (!guid || !age) {
    reason = "has no symbols";
    return false;
  }
  pdb_.guid.assign(guid->data(), guid->data() + 16);
  pdb_.age = *age;
  const auto wanted = signature.slice(0, 20);
  const bool same_guid = wanted && std::equal(guid->data(), guid->data() + 16, wanted->data());
  if (same_guid && *wanted->read<std::uint32_t>(16) == *age) return true;
  reason = "belongs to another build";
  if (wanted)
    reason +=
        " (" + id_text(*guid, *age) + ", the driver wants " + id_text(*wanted, *wanted->read<std::uint32_t>(16)) + ")";
  return false;
}

/// A stream that has a name: the map stands behind the GUID, as a table of strings and pairs of numbers.
std::vector<std::uint8_t> PdbReader::named_stream(std::string_view name) const {
  const std::vector<std::uint8_t> bytes = msf_.stream(kInfoStream);
  const Bytes info = view(bytes);
  const auto strings_size = info.read<std::uint32_t>(28);
  if (!strings_size) return {};
  const auto strings = info.slice(32, *strings_size);
  std::uint64_t at = 32 + std::uint64_t{*strings_size};
  const auto pairs = info.read<std::uint32_t>(at);
  if (!strings || !pairs) return {};
  at += 8;                             // how many there are, and could be
  for (int set = 0; set < 2; ++set) {  // bits of used and deleted pairs
    const auto words = info.read<std::uint32_t>(at);
    if (!words) return {};
    at += 4 + std::uint64_t{*words} * 4;
  }
  for (std::uint32_t i = 0; i < *pairs; ++i, at += 8) {
    const auto key = info.read<std::uint32_t>(at), stream = info.read<std::uint32_t>(at + 4);
    if (!key || !stream) return {};
    if (strings->c_string(*key) == name) return msf_.stream(*stream);
  }
  return {};
}

bool PdbReader::read_rest(std::string& reason) {
  const Bytes dbi = view(dbi_);
  constexpr std::uint64_t kHeader = 64;
  std::array<std::uint32_t, 7> sizes{};  // modules, contributions, section map, files, type servers, then below
  static constexpr std::array<std::uint64_t, 7> kSizesAt = {24, 28, 32, 36, 40, 52, 48};
  for (std::size_t i = 0; i < sizes.size(); ++i) sizes[i] = dbi.read<std::uint32_t>(kSizesAt[i]).value_or(0);
  std::uint64_t debug_streams = kHeader;
  for (std::size_t i = 0; i + 1 < sizes.size(); ++i) debug_streams += sizes[i];
  // The fourth and fifth of them map addresses of code that was moved after linking.
  constexpr std::uint64_t kOmapFrom = 4 * 2;
  const bool has_omap = sizes[6] > kOmapFrom + 1;
  if (has_omap && dbi.read<std::uint16_t>(debug_streams + kOmapFrom).value_or(kNoStream) != kNoStream) {
    reason = "describes code that was moved after linking, which is not understood";
    return false;
  }
  const std::vector<std::uint8_t> names = named_stream("/names");
  // A signature, a version and a size stand before the texts.
  const Bytes texts = view(names).from(12);
  names_.assign(texts.data(), texts.data() + texts.size());
  left_for_names_ = names_.size();
  const auto modules = dbi.slice(kHeader, sizes[0]).value_or(Bytes{});
  for (std::uint64_t at = 0; modules.contains(at, 64);) {
    read_module(*modules.read<std::uint16_t>(at + 34), *modules.read<std::uint32_t>(at + 36),
                *modules.read<std::uint32_t>(at + 40), *modules.read<std::uint32_t>(at + 44));
    constexpr std::size_t kLongest = 32768;
    const auto module = modules.c_string(at + 64, kLongest);
    const auto object = module ? modules.c_string(at + 65 + module->size(), kLongest) : std::nullopt;
    if (!object) break;
    at = aligned(at + 66 + module->size() + object->size());
  }
  read_publics(dbi.read<std::uint16_t>(20).value_or(kNoStream));
  return true;
}

/// Visits records of a length, a kind and the rest; stops at one that is cut.
template <typename Each>
void for_each_record(Bytes records, Each each) {
  for (std::uint64_t at = 0; records.contains(at, 4);) {
    const std::uint16_t length = *records.read<std::uint16_t>(at);
    const auto record = records.slice(at, std::uint64_t{length} + 2);
    if (length < 2 || !record) return;
    each(*record->read<std::uint16_t>(2), *record);
    at += std::uint64_t{length} + 2;
  }
}

constexpr std::size_t kLongestName = 4096;

void PdbReader::read_publics(std::size_t stream) {
  const std::vector<std::uint8_t> bytes = msf_.stream(stream);
  for_each_record(view(bytes), [this](std::uint16_t kind, Bytes record) {
    const auto offset = record.read<std::uint32_t>(8);
    const auto section = record.read<std::uint16_t>(12);
    const auto name = record.c_string(14, kLongestName);
    if (kind == kPublic && offset && section && name && !name->empty())
      pdb_.symbols.push_back({{*section, *offset}, std::string(*name), false});
  });
}

void PdbReader::read_procedures(Bytes records) {
  for_each_record(records, [this](std::uint16_t kind, Bytes record) {
    if (std::find(kProcedures.begin(), kProcedures.end(), kind) == kProcedures.end()) return;
    const auto offset = record.read<std::uint32_t>(32);
    const auto section = record.read<std::uint16_t>(36);
    const auto name = record.c_string(39, kLongestName);
    if (offset && section && name && !name->empty())
      pdb_.symbols.push_back({{*section, *offset}, std::string(*name), true});
  });
}

/// A module's stream: symbols behind a signature, line information of the old form, and of the new one.
void PdbReader::read_module(std::uint16_t stream, std::uint32_t symbols, std::uint32_t c11, std::uint32_t c13) {
  if (stream == kNoStream || msf_.size_of(stream) > left_) return;
  left_ -= msf_.size_of(stream);
  const std::vector<std::uint8_t> bytes = msf_.stream(stream);
  const Bytes module = view(bytes);
  if (symbols > 4) read_procedures(module.slice(4, symbols - 4U).value_or(Bytes{}));
  read_lines(module.slice(std::uint64_t{symbols} + c11, c13).value_or(Bytes{}));
}

void PdbReader::read_lines(Bytes subsections) {
  const auto for_each = [subsections](std::uint32_t wanted, auto each) {
    for (std::uint64_t at = 0; subsections.contains(at, 8);) {
      const std::uint32_t kind = *subsections.read<std::uint32_t>(at), size = *subsections.read<std::uint32_t>(at + 4);
      const auto body = subsections.slice(at + 8, size);
      if (!body) return;
      if (kind == wanted && (kind & kIgnored) == 0) each(*body);
      at = aligned(at + 8 + size);
    }
  };
  Bytes checksums;
  for_each(kChecksums, [&checksums](Bytes body) { checksums = body; });
  for_each(kLines, [&](Bytes body) {
    const auto offset = body.read<std::uint32_t>(0);
    const auto section = body.read<std::uint16_t>(4);
    const auto size = body.read<std::uint32_t>(8);
    if (!offset || !section || !size) return;
    const PdbAddress start{*section, *offset};
    for (std::uint64_t at = 12; body.contains(at, 12);) {
      const std::uint32_t bytes = *body.read<std::uint32_t>(at + 8);
      const auto block = body.slice(at, bytes);
      if (bytes < 12 || !block) break;
      read_line_block(*block, start, checksums);
      at += bytes;
    }
    pdb_.lines.push_back({{*section, *offset + *size}, 0, 0});
  });
}

void PdbReader::read_line_block(Bytes block, PdbAddress start, Bytes checksums) {
  const std::uint32_t file = file_at(checksums, *block.read<std::uint32_t>(0));
  const std::uint32_t count = *block.read<std::uint32_t>(4);
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto offset = block.read<std::uint32_t>(12 + std::uint64_t{i} * 8),
               bits = block.read<std::uint32_t>(16 + std::uint64_t{i} * 8);
    if (!offset || !bits) return;
    std::uint32_t line = *bits & 0xFFFFFF;
    if (line == kHidden || line == kNeverStepInto || file == 0) line = 0;
    pdb_.lines.push_back({{start.section, start.offset + *offset}, line == 0 ? 0 : file - 1, line});
  }
}

/// One more than the index of the file whose checksum stands at `offset`; 0 when it has no name.
std::uint32_t PdbReader::file_at(Bytes checksums, std::uint32_t offset) {
  const auto name_at = checksums.read<std::uint32_t>(offset);
  if (!name_at) return 0;
  const auto [known, fresh] = files_.emplace(*name_at, 0U);
  if (!fresh) return known->second;
  constexpr std::size_t kLongestPath = 32768;
  const auto name = view(names_).c_string(*name_at, kLongestPath);
  if (!name || name->empty() || name->size() > left_for_names_) return 0;
  left_for_names_ -= name->size();
  pdb_.files.emplace_back(*name);
  return known->second = static_cast<std::uint32_t>(pdb_.files.size());
}

}  // namespace

bool read_pdb(Bytes file, Bytes signature, Pdb& pdb, std::string& reason) {
  Msf msf;
  if (!Msf::open(file, msf)) {
    reason = "is not a PDB of Visual C++ 7 or later";
    return false;
  }
  PdbReader reader(msf, file.size(), pdb);
  return reader.read_identity(signature, reason) && reader.read_rest(reason);
}

}  // namespace pe
