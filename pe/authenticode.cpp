// The signer of the embedded signature: a walk over the DER of a PKCS #7 structure (RFC 2315) down to the certificate
// whose issuer and serial number the signer names. Nothing is verified: the question is whose driver this says it is,
// not whether that is true.
#include <algorithm>
#include <optional>

#include "pe/identity.hpp"
#include "pe/text.hpp"

namespace pe {
namespace {

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

}  // namespace

void read_signer(const Image& image, Identity& identity, std::string& problem) {
  if (!identity.embedded_signature) return;
  constexpr std::uint32_t kHeader = 8;                    // WIN_CERTIFICATE: length, revision, type
  const auto dir = image.directory(Directory::security);  // holds a file offset
  const Bytes table = image.file().from(dir.rva);
  const auto length = table.read<std::uint32_t>(0);
  const auto pkcs7 = length && *length > kHeader ? table.slice(kHeader, *length - kHeader) : std::nullopt;
  if (!pkcs7) {
    problem = "the signature reaches past the end of the file";
    return;
  }
  identity.signer = signer_name(*pkcs7);
  if (identity.signer.empty()) problem = "the signature names no certificate of its own";
}

}  // namespace pe
