// A multi-stream file, the container of PDBs: numbered streams made of blocks of one file. Format: "The MSF File
// Format" in LLVM's documentation, and the reader in the microsoft-pdb repository (MIT licence). Every number is
// checked before it is used, and no stream is taken that is larger than its file.
#pragma once

#include <cstdint>
#include <vector>

#include "pe/bytes.hpp"

namespace pe {

class Msf {
 public:
  /// Views `file`, which must outlive it. False when it is none, or its directory lies outside of it.
  static bool open(Bytes file, Msf& msf);

  [[nodiscard]] std::size_t streams() const { return streams_.size(); }
  /// Bytes of a stream; 0 for one that is not there.
  [[nodiscard]] std::uint64_t size_of(std::size_t number) const {
    return number < streams_.size() ? streams_[number].size : 0;
  }
  /// The bytes of a stream, put together; empty for one that is not there, is empty, or names blocks outside the file.
  [[nodiscard]] std::vector<std::uint8_t> stream(std::size_t number) const;

 private:
  struct Stream {
    std::uint32_t size = 0;
    std::size_t first = 0;  ///< into numbers_
  };
  [[nodiscard]] std::vector<std::uint8_t> gather(std::size_t first, std::uint32_t size) const;
  bool read_directory(Bytes directory);

  Bytes file_;
  std::uint32_t block_ = 0;
  std::vector<std::uint32_t> numbers_;  // of blocks, stream after stream
  std::vector<Stream> streams_;
};

}  // namespace pe
