// What a function was seen to store outside its own frame.
#pragma once

#include <cstdint>
#include <vector>

#include "scanner/trace/domain/values.hpp"

namespace scanner::trace {

/// A store to an address in the image, or (`through`) behind the pointer that stands there.
struct GlobalStore {
  std::uint32_t rva = 0;
  std::int32_t offset = 0;  ///< through: behind the pointer
  bool through = false;
  std::uint32_t width = 0;
  ValueId value = kBottom;
  std::uint32_t function = 0;
  std::uint32_t site = 0;
  bool strided = false;
};

/// A store behind a pointer that the function got as argument.
struct ArgumentStore {
  Location pointer = 0;
  std::int64_t offset = 0;
  std::uint32_t width = 0;
  ValueId value = kBottom;
  std::uint32_t site = 0;
};

/// Is writable memory what the file says at all times? `assumed`: if no alias writes it, by an address that code
/// computes or that an array above begins with. `yes`: no such address is known.
enum class Fixed : std::uint8_t { no, assumed, yes };

struct StoreLog {
  std::vector<ArgumentStore> argument_stores;
  std::vector<GlobalStore> stores;  ///< to addresses in the image
};

}  // namespace scanner::trace
