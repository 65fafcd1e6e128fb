#include <windows.h>

#include <bcrypt.h>

#include <algorithm>

#include "scanner/platform/sha256.hpp"

namespace scanner {
namespace {

/// One hash in progress with its provider; both are closed at the end of the scope.
struct Hash {
  BCRYPT_ALG_HANDLE provider = nullptr;
  BCRYPT_HASH_HANDLE hash = nullptr;
  Hash() = default;
  Hash(const Hash&) = delete;
  Hash& operator=(const Hash&) = delete;
  ~Hash() {
    if (hash != nullptr) BCryptDestroyHash(hash);
    if (provider != nullptr) BCryptCloseAlgorithmProvider(provider, 0);
  }
};

bool ok(NTSTATUS status) { return status >= 0; }

}  // namespace

std::optional<std::array<std::uint8_t, 32>> sha256(pe::Bytes bytes) {
  std::array<std::uint8_t, 32> digest{};
  Hash state;
  if (!ok(BCryptOpenAlgorithmProvider(&state.provider, BCRYPT_SHA256_ALGORITHM, nullptr, 0)) ||
      !ok(BCryptCreateHash(state.provider, &state.hash, nullptr, 0, nullptr, 0, 0)))
    return std::nullopt;
  constexpr std::size_t kChunk = 1U << 30;  // lengths are ULONGs
  for (std::size_t at = 0; at < bytes.size(); at += kChunk) {
    const auto length = static_cast<ULONG>(std::min(kChunk, bytes.size() - at));
    // The parameter is not const, the data is not written.
    if (!ok(BCryptHashData(state.hash, const_cast<PUCHAR>(bytes.data() + at), length, 0))) return std::nullopt;
  }
  if (!ok(BCryptFinishHash(state.hash, digest.data(), static_cast<ULONG>(digest.size()), 0))) return std::nullopt;
  return digest;
}

}  // namespace scanner
