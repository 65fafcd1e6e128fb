#include <openssl/evp.h>

#include "scanner/sha256.hpp"

namespace scanner {

std::optional<std::array<std::uint8_t, 32>> sha256(pe::Bytes bytes) {
  std::array<std::uint8_t, 32> digest{};
  unsigned length = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &length, EVP_sha256(), nullptr) != 1) return std::nullopt;
  return digest;
}

}  // namespace scanner
