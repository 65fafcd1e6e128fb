// ARM64 instructions as text, by Capstone.
#pragma once

#include <capstone/capstone.h>

#include <string>

#include "pe/image.hpp"

namespace scanner::trace::arm64 {

/// The functions of Capstone that are used; null where the library is not to be had.
struct CapstoneFunctions {
  decltype(&cs_open) open = nullptr;
  decltype(&cs_close) close = nullptr;
  decltype(&cs_disasm) disassemble = nullptr;
  decltype(&cs_free) free = nullptr;
};

/// capstone_loaded.cpp or, where Capstone is part of the executable, capstone_linked.cpp.
CapstoneFunctions capstone_functions();

class TextWriter {
 public:
  TextWriter() = default;
  ~TextWriter();
  TextWriter(const TextWriter&) = delete;
  TextWriter& operator=(const TextWriter&) = delete;

  /// The instruction at the start of `code`; its raw word where Capstone is missing.
  std::string text(pe::Bytes code, std::uint32_t rva);

 private:
  bool open();

  CapstoneFunctions capstone_;
  csh handle_ = 0;
  bool tried_ = false;
};

}  // namespace scanner::trace::arm64
