// Whose image is it: version resource, signer, debug entry. Asked only for images that are reported.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "pe/image.hpp"

namespace pe {

struct Identity {
  std::string company, product, description, file_version;  // version resource, UTF-8, may be empty
  std::string original_name;                                ///< OriginalFilename without a trailing ".mui"
  std::string signer;               ///< common name of the embedded signature's leaf certificate
  bool embedded_signature = false;  ///< false is not "unsigned": many drivers are signed by catalogue
  std::string pdb;                  ///< path of the PDB as the linker wrote it
  std::string pdb_id;               ///< GUID and age, as symbol servers name it
  std::uint32_t linked = 0;         ///< seconds since 1970; 0 when the stamp is a hash (reproducible build)
};

/// Never fails: what cannot be read stays empty, and `problem` says why.
Identity identify(const Image& image, std::string& problem);

// Its parts: debug directory, link time and presence of a signature; the version resource; the signer.
Identity identify_from_headers(const Image& image);
void read_version_resource(const Image& image, Identity& identity, std::string& problem);
void read_signer(const Image& image, Identity& identity, std::string& problem);

/// OriginalFilename of a file with separate resources ends in ".mui"; the driver's name does not.
std::string without_mui(std::string name);

}  // namespace pe
