// Capstone is part of the executable.
#include "scanner/trace/isa/arm64/text.hpp"

namespace scanner::trace::arm64 {

CapstoneFunctions capstone_functions() {
  CapstoneFunctions out;
  out.open = &cs_open;
  out.close = &cs_close;
  out.disassemble = &cs_disasm;
  out.free = &cs_free;
  return out;
}

}  // namespace scanner::trace::arm64
