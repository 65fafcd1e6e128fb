#include "pe/msf.hpp"

#include <algorithm>
#include <string_view>

namespace pe {
namespace {

constexpr std::string_view kMagic =
    "Microsoft C/C++ MSF 7.00\r\n\x1A"
    "DS";
constexpr std::uint32_t kNoStream = 0xFFFFFFFFU;  // the size of one that was deleted

std::size_t blocks_of(std::uint64_t bytes, std::uint32_t block) {
  return static_cast<std::size_t>((bytes + block - 1) / block);
}

}  // namespace

bool Msf::open(Bytes file, Msf& msf) {
  const auto magic = file.slice(0, kMagic.size());
  if (!magic || std::string_view(reinterpret_cast<const char*>(magic->data()), magic->size()) != kMagic) return false;
  const auto block = file.read<std::uint32_t>(32), bytes = file.read<std::uint32_t>(44),
             map = file.read<std::uint32_t>(52);
  if (!block || !bytes || !map || *block < 512 || *block > 65536 || *bytes > file.size()) return false;
  msf.file_ = file;
  msf.block_ = *block;
  // The directory's own blocks are named in the block `map`.
  for (std::size_t i = 0; i < blocks_of(*bytes, *block); ++i) {
    const auto number = file.read<std::uint32_t>(std::uint64_t{*map} * *block + i * 4);
    if (!number) return false;
    msf.numbers_.push_back(*number);
  }
  const std::vector<std::uint8_t> directory = msf.gather(0, *bytes);
  msf.numbers_.clear();
  return msf.read_directory(Bytes{std::span<const std::uint8_t>(directory)});
}

/// How many streams, their sizes, then the blocks of each.
bool Msf::read_directory(Bytes directory) {
  const auto count = directory.read<std::uint32_t>(0);
  if (!count || *count > directory.size() / 4) return false;
  std::uint64_t at = 4 + std::uint64_t{*count} * 4;
  for (std::uint32_t i = 0; i < *count; ++i) {
    const auto size = directory.read<std::uint32_t>(4 + std::uint64_t{i} * 4);
    if (!size) return false;
    Stream stream{*size == kNoStream ? 0 : *size, numbers_.size()};
    for (std::size_t k = blocks_of(stream.size, block_); k > 0; --k, at += 4) {
      const auto number = directory.read<std::uint32_t>(at);
      if (!number) return false;
      numbers_.push_back(*number);
    }
    streams_.push_back(stream);
  }
  return true;
}

std::vector<std::uint8_t> Msf::stream(std::size_t number) const {
  return number < streams_.size() ? gather(streams_[number].first, streams_[number].size) : std::vector<std::uint8_t>{};
}

std::vector<std::uint8_t> Msf::gather(std::size_t first, std::uint32_t size) const {
  std::vector<std::uint8_t> out;
  // Blocks belong to one stream each: a larger one names some twice.
  if (size > file_.size()) return out;
  out.reserve(size);
  for (std::size_t i = 0; i < blocks_of(size, block_); ++i) {
    const std::uint64_t offset = std::uint64_t{numbers_[first + i]} * block_;
    // The last block of a file need not be whole.
    const std::uint64_t wanted = std::min<std::uint64_t>(block_, size - out.size());
    const auto part = file_.slice(offset, wanted);
    if (!part) return {};
    out.insert(out.end(), part->data(), part->data() + part->size());
  }
  return out;
}

}  // namespace pe
