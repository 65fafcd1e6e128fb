// What stands for contents: of a file, of the files that name its functions, and of rows of the table of functions. The
// scan tells copies by it, and the catalogue what it has seen before.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "pe/bytes.hpp"
#include "tagdb/api_table.hpp"

namespace scanner {

struct ContentHash {
  std::uint64_t low = 0, high = 0;
  auto operator<=>(const ContentHash&) const = default;
};

/// Not cryptographic, and different in every run: nobody can prepare two drivers that look alike to it.
ContentHash content_hash(pe::Bytes bytes);
/// From the first half of a SHA-256 (64 hexadecimal digits).
ContentHash content_hash(const std::string& sha256);
/// 64 lower-case hexadecimal digits; empty when the system's cryptography failed.
std::string sha256_hex(pe::Bytes bytes);

/// Stands for what gives names to the functions of the driver at `path`: size and time of the .pdb and .map beside it,
/// and the folders where other PDBs are looked for. 0: there are none. Never over 63 bits.
std::uint64_t symbol_files_stamp(const std::string& path, const std::vector<std::string>& symbol_places);
/// Stands for the contents of rows of the table of functions (other rows may find other uses), as 32 hexadecimal
/// digits; where they come from is left out.
std::string digest_of(const std::vector<tagdb::ApiRow>& rows);

}  // namespace scanner
