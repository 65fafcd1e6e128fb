#include "pe/extent.hpp"

#include <algorithm>

namespace pe {

std::uint64_t size_in_file(const Image& image) {
  const std::uint64_t size = image.file().size();
  std::uint64_t end = 0;
  for (const Section& section : image.sections()) {
    if (section.raw_offset != 0) end = std::max(end, std::uint64_t{section.raw_offset} + section.raw_size);
  }
  const DirectoryEntry signature = image.directory(Directory::security);  // its "RVA" is a file offset
  const std::uint64_t signed_end = std::uint64_t{signature.rva} + signature.size;
  if (signature.size != 0 && signature.rva >= end && signed_end <= size) end = signed_end;
  return std::min(end, size);
}

}  // namespace pe
