// The parts of an identity put together, and what follows from the debug directory.
#include <array>
#include <cstdio>

#include "pe/identity.hpp"

namespace pe {

Identity identify_from_headers(const Image& image) {
  constexpr std::uint32_t kCodeView = 2, kReproducible = 16;
  constexpr std::size_t kEntry = 28;
  Identity identity;
  identity.embedded_signature = image.directory(Directory::security).size != 0;
  identity.linked = image.timestamp();
  const auto dir = image.directory(Directory::debug);
  if (dir.rva == 0) return identity;
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
    std::snprintf(text.data(), text.size(), "%08X%04X%04X%02X%02X%02X%02X%02X%02X%02X%02X%X",
                  static_cast<unsigned>(*g.read<std::uint32_t>(0)), *g.read<std::uint16_t>(4),
                  *g.read<std::uint16_t>(6), g[8], g[9], g[10], g[11], g[12], g[13], g[14], g[15],
                  static_cast<unsigned>(*age));
    identity.pdb_id = text.data();
    identity.pdb = std::string(record.c_string(24).value_or(""));
  }
  return identity;
}

Identity identify(const Image& image, std::string& problem) {
  Identity identity = identify_from_headers(image);
  read_version_resource(image, identity, problem);
  read_signer(image, identity, problem);
  return identity;
}

std::string without_mui(std::string name) {
  constexpr std::string_view kMui = ".mui";
  if (name.size() > kMui.size() && name.ends_with(kMui)) name.resize(name.size() - kMui.size());
  return name;
}

}  // namespace pe
