// The only file that knows LIEF; it is linked into the second reader and the tests, not into poolwho. Two generations
// of LIEF are supported: 0.9 (Debian 12; throws, returns references) and 0.17 on (ParserConfig, pointers).
#include "scanner/lief/reader.hpp"

#include <LIEF/PE.hpp>
#include <algorithm>
#include <exception>
#include <vector>

#include "pe/text.hpp"

#if __has_include(<LIEF/PE/ParserConfig.hpp>)
#define POOLWHO_LIEF_POINTERS 1
#endif

namespace scanner::lief {
namespace {

std::string utf8(std::u16string_view text) {
  std::string out = pe::utf8_from_utf16(text.substr(0, std::min(text.find(u'\0'), text.size())));
  // Resource compilers pad values with blanks.
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

void take_version_string(pe::Identity& identity, const std::u16string& key, const std::u16string& value) {
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
void ask_lief(const pe::Image& image, pe::Identity& identity) {
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
void ask_lief(const pe::Image& image, pe::Identity& identity) {
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

}  // namespace

pe::Identity identify_by_lief(const pe::Image& image, std::string& problem) {
  pe::Identity identity = pe::identify_from_headers(image);
  try {
    ask_lief(image, identity);
  } catch (const std::exception& failure) {
    problem = std::string("version resource or signature not readable: ") + failure.what();
  }
  identity.original_name = pe::without_mui(identity.original_name);
  return identity;
}

}  // namespace scanner::lief
