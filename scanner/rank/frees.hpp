// Whether a driver frees what it allocates with a tag, as far as its calls tell. Much memory is freed with some object
// or by functions that take no tag, so the answer "never" needs every free of the driver to be understood.
#pragma once

#include <vector>

#include "scanner/trace/trace.hpp"
#include "tagdb/api_table.hpp"

namespace scanner::rank {

/// `uses` are those of one image for one tag. True when the driver allocates with the tag by functions whose memory is
/// freed as pool memory (ApiRow::freed_as_pool), each of its calls that free names a tag, none names this one,
/// and the memory goes to no other driver.
bool never_freed(const std::vector<const trace::TagUse*>& uses, const trace::TraceResult& trace,
                 const tagdb::ApiTable& apis);

}  // namespace scanner::rank
