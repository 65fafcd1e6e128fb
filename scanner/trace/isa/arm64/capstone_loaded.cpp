// Capstone by name, when it is needed: its tables hold 77,000 pointers that the loader would fill in at every start,
// for a text that few runs print. That was a third of the start-up time.
#include <boost/dll/shared_library.hpp>

#include "scanner/trace/isa/arm64/text.hpp"

namespace scanner::trace::arm64 {

CapstoneFunctions capstone_functions() {
  // Stays loaded: its handles may outlive any owner one could name.
  static const boost::dll::shared_library library = [] {
    boost::dll::shared_library found;
    boost::dll::fs::error_code missing;
    found.load("libcapstone.so." + std::to_string(CS_API_MAJOR), boost::dll::load_mode::search_system_folders, missing);
    return found;
  }();
  CapstoneFunctions out;
  if (!library.is_loaded() || !library.has("cs_open") || !library.has("cs_close") || !library.has("cs_disasm") ||
      !library.has("cs_free"))
    return out;
  out.open = &library.get<std::remove_pointer_t<decltype(out.open)>>("cs_open");
  out.close = &library.get<std::remove_pointer_t<decltype(out.close)>>("cs_close");
  out.disassemble = &library.get<std::remove_pointer_t<decltype(out.disassemble)>>("cs_disasm");
  out.free = &library.get<std::remove_pointer_t<decltype(out.free)>>("cs_free");
  return out;
}

}  // namespace scanner::trace::arm64
