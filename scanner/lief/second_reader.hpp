// A second opinion on images whose version resource or signature our own reader cannot read. It is a program of its own
// (poolwho-lief), so that a file which crashes or hangs its library costs one line in the report, and so that a
// question that never needs it does not pay for loading the library.
//
// Between the two: the image goes in on standard input, and the fields of answer.hpp come out.
#pragma once

#include <string>

#include "pe/identity.hpp"
#include "pe/result.hpp"

namespace scanner::lief {

/// Path of the second reader: beside the running program, or where `cmake --install` puts it. Empty: there is none.
std::string find_second_reader();

/// Starts `program` for this image. Fills what is empty in `identity`; the error says what became of the program.
pe::Result<bool> ask_second_reader(const std::string& program, const pe::Image& image, int timeout_ms,
                                   pe::Identity& identity);

constexpr int kSecondReaderTimeoutMs = 20'000;

/// pe::identify(), and where that says that something cannot be read, `second_reader` is asked; empty: nobody is.
pe::Identity identify(const pe::Image& image, const std::string& second_reader, std::string& problem);

}  // namespace scanner::lief
