// The header of a dump is 0x2000 bytes (0x1000 of a 32-bit one); behind it stands a block of offsets, among them those
// of the list of drivers, of their names and of the drivers that were unloaded. All offsets count from the start of the
// file.
#include "scanner/loaded/kernel_dump.hpp"

#include <cstdio>
#include <string_view>

#include "pe/bytes.hpp"
#include "pe/text.hpp"

namespace scanner::loaded {
namespace {

/// Where the two widths keep the same facts.
struct Layout {
  std::uint64_t bugcheck, parameters, parameter_size, dump_type;
  std::uint64_t unloaded_offset, driver_offset, driver_count;
  // An entry of the list: where the name stands, then what the loader keeps of an image.
  std::uint64_t entry_size, entry_image_size, entry_stamp;
  // An unloaded driver: length of its name in bytes, room for twelve characters of it, start and end.
  std::uint64_t count_size, unloaded_size, unloaded_name;
};
constexpr Layout k64 = {0x38, 0x40, 8, 0xF98, 0x2018, 0x2030, 0x2034, 0x90, 0x48, 0x88, 8, 0x38, 0x10};
constexpr Layout k32 = {0x28, 0x2C, 4, 0xF88, 0x1018, 0x1030, 0x1034, 0x4C, 0x24, 0x48, 4, 0x28, 0x08};

constexpr std::uint32_t kSmallDump = 4;
constexpr std::uint32_t kCaughtException = 0x10000000;  // KMODE_EXCEPTION_NOT_HANDLED_M and its kin
constexpr std::size_t kUnloadedLetters = 12;
constexpr std::uint32_t kMostDrivers = 4096, kMostUnloaded = 512, kLongestName = 1024;

std::optional<std::string> text_at(pe::Bytes file, std::uint64_t offset, std::size_t letters) {
  const auto bytes = file.slice(offset, 2 * letters);
  if (!bytes) return std::nullopt;
  std::u16string text;
  for (std::size_t i = 0; i < letters; ++i)
    text += static_cast<char16_t>(bytes->read<std::uint16_t>(2 * i).value_or(0));
  return pe::utf8_from_utf16(text);
}

pe::Error cut(std::string_view what) {
  return {pe::Fault::truncated, "the dump ends inside its " + std::string(what) + "; copy it again"};
}

/// A number as wide as the system's pointers.
std::optional<std::uint64_t> wide(pe::Bytes file, std::uint64_t at, std::uint64_t size) {
  if (size == 8) return file.read<std::uint64_t>(at);
  const auto narrow = file.read<std::uint32_t>(at);
  return narrow ? std::optional<std::uint64_t>(*narrow) : std::nullopt;
}

/// Is everything there that is read of the header?
std::optional<pe::Error> wrong_kind(pe::Bytes file, const Layout& layout) {
  const auto type = file.read<std::uint32_t>(layout.dump_type);
  if (!type || !file.contains(layout.driver_count, 4)) return cut("header");
  if (*type == kSmallDump) return std::nullopt;
  return pe::Error{pe::Fault::malformed,
                   "a dump of kernel or complete memory (type " + std::to_string(*type) +
                       ") is not supported; pass a small dump (Windows\\Minidump) or WinDbg's lm of this one"};
}

std::optional<pe::Error> read_loaded(pe::Bytes file, const Layout& layout, KernelDump& dump) {
  const auto offset = file.read<std::uint32_t>(layout.driver_offset),
             count = file.read<std::uint32_t>(layout.driver_count);
  if (!offset || !count || *count > kMostDrivers || !file.contains(*offset, *count * layout.entry_size))
    return cut("list of drivers");
  for (std::uint32_t i = 0; i < *count; ++i) {
    const std::uint64_t entry = *offset + i * layout.entry_size;
    const std::uint32_t name = file.read<std::uint32_t>(entry).value_or(0);
    const auto letters = file.read<std::uint32_t>(name);
    const auto text =
        letters && *letters <= kLongestName ? text_at(file, std::uint64_t{name} + 4, *letters) : std::nullopt;
    if (!text) return cut("names of drivers");
    Driver driver;
    driver.image = *text;
    driver.running = true;
    driver.size = file.read<std::uint32_t>(entry + layout.entry_image_size).value_or(0);
    driver.stamp = file.read<std::uint32_t>(entry + layout.entry_stamp).value_or(0);
    dump.drivers.push_back(std::move(driver));
  }
  dump.loaded = dump.drivers.size();
  return std::nullopt;
}

std::optional<pe::Error> read_unloaded(pe::Bytes file, const Layout& layout, KernelDump& dump) {
  const std::uint32_t offset = file.read<std::uint32_t>(layout.unloaded_offset).value_or(0);
  if (offset == 0) return std::nullopt;
  const auto count = wide(file, offset, layout.count_size);
  const std::uint64_t first = offset + layout.count_size;
  if (!count || *count > kMostUnloaded || !file.contains(first, *count * layout.unloaded_size))
    return cut("list of unloaded drivers");
  for (std::uint64_t i = 0; i < *count; ++i) {
    const std::uint64_t entry = first + i * layout.unloaded_size;
    const std::size_t letters = file.read<std::uint16_t>(entry).value_or(0) / 2U;
    Driver driver;
    driver.image = text_at(file, entry + layout.unloaded_name, std::min(letters, kUnloadedLetters)).value_or("");
    driver.gone = true;
    if (!driver.image.empty()) dump.drivers.push_back(std::move(driver));
  }
  return std::nullopt;
}

}  // namespace

bool is_kernel_dump(std::span<const std::uint8_t> file) {
  if (file.size() < 8) return false;
  const std::string_view magic(reinterpret_cast<const char*>(file.data()), 8);
  return magic == "PAGEDU64" || magic == "PAGEDUMP";
}

pe::Result<KernelDump> read_kernel_dump(std::span<const std::uint8_t> bytes) {
  const pe::Bytes file(bytes);
  if (!is_kernel_dump(bytes)) return pe::Error{pe::Fault::malformed, "not a dump of the kernel"};
  const Layout& layout = std::string_view(reinterpret_cast<const char*>(bytes.data()), 8) == "PAGEDU64" ? k64 : k32;
  if (auto error = wrong_kind(file, layout)) return *error;
  KernelDump dump;
  dump.bugcheck = file.read<std::uint32_t>(layout.bugcheck).value_or(0) & ~kCaughtException;
  for (std::size_t i = 0; i < dump.parameters.size(); ++i)
    dump.parameters[i] = wide(file, layout.parameters + layout.parameter_size * i, layout.parameter_size).value_or(0);
  if (auto error = read_loaded(file, layout, dump)) return *error;
  if (auto error = read_unloaded(file, layout, dump)) return *error;
  return dump;
}

// Parameter 1 of BAD_POOL_CALLER says what was wrong with the call, and with it where a tag stands (Bug Check 0xC2 in
// Microsoft's debugger documentation).
std::optional<BlamedTag> blamed_tag(const KernelDump& dump) {
  constexpr std::uint32_t kBadPoolCaller = 0xC2;
  if (dump.bugcheck != kBadPoolCaller) return std::nullopt;
  struct Violation {
    std::uint64_t code;
    std::size_t parameter;
    const char* reason;
  };
  constexpr Violation kViolations[] = {
      {0x00, 3, "an allocation of no bytes asked for this tag"},
      {0x0A, 2, "a block with this tag was freed with another one"},
      {0x0B, 2, "the quota of a block with this tag was released, and the block is damaged"},
      {0x0C, 2, "the quota of a block with this tag was released, and the block is damaged"},
      {0x0D, 2, "the quota of a block with this tag was released, and the block is damaged"},
      {0x9A, 3, "an allocation that must not fail asked for this tag"},
      {0x9D, 1, "an allocation asked for this tag, which holds no letter or digit"},
  };
  for (const Violation& violation : kViolations) {
    if (violation.code != dump.parameters[0]) continue;
    const tagdb::PoolTag tag(static_cast<std::uint32_t>(dump.parameters[violation.parameter]));
    if (tag.value() != 0) return BlamedTag{tag, violation.reason};
  }
  return std::nullopt;
}

}  // namespace scanner::loaded
