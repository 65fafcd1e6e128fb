// Capstone is part of the executable.
#include "scanner/trace/arm64_text.hpp"

namespace scanner::trace::arm64 {

CapstoneFunctions capstone_functions() { return {&cs_open, &cs_close, &cs_disasm, &cs_free}; }

}  // namespace scanner::trace::arm64
