// Import, delay-import, export and relocation tables, and the load configuration. Each loop is bounded by the bytes
// that are really there, so a table that lies about its length costs no more than the file is long.
#include <algorithm>
#include <vector>

#include "pe/image.hpp"

namespace pe {
namespace {

Error past_end(const char* what, std::uint32_t rva) {
  char text[96];
  std::snprintf(text, sizeof text, "%s at RVA 0x%x leaves the image", what, rva);
  return {Fault::malformed, text};
}

constexpr std::size_t kMaxTableEntries = 1U << 16;
constexpr std::size_t kMaxImports = 1U << 18;  // of all libraries: descriptors may share one endless table

}  // namespace

Visited Image::visit_thunks(std::string_view library, std::uint32_t names, std::uint32_t slots, bool delayed,
                            const std::function<void(const Import&)>& visit) const {
  Visited visited;
  const unsigned width = pointer_size();
  const std::uint64_t by_ordinal = is_64_ ? 1ULL << 63 : 1ULL << 31;
  for (std::size_t i = 0; i < kMaxTableEntries; ++i) {
    const auto delta = static_cast<std::uint32_t>(i * width);
    const auto thunk = load(names + delta, width);
    if (!thunk) {
      visited.stopped = past_end("an import name table", names);
      return visited;
    }
    if (*thunk == 0) return visited;
    Import import;
    import.library = library;
    import.slot_rva = slots + delta;
    import.delayed = delayed;
    if ((*thunk & by_ordinal) != 0) {
      import.ordinal = static_cast<std::uint16_t>(*thunk);
    } else {
      // An entry holds a 16-bit hint, then the name.
      const auto name = *thunk <= 0xFFFFFFFFU ? from_rva(static_cast<std::uint32_t>(*thunk)).c_string(2)
                                              : std::optional<std::string_view>{};
      if (!name) {
        visited.stopped = past_end("an import name", static_cast<std::uint32_t>(*thunk));
        return visited;
      }
      import.name = *name;
    }
    visit(import);
    ++visited.count;
  }
  visited.stopped = past_end("an endless import table", names);
  return visited;
}

Visited Image::for_each_import(const std::function<void(const Import&)>& visit) const {
  Visited all;
  const auto add = [&all](const Visited& one) {
    all.count += one.count;
    if (one.stopped && !all.stopped) all.stopped = one.stopped;
  };
  // The functions of one library; false when there are too many.
  const auto take = [&](const char* what, std::uint32_t library_rva, std::uint32_t names, std::uint32_t slots,
                        bool delayed) {
    const auto library = from_rva(library_rva).c_string(0, 512);
    if (!library) {
      add({0, past_end(what, library_rva)});
    } else if (all.count > kMaxImports) {
      add({0, Error{Fault::malformed, "more imports than an image can have"}});
      return false;
    } else {
      add(visit_thunks(*library, names, slots, delayed, visit));
    }
    return true;
  };
  const auto imports = directory(Directory::imports);
  if (imports.rva != 0) {
    const Bytes table = from_rva(imports.rva);
    if (table.empty()) all.stopped = past_end("the import table", imports.rva);
    for (std::size_t at = 0; table.contains(at, 20); at += 20) {
      const std::uint32_t names = *table.read<std::uint32_t>(at);
      const std::uint32_t library_rva = *table.read<std::uint32_t>(at + 12);
      const std::uint32_t slots = *table.read<std::uint32_t>(at + 16);
      if (library_rva == 0 || slots == 0) break;
      // Old linkers (Borland) write no name table: the slots hold the names until the image is loaded.
      if (!take("an import library name", library_rva, names != 0 ? names : slots, slots, false)) return all;
    }
  }
  const auto delayed = directory(Directory::delay_imports);
  if (delayed.rva != 0) {
    const Bytes table = from_rva(delayed.rva);
    if (table.empty()) add({0, past_end("the delay import table", delayed.rva)});
    for (std::size_t at = 0; table.contains(at, 32); at += 32) {
      const std::uint32_t attributes = *table.read<std::uint32_t>(at);
      // Without attribute bit 0 the fields are VAs of the preferred base (compilers before Visual C++ 7).
      const auto field = [&](std::size_t offset) -> std::uint32_t {
        const std::uint32_t value = *table.read<std::uint32_t>(at + offset);
        if ((attributes & 1) != 0 || value == 0) return value;
        return rva_of_va(value).value_or(0);
      };
      const std::uint32_t library_rva = field(4), slots = field(12), names = field(16);
      if (library_rva == 0 || slots == 0 || names == 0) break;
      if (!take("a delay import library name", library_rva, names, slots, true)) return all;
    }
  }
  return all;
}

std::string_view Image::export_library() const {
  constexpr std::uint32_t kNameField = 12, kLongestName = 260;
  const auto dir = directory(Directory::exports);
  const auto name = dir.rva == 0 ? std::nullopt : from_rva(dir.rva).read<std::uint32_t>(kNameField);
  return name ? from_rva(*name).c_string(0, kLongestName).value_or("") : std::string_view{};
}

Visited Image::for_each_export(const std::function<void(const Export&)>& visit) const {
  Visited visited;
  const auto dir = directory(Directory::exports);
  if (dir.rva == 0) return visited;
  const Bytes header = from_rva(dir.rva);
  const auto ordinal_base = header.read<std::uint32_t>(16);
  const auto function_count = header.read<std::uint32_t>(20);
  const auto name_count = header.read<std::uint32_t>(24);
  const auto functions = header.read<std::uint32_t>(28);
  const auto names = header.read<std::uint32_t>(32);
  const auto ordinals = header.read<std::uint32_t>(36);
  if (!ordinal_base || !function_count || !name_count || !functions || !names || !ordinals) {
    visited.stopped = past_end("the export table", dir.rva);
    return visited;
  }
  const Bytes function_table = from_rva(*functions);
  const Bytes name_table = from_rva(*names);
  const Bytes ordinal_table = from_rva(*ordinals);
  const auto deliver = [&](std::uint32_t index, std::string_view name) {
    const auto rva = function_table.read<std::uint32_t>(std::uint64_t{index} * 4);
    if (!rva || *rva == 0) return;
    Export entry{name, *ordinal_base + index, *rva, {}};
    if (*rva >= dir.rva && *rva - dir.rva < dir.size) entry.forwarder = from_rva(*rva).c_string(0, 512).value_or("");
    visit(entry);
    ++visited.count;
  };
  std::size_t named = 0;
  std::vector<bool> has_name(kMaxTableEntries, false);  // by index; names hold 16 bits of it
  for (std::uint32_t i = 0; i < *name_count && i < kMaxTableEntries; ++i) {
    const auto name_rva = name_table.read<std::uint32_t>(std::uint64_t{i} * 4);
    const auto index = ordinal_table.read<std::uint16_t>(std::uint64_t{i} * 2);
    const auto name = name_rva ? from_rva(*name_rva).c_string(0, 4096) : std::nullopt;
    if (!index || !name) {
      visited.stopped = past_end("an export name", *names);
      break;
    }
    deliver(*index, *name);
    has_name[*index] = true;
    ++named;
  }
  // Functions exported by ordinal only. With a full name table there is nothing left to look for.
  if (named < *function_count) {
    for (std::uint32_t index = 0; index < *function_count && index < kMaxTableEntries; ++index) {
      if (!has_name[index]) deliver(index, {});
    }
  }
  return visited;
}

Visited Image::for_each_relocation(const std::function<void(std::uint32_t, unsigned)>& visit) const {
  Visited visited;
  const auto dir = directory(Directory::relocations);
  if (dir.rva == 0 || dir.size == 0) return visited;
  const Bytes all = from_rva(dir.rva);
  const Bytes table = all.slice(0, std::min<std::uint64_t>(dir.size, all.size())).value_or(Bytes{});
  for (std::size_t at = 0; table.contains(at, 8);) {
    const std::uint32_t page = *table.read<std::uint32_t>(at);
    const std::uint32_t size = *table.read<std::uint32_t>(at + 4);
    if (size == 0) break;  // padding behind the last block
    if (size < 8 || !table.contains(at, size)) {
      visited.stopped = past_end("a relocation block", dir.rva + static_cast<std::uint32_t>(at));
      break;
    }
    for (std::size_t entry = at + 8; entry + 2 <= at + size; entry += 2) {
      const std::uint16_t packed = *table.read<std::uint16_t>(entry);
      if ((packed >> 12) == 0) continue;  // IMAGE_REL_BASED_ABSOLUTE pads a block
      visit(page + (packed & 0xFFFU), packed >> 12);
      ++visited.count;
    }
    at += size;
  }
  return visited;
}

LoadConfig Image::load_config() const {
  LoadConfig config;
  const auto dir = directory(Directory::load_config);
  if (dir.rva == 0) return config;
  const Bytes all = from_rva(dir.rva);
  // The first field is the size that the linker knew; older images have shorter structures.
  const auto claimed = all.read<std::uint32_t>(0).value_or(0);
  const Bytes bytes = all.slice(0, std::min<std::uint64_t>(claimed, all.size())).value_or(Bytes{});
  const auto pointer = [&](std::size_t offset32, std::size_t offset64) -> std::uint32_t {
    std::uint64_t va = 0;
    if (is_64_) {
      va = bytes.read<std::uint64_t>(offset64).value_or(0);
    } else {
      va = bytes.read<std::uint32_t>(offset32).value_or(0);
    }
    return rva_of_va(va).value_or(0);
  };
  // Offsets of IMAGE_LOAD_CONFIG_DIRECTORY32/64, winnt.h.
  config.guard_check_slot = pointer(0x48, 0x70);
  config.guard_dispatch_slot = pointer(0x4C, 0x78);
  config.guard_table = pointer(0x50, 0x80);
  config.guard_count = static_cast<std::uint32_t>(is_64_ ? bytes.read<std::uint64_t>(0x88).value_or(0)
                                                         : bytes.read<std::uint32_t>(0x54).value_or(0));
  const auto flags = bytes.read<std::uint32_t>(is_64_ ? 0x90 : 0x58).value_or(0);
  config.guard_stride = 4 + (flags >> 28);  // IMAGE_GUARD_CF_FUNCTION_TABLE_SIZE_MASK
  if (is_64_) config.hybrid_metadata = pointer(0, 0xC8);
  return config;
}

}  // namespace pe
