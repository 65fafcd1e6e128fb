// KMDF drivers call the framework through a table of pointers that WdfVersionBind fills in. Where that table is stands
// in a WDF_BIND_INFO structure in the image (wdfldr.h, Windows-Driver-Frameworks, MIT licence). The structure grows
// with every few versions, so it is known by what it must contain, not by its size.
#pragma once

#include <cstdint>
#include <vector>

#include "pe/image.hpp"

namespace scanner::trace {

struct Kmdf {
  std::uint32_t bind_info = 0;   ///< RVA
  std::uint32_t holder = 0;      ///< RVA of the word in it that holds the address of the table, or of the pointer to it
  std::uint32_t table = 0;       ///< RVA of the table, or of the pointer to it
  std::uint32_t count = 0;       ///< functions in the table
  bool through_pointer = false;  ///< from KMDF 1.15 on: `table` holds a pointer to the table
  std::uint32_t minor = 0;
};

/// Every structure of the image that binds to a framework of major version 1, ascending by RVA and at most a few; empty
/// when there is none. Drivers have one: of several, the code tells which it passes to WdfVersionBind.
std::vector<Kmdf> find_kmdf(const pe::Image& image);

}  // namespace scanner::trace
