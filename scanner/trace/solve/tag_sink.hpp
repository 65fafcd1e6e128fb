// Tag sinks: the places where a tag goes in. A sink is a listed function of the API table, or an argument of a function
// of the image that passes it on to another sink (an edge). A call of a sink is one claim about one tag.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "scanner/trace/domain/globals.hpp"
#include "scanner/trace/domain/state.hpp"
#include "scanner/trace/domain/values.hpp"
#include "scanner/trace/models/arguments.hpp"

namespace scanner::trace {

using SinkId = std::uint32_t;
using SiteId = std::uint32_t;

/// A call through a pointer that its function got as argument is the call meant when the argument is this function.
struct PassedCallee {
  Atom pointer;                ///< initial, field or via_field of the calling function
  int row = -1;                ///< the listed function that it must be, or
  std::uint32_t function = 0;  ///< the function of this image
};

/// `site` calls the sink `callee` and passes on an argument of the function that it stands in.
struct SinkEdge {
  SiteId site = 0;
  SinkId callee = 0;
  std::uint32_t flags = 0;              ///< reasons and assumptions of the value that is passed on
  bool through_memory = false;          ///< the tag goes through a global: nothing else of the call can be told
  std::vector<Constraint> constraints;  ///< on the arguments of the calling function, for the call to be made
  std::vector<PassedCallee> callees{};  ///< likewise, on the functions that are passed to it
};

/// How the tag of a sink is made of an argument of its function.
struct TagSource {
  Location where = 0;
  bool high_half = false;                             ///< the tag is the high half of what is at `where`
  std::optional<std::int64_t> field;                  ///< the tag stands that many bytes behind the pointer at `where`
  std::optional<std::int64_t> behind;                 ///< field: so many bytes behind the pointer that stands there
  Rows rows{};                                        ///< field: it is an element of a table
  unsigned width = 4;                                 ///< field: bytes that are read of it
  std::int32_t added = 0;                             ///< field: what is added to it
  std::uint32_t and_mask = 0xFFFFFFFFU, or_mask = 0;  ///< what happens to the tag on the way to the listed function

  bool operator==(const TagSource&) const = default;
};

struct TagSink {
  std::uint32_t function = 0;   ///< RVA of the function of this image; 0 for a listed function
  int row = -1;                 ///< the listed function at the end of the shortest chain
  TagSource tag;                ///< not of listed functions: their row says where the tag is
  unsigned depth = 0;           ///< calls from here to the listed function
  std::vector<SinkEdge> edges;  ///< empty for listed functions
  bool called = false;          ///< some other function calls it

  [[nodiscard]] bool listed() const { return function == 0; }
};

/// One call site, matched with one sink that it may call.
struct SinkCall {
  SiteId site = 0;
  SinkId sink = 0;
  ValueId tag = kBottom;
  std::uint32_t flags = 0;     ///< assumptions about the call itself
  ValueId unlikely = kBottom;  ///< constants that go with arguments only that no known caller passes
  bool applies = true;         ///< false: a condition rules this call out
  bool table = false;          ///< the tag is an element of a table
  /// Arguments of functions that put them into the global which the tag is read from.
  std::vector<GlobalInflow> inflows;
  std::size_t edge = 0;       ///< of the sink: the one whose constraints hold
  bool some_values = false;   ///< only some possible values of an argument make the call do this
  bool on_no_path = false;    ///< no path into the call leads to the sink
  bool path_divided = false;  ///< only the paths into the call count on which it calls the sink and nothing else
};

}  // namespace scanner::trace
