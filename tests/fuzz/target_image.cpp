// Any bytes as a file: every table of pe::Image is visited, what the pages say is loaded.
#include "pe/image.hpp"
#include "tests/fuzz/target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto image = pe::Image::open({data, size});
  if (!image) return 0;
  const pe::Image& view = image.value();
  std::uint64_t sum = 0;
  view.for_each_import([&](const pe::Import& import) { sum += import.slot_rva + import.name.size(); });
  view.for_each_export([&](const pe::Export& entry) { sum += entry.rva + entry.forwarder.size(); });
  view.for_each_function([&](const pe::FunctionRange& range) {
    sum += range.begin;
    view.for_each_scope(range, [&](const pe::ExceptionScope& scope) { sum += scope.begin; });
  });
  view.for_each_relocation(
      [&](std::uint32_t rva, unsigned) { sum += view.load(rva, view.pointer_size()).value_or(0); });
  sum += view.load_config().guard_count + view.export_library().size();
  fuzz::keep(sum);
  return 0;
}
