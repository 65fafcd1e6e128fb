// A .pdata record of ARM64 is eight bytes: the begin of a range and either everything about it, packed, or the address
// of an .xdata record. Both give the length, no record names the function that a fragment belongs to: a fragment (a
// range without a prologue) that begins where the range before it ends is taken for its continuation, as large
// functions are cut; others stand alone and are found to belong somewhere when code jumps into them. Layout: "ARM64
// exception handling", learn.microsoft.com.
#include "pe/unwind.hpp"

#include <algorithm>
#include <string>

namespace pe::arm64 {
namespace {

constexpr std::uint32_t kRecordBytes = 8;
constexpr std::uint8_t kEndOfChained = 0xE5;  // end_c: no prologue here, the codes are those of the function around

constexpr std::uint32_t field(std::uint32_t word, unsigned low, unsigned count) {
  return (word >> low) & ((1U << count) - 1);
}

struct Unwind {
  std::uint32_t length = 0;  ///< bytes, 0 when the record cannot be read
  bool fragment = false;
  std::uint64_t handler = 0;  ///< offset of the handler's RVA in the .xdata record, 0 when there is none
};

Unwind read_xdata(Bytes record) {
  Unwind out;
  const auto header = record.read<std::uint32_t>(0);
  if (!header || field(*header, 18, 2) != 0) return out;
  out.length = field(*header, 0, 18) * 4;
  const bool has_handler = field(*header, 20, 1) != 0, one_epilog = field(*header, 21, 1) != 0;
  std::uint32_t epilogs = field(*header, 22, 5), code_words = field(*header, 27, 5);
  std::uint64_t at = 4;
  if (epilogs == 0 && code_words == 0) {
    const auto extension = record.read<std::uint32_t>(4);
    if (!extension) return {};
    epilogs = field(*extension, 0, 16);
    code_words = field(*extension, 16, 8);
    at = 8;
  }
  if (!one_epilog) at += std::uint64_t{epilogs} * 4;
  if (record.contains(at, 1)) out.fragment = record[at] == kEndOfChained;
  if (has_handler) out.handler = at + std::uint64_t{code_words} * 4;
  return out;
}

/// `data`: the second word of a .pdata record. Its low two bits: 0 an address, 1 packed, 2 packed without prologue.
Unwind read_unwind(const Image& image, std::uint32_t data) {
  const std::uint32_t kind = data & 3;
  if (kind == 0) return read_xdata(image.from_rva(data));
  if (kind == 3) return {};
  return {field(data, 2, 11) * 4, kind == 2, 0};
}

}  // namespace

Visited for_each_function(const Image& image, const std::function<void(const FunctionRange&)>& visit) {
  Visited visited;
  const auto dir = image.directory(Directory::exceptions);
  if (dir.rva == 0) return visited;
  const Bytes all = image.from_rva(dir.rva);
  const Bytes table = all.slice(0, std::min<std::uint64_t>(dir.size, all.size())).value_or(Bytes{});
  FunctionRange last;
  for (std::size_t at = 0; table.contains(at, kRecordBytes); at += kRecordBytes) {
    FunctionRange range;
    range.begin = *table.read<std::uint32_t>(at);
    range.unwind = *table.read<std::uint32_t>(at + 4);
    if (range.begin == 0) continue;
    const Unwind unwind = read_unwind(image, range.unwind);
    range.end = range.begin + unwind.length;
    if (unwind.length == 0 || range.end < range.begin || range.end > image.size_of_image()) {
      visited.stopped = Error{Fault::malformed, "a .pdata record has no length or reaches outside the image"};
      continue;
    }
    range.primary = unwind.fragment && last.end == range.begin ? last.primary : range.begin;
    visit(range);
    ++visited.count;
    last = range;
  }
  return visited;
}

Visited for_each_scope(const Image& image, const FunctionRange& range,
                       const std::function<void(const ExceptionScope&)>& visit) {
  Visited visited;
  if ((range.unwind & 3) != 0) return visited;
  const Bytes record = image.from_rva(range.unwind);
  const Unwind unwind = read_xdata(record);
  if (unwind.handler == 0) return visited;
  return visit_scope_table(record, unwind.handler + 4, range, visit);
}

}  // namespace pe::arm64
