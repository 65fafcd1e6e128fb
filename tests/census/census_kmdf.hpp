// The census of KMDF calls. It finds the framework's table by the text "KmdfLibrary" and the word behind the one that
// names it, whatever sizes, versions and counts stand around, and follows registers straight through the code with a
// disassembler of its own: blind in other ways than the tracer.
#pragma once

#include <cstdint>
#include <set>

#include "pe/image.hpp"
#include "tagdb/api_table.hpp"

namespace census {

struct KmdfCensus {
  bool binds = false;             ///< imports WdfVersionBind
  bool table = false;             ///< something that may be the table, or a pointer to it
  std::set<std::uint32_t> loads;  ///< instructions that load a listed function from it
};

KmdfCensus take_kmdf(const pe::Image& image, const tagdb::ApiTable& apis);

}  // namespace census
