// The version resource: a walk over nested, length-prefixed blocks, from the resource tree down to VS_VERSIONINFO
// (learn.microsoft.com, "VS_VERSIONINFO structure").
#include <algorithm>
#include <optional>

#include "pe/identity.hpp"
#include "pe/text.hpp"

namespace pe {
namespace {

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

bool any_text(const Identity& identity) {
  return !identity.company.empty() || !identity.product.empty() || !identity.description.empty() ||
         !identity.file_version.empty() || !identity.original_name.empty();
}

}  // namespace

void read_version_resource(const Image& image, Identity& identity, std::string& problem) {
  const Bytes version = version_resource(image);
  read_version(version, identity);
  if (!version.empty() && !any_text(identity)) problem = "the version resource cannot be read";
  identity.original_name = without_mui(identity.original_name);
}

}  // namespace pe
