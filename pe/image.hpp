// A checked, zero-copy view of one PE image: headers, sections, imports, delay imports, exports, function ranges,
// relocations, load config. Nothing is allocated per entry; tables are visited. Format: "PE Format",
// learn.microsoft.com.
//
// Units: an *RVA* counts from the image base as loaded; a *file offset* counts from the first byte of the file.
// Every visitor returns `Visited`: how many entries it delivered and, when it stopped early, why.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "pe/bytes.hpp"
#include "pe/result.hpp"

namespace pe {

enum class Machine { x86, x64, arm, arm64, ia64, arm64ec, other };

/// The name the report uses: "x64", "arm64", …
std::string_view to_string(Machine machine);

struct Section {
  std::string_view name;  ///< up to eight bytes, without trailing NULs; not necessarily text
  std::uint32_t rva = 0;
  std::uint32_t virtual_size = 0;  ///< bytes in memory; never 0 for a section that holds anything
  std::uint32_t file_offset = 0;   ///< as the loader rounds it
  std::uint32_t file_size = 0;     ///< bytes present in the file, clipped to the file's end
  std::uint32_t raw_offset = 0;    ///< PointerToRawData as written
  std::uint32_t raw_size = 0;      ///< SizeOfRawData as written
  std::uint32_t characteristics = 0;

  [[nodiscard]] bool executable() const { return (characteristics & 0x20000020U) != 0; }
  [[nodiscard]] bool writable() const { return (characteristics & 0x80000000U) != 0; }
  [[nodiscard]] bool contains(std::uint32_t at) const { return at >= rva && at - rva < virtual_size; }
};

struct Import {
  std::string_view library;  ///< as written, e.g. "ntoskrnl.exe"
  std::string_view name;     ///< empty when imported by ordinal
  std::uint16_t ordinal = 0;
  std::uint32_t slot_rva = 0;  ///< the IAT (or delay IAT) slot
  bool delayed = false;
};

struct Export {
  std::string_view name;  ///< empty when exported by ordinal only
  std::uint32_t ordinal = 0;
  std::uint32_t rva = 0;
  std::string_view forwarder;  ///< "ntoskrnl.ExFoo" when the entry only forwards
};

/// One .pdata record. A chained record describes a part of the function that starts at `primary`.
struct FunctionRange {
  std::uint32_t begin = 0;  ///< RVA
  std::uint32_t end = 0;    ///< RVA, exclusive
  std::uint32_t unwind = 0;
  std::uint32_t primary = 0;  ///< RVA of the first range of the function; == begin when not chained
};

/// A __try range of a function: code at `target` (or the filter/finally at `handler`) is reached by the unwinder
/// only.
struct ExceptionScope {
  std::uint32_t begin = 0, end = 0, handler = 0, target = 0;
};

struct LoadConfig {
  std::uint32_t guard_check_slot = 0;     ///< RVA of __guard_check_icall_fptr, 0 when absent
  std::uint32_t guard_dispatch_slot = 0;  ///< RVA of __guard_dispatch_icall_fptr, 0 when absent
  std::uint32_t guard_table = 0;          ///< RVA of the table of valid indirect-call targets
  std::uint32_t guard_count = 0;
  std::uint32_t guard_stride = 4;
  std::uint32_t hybrid_metadata = 0;  ///< RVA of the CHPE metadata of ARM64EC and ARM64X images, 0 when absent
};

/// A stretch of code of an ARM64EC or ARM64X image.
struct HybridRange {
  std::uint32_t begin = 0, end = 0;  ///< RVAs, end exclusive
  Machine machine = Machine::arm64;  ///< arm64, arm64ec or x64
};

struct Visited {
  std::size_t count = 0;
  std::optional<Error> stopped;
};

enum class Directory : unsigned {
  exports = 0,
  imports = 1,
  resources = 2,
  exceptions = 3,
  security = 4,
  relocations = 5,
  debug = 6,
  load_config = 10,
  iat = 12,
  delay_imports = 13
};

struct DirectoryEntry {
  std::uint32_t rva = 0;  ///< `security` holds a file offset instead
  std::uint32_t size = 0;
};

class Image {
 public:
  /// Views `file`, which must outlive the image. Fault::not_pe when it is no PE file at all.
  static Result<Image> open(std::span<const std::uint8_t> file);

  /// ARM64EC images say they are x64, and tell the truth in their load config: they are arm64ec here.
  [[nodiscard]] Machine machine() const { return machine_; }
  [[nodiscard]] std::uint16_t machine_code() const { return machine_code_; }
  [[nodiscard]] bool is_64() const { return is_64_; }
  [[nodiscard]] unsigned pointer_size() const { return is_64_ ? 8 : 4; }
  [[nodiscard]] std::uint64_t base() const { return base_; }
  [[nodiscard]] std::uint32_t size_of_image() const { return size_of_image_; }
  [[nodiscard]] std::uint32_t entry_rva() const { return entry_rva_; }
  [[nodiscard]] std::uint16_t subsystem() const { return subsystem_; }
  [[nodiscard]] bool native() const { return subsystem_ == 1; }
  /// The oldest Windows that the headers name, major version << 16 | minor: the older of operating system and subsystem
  /// version (linkers of old driver kits wrote nonsense such as 1.10 into one of them).
  [[nodiscard]] std::uint32_t oldest_system() const { return oldest_system_; }
  [[nodiscard]] std::uint32_t timestamp() const { return timestamp_; }
  [[nodiscard]] Bytes file() const { return file_; }
  [[nodiscard]] std::span<const Section> sections() const { return {sections_.data(), section_count_}; }
  [[nodiscard]] DirectoryEntry directory(Directory which) const;

  /// Why Windows would not load this image although its headers can be read: a file that was cut, or sections outside
  /// of what the headers call the image. One sentence, empty when there is nothing.
  [[nodiscard]] std::string damage() const;
  /// The section that holds `rva`, or null (headers and holes).
  [[nodiscard]] const Section* section_at(std::uint32_t rva) const;
  /// File offset of `rva`, or nothing when no byte of the file backs it.
  [[nodiscard]] std::optional<std::uint32_t> offset_of(std::uint32_t rva) const;
  /// RVA of the byte at `offset`, or nothing when it is not mapped.
  [[nodiscard]] std::optional<std::uint32_t> rva_of(std::uint32_t offset) const;
  /// The bytes of the file from `rva` to the end of its section's file data; empty when not backed.
  [[nodiscard]] Bytes from_rva(std::uint32_t rva) const;
  /// A value at `rva` as loaded: bytes beyond the file data of a section read as 0.
  [[nodiscard]] std::optional<std::uint64_t> load(std::uint32_t rva, unsigned width) const;
  /// A pointer stored in the image (a VA) as RVA, or nothing when it does not point into the image.
  [[nodiscard]] std::optional<std::uint32_t> rva_of_va(std::uint64_t va) const;

  Visited for_each_import(const std::function<void(const Import&)>& visit) const;
  Visited for_each_export(const std::function<void(const Export&)>& visit) const;
  /// The name that the export table gives this image ("ntoskrnl.exe" whatever the file is called); empty when none.
  [[nodiscard]] std::string_view export_library() const;
  /// .pdata in file order (x64 and ARM64; other machines deliver nothing).
  Visited for_each_function(const std::function<void(const FunctionRange&)>& visit) const;
  Visited for_each_scope(const FunctionRange& range, const std::function<void(const ExceptionScope&)>& visit) const;
  /// Absolute addresses inside the image: RVA of the field and relocation type.
  Visited for_each_relocation(const std::function<void(std::uint32_t rva, unsigned type)>& visit) const;
  [[nodiscard]] LoadConfig load_config() const;
  /// For which processor which code is; nothing for images with one kind of code.
  Visited for_each_hybrid_range(const std::function<void(const HybridRange&)>& visit) const;

 private:
  struct Headers;
  Image() = default;
  // The steps of open(), in this order; each returns why the image cannot be read, or nothing.
  std::optional<Error> read_coff_header(Headers& headers);
  std::optional<Error> read_optional_header(Headers& headers);
  std::optional<Error> read_sections(const Headers& headers);
  /// from_rva() of an RVA that `section` contains.
  [[nodiscard]] Bytes from_rva_in(const Section& section, std::uint32_t rva) const;
  Visited visit_thunks(std::string_view library, std::uint32_t names, std::uint32_t slots, bool delayed,
                       const std::function<void(const Import&)>& visit) const;

  Bytes file_;
  Machine machine_ = Machine::other;
  std::uint16_t machine_code_ = 0;
  bool is_64_ = false;
  std::uint64_t base_ = 0;
  std::uint32_t size_of_image_ = 0;
  std::uint32_t size_of_headers_ = 0;
  std::uint32_t entry_rva_ = 0;
  std::uint16_t subsystem_ = 0;
  std::uint32_t oldest_system_ = 0;
  std::uint32_t timestamp_ = 0;
  std::size_t section_count_ = 0;
  std::array<Section, 96> sections_{};  // the loader accepts no more
  std::array<DirectoryEntry, 16> directories_{};
};

}  // namespace pe
