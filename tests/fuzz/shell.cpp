#include "tests/fuzz/shell.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

namespace fuzz {
namespace {

constexpr std::uint32_t kAlignment = 0x1000, kHeaders = 0x1000, kImports = 0x1000, kData = 0x2000, kCode = 0x3000;
constexpr std::size_t kMaxCode = 0x10000;

class Writer {
 public:
  explicit Writer(std::size_t size) : bytes_(size) {}

  void put(std::size_t at, std::uint64_t value, unsigned width) {
    for (unsigned i = 0; i < width; ++i) bytes_[at + i] = static_cast<std::uint8_t>(value >> (8 * i));
  }
  void put(std::size_t at, std::string_view text) {
    std::copy(text.begin(), text.end(), bytes_.begin() + static_cast<std::ptrdiff_t>(at));
  }
  std::vector<std::uint8_t> take() { return std::move(bytes_); }
  std::uint8_t* data() { return bytes_.data(); }

 private:
  std::vector<std::uint8_t> bytes_;
};

constexpr std::array<std::string_view, 8> kFunctions = {"ExAllocatePoolWithTag",
                                                        "ExFreePoolWithTag",
                                                        "ExInitializeNPagedLookasideList",
                                                        "ExAllocatePool2",
                                                        "MmGetSystemRoutineAddress",
                                                        "RtlInitUnicodeString",
                                                        "memcpy",
                                                        "memset"};

void put_imports(Writer& out, unsigned word) {
  constexpr std::uint32_t kLookup = kImports + 0x100, kSlots = kImports + 0x200, kNames = kImports + 0x300,
                          kLibrary = kImports + 0x80;
  out.put(kImports, kLookup, 4);
  out.put(kImports + 12, kLibrary, 4);
  out.put(kImports + 16, kSlots, 4);
  out.put(kLibrary, std::string_view("ntoskrnl.exe"));
  for (std::size_t i = 0; i < kFunctions.size(); ++i) {
    const std::size_t name = kNames + i * 0x40;
    out.put(name + 2, kFunctions[i]);
    out.put(kLookup + i * word, name, word);
    out.put(kSlots + i * word, name, word);
  }
}

}  // namespace

std::vector<std::uint8_t> image_around(Shell shell, std::span<const std::uint8_t> code) {
  code = code.first(std::min(code.size(), kMaxCode));
  const bool wide = shell != Shell::x86;
  const auto code_size = static_cast<std::uint32_t>((code.size() + 16 + kAlignment - 1) / kAlignment * kAlignment);
  Writer out(kCode + code_size);
  constexpr std::size_t kPe = 0x80, kOptional = kPe + 24;
  out.put(0, std::string_view("MZ"));
  out.put(0x3C, kPe, 4);
  out.put(kPe, std::string_view("PE"));
  out.put(kPe + 4, shell == Shell::x64 ? 0x8664 : shell == Shell::x86 ? 0x14C : 0xAA64, 2);
  out.put(kPe + 6, 3, 2);  // sections
  const std::uint32_t optional_size = wide ? 240 : 224;
  out.put(kPe + 20, optional_size, 2);
  out.put(kPe + 22, 0x2022, 2);
  out.put(kOptional, wide ? 0x20B : 0x10B, 2);
  out.put(kOptional + 16, kCode, 4);  // entry
  out.put(kOptional + (wide ? 24 : 28), 0x140000000 & (wide ? ~0ULL : 0x7FFFFFFFULL), wide ? 8 : 4);
  out.put(kOptional + 32, kAlignment, 4);
  out.put(kOptional + 36, kAlignment, 4);
  out.put(kOptional + 56, kCode + code_size, 4);
  out.put(kOptional + 60, kHeaders, 4);
  out.put(kOptional + 68, 1, 2);  // native
  const std::size_t directories = kOptional + (wide ? 112 : 96);
  out.put(directories - 4, 16, 4);
  out.put(directories + 8, kImports, 4);
  out.put(directories + 12, 40, 4);
  struct Section {
    std::string_view name;
    std::uint32_t rva, size, flags;
  };
  const std::array<Section, 3> sections = {{{".rdata", kImports, 0x1000, 0x40000040},
                                            {".data", kData, 0x1000, 0xC0000040},
                                            {".text", kCode, code_size, 0x60000020}}};
  std::size_t at = kOptional + optional_size;
  for (const Section& section : sections) {
    out.put(at, section.name);
    out.put(at + 8, section.size, 4);
    out.put(at + 12, section.rva, 4);
    out.put(at + 16, section.size, 4);
    out.put(at + 20, section.rva, 4);  // the file is laid out as the image
    out.put(at + 36, section.flags, 4);
    at += 40;
  }
  put_imports(out, wide ? 8 : 4);
  if (!code.empty()) std::memcpy(out.data() + kCode, code.data(), code.size());
  return out.take();
}

}  // namespace fuzz
