// The only file that knows LIEF. LIEF does what is hard and rare here: the version resource and the signature. The
// debug directory is read directly, because LIEF 0.9 keeps one of its entries and an image has several. Two generations
// of LIEF are supported: 0.9 (Debian 12; throws, returns references) and 0.17 on (ParserConfig, pointers).
#include "pe/identity.hpp"

#include <LIEF/PE.hpp>
#include <array>
#include <cstdio>
#include <exception>
#include <vector>

#include "pe/lief_start.hpp"

#if __has_include(<LIEF/PE/ParserConfig.hpp>)
#define POOLWHO_LIEF_POINTERS 1
#endif

namespace pe {
namespace {

void append_utf8(std::string& out, char32_t code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | (code >> 6));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0 | (code >> 12));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | (code >> 18));
    out += static_cast<char>(0x80 | ((code >> 12) & 0x3F));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  }
}

std::string utf8(const std::u16string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char32_t code = text[i];
    if (code == 0) break;
    if (code >= 0xD800 && code < 0xDC00 && i + 1 < text.size() && (text[i + 1] & 0xFC00) == 0xDC00)
      code = 0x10000 + ((code - 0xD800) << 10) + (text[++i] - 0xDC00U);
    append_utf8(out, code);
  }
  // Resource compilers pad values with blanks.
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

void take_version_string(Identity& identity, const std::u16string& key, const std::u16string& value) {
  const std::string name = utf8(key);
  std::string* field = name == "CompanyName"        ? &identity.company
                       : name == "ProductName"      ? &identity.product
                       : name == "FileDescription"  ? &identity.description
                       : name == "FileVersion"      ? &identity.file_version
                       : name == "OriginalFilename" ? &identity.original_name
                                                    : nullptr;
  // The first language wins; a second block repeats the same facts translated.
  if (field != nullptr && field->empty()) *field = utf8(value);
}

/// The value of CN in a distinguished name such as "C=US, O=Contoso, CN=Contoso Ltd".
std::string common_name(const std::string& subject) {
  const auto start = subject.find("CN=");
  if (start == std::string::npos) return {};
  std::string name = subject.substr(start + 3);
  // A name may hold ", " itself ("Contoso, Inc."): the next attribute starts with letters and '='.
  for (auto comma = name.find(", "); comma != std::string::npos; comma = name.find(", ", comma + 1)) {
    auto at = comma + 2;
    while (at < name.size() && ((name[at] >= 'A' && name[at] <= 'Z') || (name[at] >= 'a' && name[at] <= 'z'))) ++at;
    if (at > comma + 2 && at < name.size() && name[at] == '=') return name.substr(0, comma);
  }
  return name;
}

#ifdef POOLWHO_LIEF_POINTERS
void ask_lief(const Image& image, Identity& identity) {
  const auto bytes = image.file().span();
  LIEF::PE::ParserConfig config = LIEF::PE::ParserConfig::default_conf();
  config.parse_imports = config.parse_exports = config.parse_reloc = false;
  const auto binary = LIEF::PE::Parser::parse(std::vector<std::uint8_t>(bytes.begin(), bytes.end()), config);
  if (!binary) return;
  if (auto manager = binary->resources_manager(); manager && manager->has_version()) {
    for (const auto& version : manager->version()) {
      const auto* info = version.string_file_info();
      if (info == nullptr) continue;
      for (const auto& table : info->children()) {
        for (const auto& entry : table.entries()) take_version_string(identity, entry.key, entry.value);
      }
    }
  }
  for (const auto& signature : binary->signatures()) {
    for (const auto& signer : signature.signers()) {
      if (const auto* certificate = signer.cert(); certificate != nullptr && identity.signer.empty())
        identity.signer = common_name(certificate->subject());
    }
  }
}
#else
void ask_lief(const Image& image, Identity& identity) {
  const auto bytes = image.file().span();
  const auto binary = LIEF::PE::Parser::parse(std::vector<std::uint8_t>(bytes.begin(), bytes.end()));
  if (!binary) return;
  if (binary->has_resources()) {
    const auto manager = binary->resources_manager();
    if (manager.has_version()) {
      const auto version = manager.version();
      if (version.has_string_file_info()) {
        for (const auto& block : version.string_file_info().langcode_items()) {
          for (const auto& [key, value] : block.items()) take_version_string(identity, key, value);
        }
      }
    }
  }
  if (!binary->has_signature()) return;
  const auto& signature = binary->signature();
  const auto& serial = std::get<1>(signature.signer_info().issuer());
  for (const auto& certificate : signature.certificates()) {
    if (certificate.serial_number() == serial) identity.signer = common_name(certificate.subject());
  }
}
#endif

void read_debug_directory(const Image& image, Identity& identity) {
  constexpr std::uint32_t kCodeView = 2, kReproducible = 16;
  constexpr std::size_t kEntry = 28;
  identity.linked = image.timestamp();
  const auto dir = image.directory(Directory::debug);
  if (dir.rva == 0) return;
  const Bytes table = image.from_rva(dir.rva);
  for (std::size_t at = 0; at + kEntry <= dir.size && table.contains(at, kEntry); at += kEntry) {
    const auto type = *table.read<std::uint32_t>(at + 12);
    if (type == kReproducible) identity.linked = 0;
    if (type != kCodeView) continue;
    const Bytes record = image.file().from(*table.read<std::uint32_t>(at + 24));
    if (record.read<std::uint32_t>(0) != 0x53445352U) continue;  // "RSDS"
    const auto guid = record.slice(4, 16);
    const auto age = record.read<std::uint32_t>(20);
    if (!guid || !age) continue;
    std::array<char, 64> text{};
    const Bytes g = *guid;
    std::snprintf(text.data(), text.size(), "%08X%04X%04X%02X%02X%02X%02X%02X%02X%02X%02X%X", *g.read<std::uint32_t>(0),
                  *g.read<std::uint16_t>(4), *g.read<std::uint16_t>(6), g[8], g[9], g[10], g[11], g[12], g[13], g[14],
                  g[15], *age);
    identity.pdb_id = text.data();
    identity.pdb = std::string(record.c_string(24).value_or(""));
  }
}

}  // namespace

Identity identify(const Image& image, std::string& problem) {
  Identity identity;
  read_debug_directory(image, identity);
  identity.embedded_signature = image.directory(Directory::security).size != 0;
  try {
    start_lief();
    ask_lief(image, identity);
  } catch (const std::exception& failure) {
    problem = std::string("version resource or signature not readable: ") + failure.what();
  }
  constexpr std::string_view kMui = ".mui";
  if (identity.original_name.size() > kMui.size() && identity.original_name.ends_with(kMui))
    identity.original_name.resize(identity.original_name.size() - kMui.size());
  return identity;
}

}  // namespace pe
