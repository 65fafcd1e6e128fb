// Kernel images inside other files: tools carry their driver as a resource or behind their own end, write it to disk,
// load it and delete the file. They are found by their headers, wherever they stand; what is packed or encrypted is
// not. Nothing is extracted: an image found here views the bytes of its container.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "pe/bytes.hpp"
#include "pe/image.hpp"

namespace scanner {

struct EmbeddedImage {
  std::uint64_t offset = 0;  ///< of its first byte in the container
  pe::Image image;           ///< of its own bytes, to the end of its last section or its signature
  std::string name;          ///< OriginalFilename of its version resource, else "+0x360f0"; no two of a container alike
};

struct EmbeddedImages {
  std::vector<EmbeddedImage> images;  ///< in file order; they do not overlap
  bool gave_up = false;  ///< there are more headers than are looked at: what follows the last image was not searched
};

/// A container with more is no tool with its driver.
inline constexpr std::size_t kMostEmbedded = 64;
/// How many headers of a subsystem `native` are looked at closely. Each costs a bounded number of reads.
inline constexpr std::size_t kMostHeaders = 4096;

/// The kernel images in `file` behind its first byte: subsystem `native`, a known processor, sections within the file,
/// imports from the kernel or its modules. What an image found so holds itself is part of it (nesting once); in a
/// program inside a program the search goes on.
EmbeddedImages find_embedded_images(pe::Bytes file);

}  // namespace scanner
