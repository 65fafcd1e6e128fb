// Version resource and signer without LIEF. Two walks over nested, length-prefixed blocks: the resource tree down to
// VS_VERSIONINFO (learn.microsoft.com, "VS_VERSIONINFO structure"), and the DER of the embedded PKCS #7 signature (RFC
// 2315) down to the certificate whose issuer and serial number the signer names. Nothing is verified: the question is
// whose driver this says it is, not whether that is true.
#include <algorithm>
#include <optional>

#include "pe/identity.hpp"
#include "pe/utf16.hpp"

namespace pe {
namespace {

// --- version resource
// --------------------------------------------------------------------------------------------------

std::u16string_view wide_text(Bytes bytes, std::u16string& storage) {
  storage.clear();
  for (std::size_t at = 0; bytes.contains(at, 2); at += 2) {
    const auto unit = *bytes.read<std::uint16_t>(at);
    if (unit == 0) break;
    storage += static_cast<char16_t>(unit);
  }
  return storage;
}

/// A block of the version resource: {length, value length, type, key, padding, value, padding, children}.
struct Block {
  std::u16string key;
  Bytes all;               ///< the block, as far as its length and the resource reach
  std::size_t value = 0;   ///< offset of the value in `all`
  std::size_t length = 0;  ///< of the block as written, rounded up to where the next one starts
};

constexpr std::size_t aligned(std::size_t at) { return (at + 3) & ~std::size_t{3}; }

std::optional<Block> block_at(Bytes parent, std::size_t at) {
  const auto length = parent.read<std::uint16_t>(at);
  if (!length || *length < 8) return std::nullopt;
  Block block;
  const Bytes rest = parent.from(at);
  block.all = rest.slice(0, std::min<std::size_t>(*length, rest.size())).value_or(Bytes{});
  block.length = aligned(*length);
  wide_text(block.all.from(6), block.key);
  block.value = aligned(6 + (block.key.size() + 1) * 2);
  return block;
}

/// Calls `visit` for the blocks that follow each other from `at` on.
template <typename Visit>
void for_each_block(Bytes parent, std::size_t at, const Visit& visit) {
  while (at < parent.size()) {
    const auto block = block_at(parent, at);
    if (!block) return;
    visit(*block);
    at += block->length;
  }
}

std::string trimmed_utf8(std::u16string_view text) {
  std::string out = utf8_from_utf16(text);
  while (!out.empty() && out.back() == ' ') out.pop_back();  // resource compilers pad values
  return out;
}

void read_version(Bytes resource, Identity& identity) {
  const auto root = block_at(resource, 0);
  if (!root || root->key != u"VS_VERSION_INFO") return;
  const std::size_t fixed = root->all.read<std::uint16_t>(2).value_or(0);
  for_each_block(root->all, aligned(root->value + fixed), [&identity](const Block& info) {
    if (info.key != u"StringFileInfo") return;
    for_each_block(info.all, info.value, [&identity](const Block& language) {
      for_each_block(language.all, language.value, [&identity](const Block& entry) {
        std::string* field = entry.key == u"CompanyName"        ? &identity.company
                             : entry.key == u"ProductName"      ? &identity.product
                             : entry.key == u"FileDescription"  ? &identity.description
                             : entry.key == u"FileVersion"      ? &identity.file_version
                             : entry.key == u"OriginalFilename" ? &identity.original_name
                                                                : nullptr;
        std::u16string storage;
        // The first language wins; a second block repeats the same facts translated.
        if (field != nullptr && field->empty() && entry.all.read<std::uint16_t>(2).value_or(0) != 0)
          *field = trimmed_utf8(wide_text(entry.all.from(entry.value), storage));
      });
    });
  });
}

/// The bytes of the first resource of type RT_VERSION, whatever its name and language.
Bytes version_resource(const Image& image) {
  constexpr std::uint32_t kVersionType = 16, kIsDirectory = 0x80000000U;
  const auto dir = image.directory(Directory::resources);
  if (dir.rva == 0) return {};
  const Bytes tree = image.from_rva(dir.rva);
  std::uint32_t at = 0;
  for (int level = 0; level < 3; ++level) {
    const auto named = tree.read<std::uint16_t>(at + 12ULL), by_id = tree.read<std::uint16_t>(at + 14ULL);
    if (!named || !by_id) return {};
    std::optional<std::uint32_t> next;
    for (std::uint32_t i = 0; i < std::uint32_t{*named} + *by_id && !next; ++i) {
      const auto id = tree.read<std::uint32_t>(at + 16ULL + i * 8ULL),
                 to = tree.read<std::uint32_t>(at + 20ULL + i * 8ULL);
      if (id && to && (level != 0 || *id == kVersionType)) next = to;
    }
    if (!next) return {};
    at = *next & ~kIsDirectory;
    if ((*next & kIsDirectory) == 0) break;
  }
  const auto rva = tree.read<std::uint32_t>(at), size = tree.read<std::uint32_t>(at + 4ULL);
  if (!rva || !size) return {};
  const Bytes rest = image.from_rva(*rva);
  return rest.slice(0, std::min<std::size_t>(*size, rest.size())).value_or(Bytes{});
}

// --- signer
// ------------------------------------------------------------------------------------------------------------

constexpr std::uint8_t kInteger = 0x02, kOid = 0x06, kSequence = 0x30, kSet = 0x31, kContext0 = 0xA0;
constexpr std::uint8_t kBmpString = 0x1E, kUtf8String = 0x0C;

struct Der {
  std::uint8_t tag = 0;
  Bytes whole, content;
};

/// Takes one element off the front of `bytes`; lengths must be definite, as DER demands.
std::optional<Der> take(Bytes& bytes) {
  const auto tag = bytes.read<std::uint8_t>(0), first = bytes.read<std::uint8_t>(1);
  if (!tag || !first || *first == 0x80 || *first > 0x84) return std::nullopt;
  std::size_t length = *first, header = 2;
  if (*first > 0x80) {
    length = 0;
    for (unsigned i = 0; i < (*first & 0x7FU); ++i)
      length = length << 8 | bytes.read<std::uint8_t>(header++).value_or(0);
  }
  const auto content = bytes.slice(header, length), whole = bytes.slice(0, header + length);
  if (!content || !whole) return std::nullopt;
  bytes = bytes.from(header + length);
  return Der{*tag, *whole, *content};
}

/// The same, but it must have this tag; an empty element otherwise.
Bytes enter(Bytes& bytes, std::uint8_t tag) {
  const auto element = take(bytes);
  return element && element->tag == tag ? element->content : Bytes{};
}

bool same(Bytes a, Bytes b) { return std::equal(a.span().begin(), a.span().end(), b.span().begin(), b.span().end()); }

std::string string_value(const Der& value) {
  const auto text = value.content.span();
  if (value.tag == kUtf8String) return {text.begin(), text.end()};
  std::u16string wide;
  if (value.tag == kBmpString) {
    for (std::size_t i = 0; i + 1 < text.size(); i += 2) wide += static_cast<char16_t>(text[i] << 8 | text[i + 1]);
  } else {
    wide.assign(text.begin(), text.end());  // ASCII, or Latin-1 in what calls itself T.61
  }
  return utf8_from_utf16(wide);
}

std::string common_name(Bytes name) {
  constexpr std::uint8_t kCommonName[] = {0x55, 0x04, 0x03};  // 2.5.4.3
  while (const auto set = take(name)) {
    Bytes attributes = set->content;
    while (const auto attribute = take(attributes)) {
      Bytes parts = attribute->content;
      const auto oid = take(parts), value = take(parts);
      if (oid && value && oid->tag == kOid && same(oid->content, Bytes{std::span(kCommonName)}))
        return string_value(*value);
    }
  }
  return {};
}

/// The common name of the certificate that the first signer of a PKCS #7 structure names; empty when there is none.
std::string signer_name(Bytes pkcs7) {
  Bytes info = enter(pkcs7, kSequence);
  take(info);  // the type, signedData
  Bytes explicit_content = enter(info, kContext0);
  Bytes data = enter(explicit_content, kSequence);
  take(data);  // version
  take(data);  // digest algorithms
  take(data);  // what is signed
  Bytes certificates, signers;
  while (const auto element = take(data)) {
    if (element->tag == kContext0) certificates = element->content;
    if (element->tag == kSet) signers = element->content;
  }
  Bytes signer = enter(signers, kSequence);
  take(signer);  // version
  Bytes key = enter(signer, kSequence);
  const auto wanted_issuer = take(key), wanted_serial = take(key);
  if (!wanted_issuer || !wanted_serial) return {};
  while (const auto certificate = take(certificates)) {
    Bytes content = certificate->content;
    Bytes body = enter(content, kSequence);
    Bytes ahead = body;
    if (const auto version = take(ahead); version && version->tag == kContext0) body = ahead;
    const auto serial = take(body);
    take(body);  // algorithm
    const auto issuer = take(body);
    take(body);  // validity
    const auto subject = take(body);
    if (serial && issuer && subject && serial->tag == kInteger && same(serial->whole, wanted_serial->whole) &&
        same(issuer->whole, wanted_issuer->whole))
      return common_name(subject->content);
  }
  return {};
}

bool any_text(const Identity& identity) {
  return !identity.company.empty() || !identity.product.empty() || !identity.description.empty() ||
         !identity.file_version.empty() || !identity.original_name.empty();
}

}  // namespace

Identity identify_small(const Image& image, std::string& problem) {
  Identity identity = identify_from_headers(image);
  const Bytes version = version_resource(image);
  read_version(version, identity);
  if (!version.empty() && !any_text(identity)) problem = "the version resource cannot be read";
  identity.original_name = without_mui(identity.original_name);
  if (!identity.embedded_signature) return identity;
  constexpr std::uint32_t kHeader = 8;                    // WIN_CERTIFICATE: length, revision, type
  const auto dir = image.directory(Directory::security);  // holds a file offset
  const Bytes table = image.file().from(dir.rva);
  const auto length = table.read<std::uint32_t>(0);
  const auto pkcs7 = length && *length > kHeader ? table.slice(kHeader, *length - kHeader) : std::nullopt;
  if (!pkcs7) {
    problem = "the signature reaches past the end of the file";
    return identity;
  }
  identity.signer = signer_name(*pkcs7);
  if (identity.signer.empty()) problem = "the signature names no certificate of its own";
  return identity;
}

}  // namespace pe
