// x64 and x86 instructions as text, by Zydis.
#pragma once

#include <Zydis/Zydis.h>

#include <cstdint>
#include <string>

#include "pe/image.hpp"

namespace scanner::trace::x86 {

class TextWriter {
 public:
  TextWriter();

  /// The instruction at the start of `code`, as Intel writes it.
  std::string text(const ZydisDecoder& decoder, pe::Bytes code, std::uint32_t rva) const;

 private:
  ZydisFormatter formatter_{};
};

}  // namespace scanner::trace::x86
