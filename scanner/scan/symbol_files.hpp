// Where the PDB of a driver lies: beside it, in folders and symbol stores that the user names, in the local parts of
// _NT_SYMBOL_PATH. Nothing is fetched from a server.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pe/image.hpp"

namespace scanner {

/// The folders among the parts of a symbol path ("srv*C:\symbols*https://…;D:\pdbs"): no addresses of servers, no
/// network shares, no libraries.
std::vector<std::string> local_parts(std::string_view symbol_path);

/// `named` (--symbols), then the local parts of _NT_SYMBOL_PATH.
std::vector<std::string> symbol_places(const std::vector<std::string>& named);

/// Where PDBs of this driver may lie, best first: beside it under its own name and the one in its debug record; in each
/// place as a file, and as stores keep it (`x.pdb\GUID+age\x.pdb`, with an `index2.txt` below the first two letters).
std::vector<std::string> pdb_paths(const std::string& driver, const pe::Image& image,
                                   const std::vector<std::string>& places);

}  // namespace scanner
