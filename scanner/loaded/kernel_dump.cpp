// The header of a 64-bit dump is 0x2000 bytes; behind it stands a block of offsets, among them those of the list of
// drivers, of their names and of the drivers that were unloaded. All offsets count from the start of the file.
#include "scanner/loaded/kernel_dump.hpp"

#include <cstdio>
#include <string_view>

#include "pe/bytes.hpp"
#include "pe/text.hpp"

namespace scanner::loaded {
namespace {

constexpr std::uint64_t kBugcheck = 0x38, kParameters = 0x40, kDumpType = 0xF98;
constexpr std::uint64_t kUnloadedOffset = 0x2018, kDriverOffset = 0x2030, kDriverCount = 0x2034;
constexpr std::uint32_t kSmallDump = 4;
constexpr std::uint32_t kCaughtException = 0x10000000;  // KMODE_EXCEPTION_NOT_HANDLED_M and its kin

// An entry of the list: where the name stands, then what the loader keeps of an image.
constexpr std::uint64_t kEntrySize = 0x90, kEntrySizeOfImage = 0x48, kEntryTimeStamp = 0x88;
// An unloaded driver: length of its name in bytes, room for twelve characters of it, start and end.
constexpr std::uint64_t kUnloadedSize = 0x38, kUnloadedName = 0x10;
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

/// Is everything there that is read of the header?
std::optional<pe::Error> wrong_kind(pe::Bytes file) {
  if (file.size() < 8 || std::string_view(reinterpret_cast<const char*>(file.data()), 8) != "PAGEDU64")
    return pe::Error{pe::Fault::malformed, "a dump of 32-bit Windows is not supported; pass WinDbg's lm of it"};
  const auto type = file.read<std::uint32_t>(kDumpType);
  if (!type || !file.contains(kDriverCount, 4)) return cut("header");
  if (*type == kSmallDump) return std::nullopt;
  return pe::Error{pe::Fault::malformed,
                   "a dump of kernel or complete memory (type " + std::to_string(*type) +
                       ") is not supported; pass a small dump (Windows\\Minidump) or WinDbg's lm of this one"};
}

std::optional<pe::Error> read_loaded(pe::Bytes file, KernelDump& dump) {
  const auto offset = file.read<std::uint32_t>(kDriverOffset), count = file.read<std::uint32_t>(kDriverCount);
  if (!offset || !count || *count > kMostDrivers || !file.contains(*offset, *count * kEntrySize))
    return cut("list of drivers");
  for (std::uint32_t i = 0; i < *count; ++i) {
    const std::uint64_t entry = *offset + i * kEntrySize;
    const std::uint32_t name = file.read<std::uint32_t>(entry).value_or(0);
    const auto letters = file.read<std::uint32_t>(name);
    const auto text =
        letters && *letters <= kLongestName ? text_at(file, std::uint64_t{name} + 4, *letters) : std::nullopt;
    if (!text) return cut("names of drivers");
    Driver driver;
    driver.image = *text;
    driver.running = true;
    driver.size = file.read<std::uint32_t>(entry + kEntrySizeOfImage).value_or(0);
    driver.stamp = file.read<std::uint32_t>(entry + kEntryTimeStamp).value_or(0);
    dump.drivers.push_back(std::move(driver));
  }
  dump.loaded = dump.drivers.size();
  return std::nullopt;
}

std::optional<pe::Error> read_unloaded(pe::Bytes file, KernelDump& dump) {
  const std::uint32_t offset = file.read<std::uint32_t>(kUnloadedOffset).value_or(0);
  if (offset == 0) return std::nullopt;
  const auto count = file.read<std::uint64_t>(offset);
  if (!count || *count > kMostUnloaded || !file.contains(offset + 8ULL, *count * kUnloadedSize))
    return cut("list of unloaded drivers");
  for (std::uint64_t i = 0; i < *count; ++i) {
    const std::uint64_t entry = offset + 8ULL + i * kUnloadedSize;
    const std::size_t letters = file.read<std::uint16_t>(entry).value_or(0) / 2U;
    Driver driver;
    driver.image = text_at(file, entry + kUnloadedName, std::min(letters, kUnloadedLetters)).value_or("");
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
  if (auto error = wrong_kind(file)) return *error;
  KernelDump dump;
  dump.bugcheck = file.read<std::uint32_t>(kBugcheck).value_or(0) & ~kCaughtException;
  for (std::size_t i = 0; i < dump.parameters.size(); ++i)
    dump.parameters[i] = file.read<std::uint64_t>(kParameters + 8 * i).value_or(0);
  if (auto error = read_loaded(file, dump)) return *error;
  if (auto error = read_unloaded(file, dump)) return *error;
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
