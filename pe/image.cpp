// Headers, sections and the mapping between RVAs and file offsets. Rules of the Windows loader that surprise:
// PointerToRawData is rounded down to 512; a VirtualSize of 0 means SizeOfRawData; an image whose SectionAlignment is
// below a page is mapped flat, file offset == RVA.
#include "pe/image.hpp"

#include <algorithm>

#include "pe/text.hpp"

namespace pe {
namespace {

constexpr std::uint32_t kPage = 0x1000;
constexpr std::uint32_t kSectorMask = 0x1FF;

Machine machine_from(std::uint16_t code) {
  switch (code) {
    case 0x014C: return Machine::x86;
    case 0x8664: return Machine::x64;
    case 0x01C0:
    case 0x01C2:
    case 0x01C4: return Machine::arm;
    case 0xAA64: return Machine::arm64;
    case 0x0200: return Machine::ia64;
    case 0xA641: return Machine::arm64ec;
    default: return Machine::other;
  }
}

Error truncated(const char* what) {
  return {Fault::truncated, std::string(what) + " reaches past the end of the file"};
}

}  // namespace

std::string_view to_string(Machine machine) {
  switch (machine) {
    case Machine::x86: return "x86";
    case Machine::x64: return "x64";
    case Machine::arm: return "arm";
    case Machine::arm64: return "arm64";
    case Machine::ia64: return "ia64";
    case Machine::arm64ec: return "arm64ec";
    case Machine::other: break;
  }
  return "other";
}

/// Where the headers stand and what they say of each other.
struct Image::Headers {
  std::uint64_t optional_header = 0;  ///< file offset
  std::uint16_t optional_size = 0;
  std::uint16_t sections = 0;
  std::uint32_t alignment = 0;  ///< of sections in memory
};

std::optional<Error> Image::read_coff_header(Headers& headers) {
  if (file_.size() == 0) return Error{Fault::not_pe, "the file is empty"};
  if (file_.read<std::uint16_t>(0) != 0x5A4D) return Error{Fault::not_pe, "no MZ signature"};
  const auto pe_offset = file_.read<std::uint32_t>(0x3C);
  if (!pe_offset || file_.read<std::uint32_t>(*pe_offset) != 0x00004550U)
    return Error{Fault::not_pe, "no PE header behind the MZ signature"};

  const std::uint64_t coff = std::uint64_t{*pe_offset} + 4;
  headers.optional_header = coff + 20;
  const auto machine = file_.read<std::uint16_t>(coff);
  const auto section_count = file_.read<std::uint16_t>(coff + 2);
  const auto stamp = file_.read<std::uint32_t>(coff + 4);
  const auto optional_size = file_.read<std::uint16_t>(coff + 16);
  const auto magic = file_.read<std::uint16_t>(headers.optional_header);
  if (!machine || !section_count || !stamp || !optional_size || !magic) return truncated("the COFF header");
  headers.sections = *section_count;
  headers.optional_size = *optional_size;
  machine_code_ = *machine;
  machine_ = machine_from(*machine);
  timestamp_ = *stamp;
  if (*magic != 0x10B && *magic != 0x20B)
    return Error{Fault::malformed, "the optional header is neither PE32 nor PE32+"};
  is_64_ = *magic == 0x20B;
  const bool wide_machine = machine_ == Machine::x64 || machine_ == Machine::arm64 || machine_ == Machine::ia64 ||
                            machine_ == Machine::arm64ec;
  if (machine_ != Machine::other && wide_machine != is_64_)
    return Error{Fault::malformed, "machine and optional header disagree about 32 and 64 bits"};
  return std::nullopt;
}

std::optional<Error> Image::read_optional_header(Headers& headers) {
  const std::uint64_t start = headers.optional_header;
  const auto base = is_64_ ? file_.read<std::uint64_t>(start + 24) : [&]() -> std::optional<std::uint64_t> {
    const auto narrow = file_.read<std::uint32_t>(start + 28);
    if (!narrow) return std::nullopt;
    return *narrow;
  }();
  const auto entry = file_.read<std::uint32_t>(start + 16);
  const auto alignment = file_.read<std::uint32_t>(start + 32);
  const auto size_of_image = file_.read<std::uint32_t>(start + 56);
  const auto size_of_headers = file_.read<std::uint32_t>(start + 60);
  const auto subsystem = file_.read<std::uint16_t>(start + 68);
  const auto version_at = [this, start](std::uint64_t offset) {
    const auto both = file_.read<std::uint32_t>(start + offset).value_or(0);
    return both << 16 | both >> 16;  // the major version stands first
  };
  const std::uint64_t counts = start + (is_64_ ? 108 : 92);
  const auto directory_count = file_.read<std::uint32_t>(counts);
  if (!base || !entry || !alignment || !size_of_image || !size_of_headers || !subsystem || !directory_count)
    return truncated("the optional header");
  headers.alignment = *alignment;
  base_ = *base;
  entry_rva_ = *entry;
  size_of_image_ = *size_of_image;
  size_of_headers_ = *size_of_headers;
  subsystem_ = *subsystem;
  oldest_system_ = std::min(version_at(40), version_at(48));
  const auto directories = std::min<std::uint32_t>(*directory_count, 16);
  for (std::uint32_t i = 0; i < directories; ++i) {
    // A table cut short by SizeOfOptionalHeader simply has fewer entries.
    if (counts + 4 + (i + 1) * 8ULL > start + headers.optional_size) break;
    const auto rva = file_.read<std::uint32_t>(counts + 4 + i * 8ULL);
    const auto size = file_.read<std::uint32_t>(counts + 8 + i * 8ULL);
    if (!rva || !size) return truncated("the data directory");
    directories_[i] = {*rva, *size};
  }
  return std::nullopt;
}

std::optional<Error> Image::read_sections(const Headers& headers) {
  if (headers.sections > sections_.size())
    return Error{Fault::malformed, "more than 96 sections (" + std::to_string(headers.sections) + ")"};
  const bool flat = headers.alignment < kPage;
  for (std::size_t i = 0; i < headers.sections; ++i) {
    const std::uint64_t header = headers.optional_header + headers.optional_size + i * 40ULL;
    const auto raw = file_.slice(header, 40);
    if (!raw) return truncated("the section table");
    Section section;
    section.name = std::string_view(reinterpret_cast<const char*>(raw->data()), 8);
    section.name = section.name.substr(0, std::min(section.name.find('\0'), section.name.size()));
    section.virtual_size = *raw->read<std::uint32_t>(8);
    section.rva = *raw->read<std::uint32_t>(12);
    section.raw_size = *raw->read<std::uint32_t>(16);
    section.raw_offset = *raw->read<std::uint32_t>(20);
    section.characteristics = *raw->read<std::uint32_t>(36);
    if (section.virtual_size == 0) section.virtual_size = section.raw_size;
    section.file_offset = flat ? section.raw_offset : section.raw_offset & ~kSectorMask;
    const std::uint64_t available = file_.size() > section.file_offset ? file_.size() - section.file_offset : 0;
    // Bytes of the file beyond the virtual size (rounded to a page) are not mapped.
    const std::uint64_t mapped = (std::uint64_t{section.virtual_size} + kPage - 1) & ~std::uint64_t{kPage - 1};
    section.file_size =
        section.raw_offset == 0
            ? 0
            : static_cast<std::uint32_t>(std::min({std::uint64_t{section.raw_size}, available, mapped}));
    sections_[section_count_++] = section;
  }
  return std::nullopt;
}

Result<Image> Image::open(std::span<const std::uint8_t> file) {
  Image image;
  image.file_ = Bytes(file);
  Headers headers;
  if (auto error = image.read_coff_header(headers)) return *std::move(error);
  if (auto error = image.read_optional_header(headers)) return *std::move(error);
  if (auto error = image.read_sections(headers)) return *std::move(error);
  if (image.machine_ == Machine::x64 && image.load_config().hybrid_metadata != 0) image.machine_ = Machine::arm64ec;
  return image;
}

DirectoryEntry Image::directory(Directory which) const { return directories_[static_cast<unsigned>(which)]; }

std::string Image::damage() const {
  for (const Section& section : sections()) {
    const std::uint64_t end = std::uint64_t{section.raw_offset} + section.raw_size;
    if (section.raw_offset != 0 && section.raw_size != 0 && end > file_.size())
      return "the file is cut: it has " + with_commas(file_.size()) + " bytes, and a section would end at byte " +
             with_commas(end);
    if (std::uint64_t{section.rva} + section.virtual_size > size_of_image_)
      return "a section lies outside of the image that the headers describe";
  }
  return {};
}

const Section* Image::section_at(std::uint32_t rva) const {
  for (const Section& section : sections()) {
    if (section.contains(rva)) return &section;
  }
  return nullptr;
}

std::optional<std::uint32_t> Image::offset_of(std::uint32_t rva) const {
  if (const Section* section = section_at(rva)) {
    const std::uint32_t within = rva - section->rva;
    if (within < section->file_size) return section->file_offset + within;
    return std::nullopt;
  }
  if (rva < size_of_headers_ && rva < file_.size()) return rva;
  return std::nullopt;
}

std::optional<std::uint32_t> Image::rva_of(std::uint32_t offset) const {
  for (const Section& section : sections()) {
    if (offset >= section.file_offset && offset - section.file_offset < section.file_size &&
        offset - section.file_offset < section.virtual_size)
      return section.rva + (offset - section.file_offset);
  }
  return std::nullopt;
}

Bytes Image::from_rva_in(const Section& section, std::uint32_t rva) const {
  const std::uint32_t within = rva - section.rva;
  if (within >= section.file_size) return {};
  return file_.slice(std::uint64_t{section.file_offset} + within, section.file_size - within).value_or(Bytes{});
}

Bytes Image::from_rva(std::uint32_t rva) const {
  if (const Section* section = section_at(rva)) return from_rva_in(*section, rva);
  if (rva >= size_of_headers_) return {};
  return file_.slice(0, std::min<std::uint64_t>(size_of_headers_, file_.size())).value_or(Bytes{}).from(rva);
}

std::optional<std::uint64_t> Image::load(std::uint32_t rva, unsigned width) const {
  const Section* section = section_at(rva);
  if (section == nullptr || width == 0 || width > 8 || section->virtual_size - (rva - section->rva) < width)
    return std::nullopt;
  const Bytes bytes = from_rva_in(*section, rva);
  std::uint64_t value = 0;
  if (width == 8 && bytes.size() >= 8) return bytes.read<std::uint64_t>(0);
  if (width == 4 && bytes.size() >= 4) return *bytes.read<std::uint32_t>(0);
  for (unsigned i = 0; i < width && i < bytes.size(); ++i) value |= std::uint64_t{bytes[i]} << (8 * i);
  return value;
}

std::optional<std::uint32_t> Image::rva_of_va(std::uint64_t va) const {
  if (va < base_ || va - base_ >= size_of_image_) return std::nullopt;
  return static_cast<std::uint32_t>(va - base_);
}

}  // namespace pe
