// Checked reads from a byte range. Every number a file claims passes through here, so a lie in a header becomes an
// empty optional and never an out-of-range access. Little-endian, as every PE machine poolwho knows. No allocation, no
// copy.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>

namespace pe {

static_assert(std::endian::native == std::endian::little, "poolwho reads PE files on little-endian hosts only");

class Bytes {
 public:
  constexpr Bytes() = default;
  constexpr explicit Bytes(std::span<const std::uint8_t> data) : data_(data) {}

  [[nodiscard]] constexpr std::size_t size() const { return data_.size(); }
  [[nodiscard]] constexpr bool empty() const { return data_.empty(); }
  [[nodiscard]] constexpr const std::uint8_t* data() const { return data_.data(); }
  [[nodiscard]] constexpr std::span<const std::uint8_t> span() const { return data_; }
  /// The byte at `offset`; the caller has checked offset < size().
  [[nodiscard]] constexpr std::uint8_t operator[](std::size_t offset) const { return data_[offset]; }

  [[nodiscard]] constexpr bool contains(std::uint64_t offset, std::uint64_t length) const {
    return offset <= data_.size() && length <= data_.size() - offset;
  }

  /// `length` bytes from `offset`, or nothing when any of them lies outside.
  [[nodiscard]] constexpr std::optional<Bytes> slice(std::uint64_t offset, std::uint64_t length) const {
    if (!contains(offset, length)) return std::nullopt;
    return Bytes(data_.subspan(static_cast<std::size_t>(offset), static_cast<std::size_t>(length)));
  }

  /// The bytes from `offset` to the end; empty when `offset` lies outside.
  [[nodiscard]] constexpr Bytes from(std::uint64_t offset) const {
    if (offset >= data_.size()) return {};
    return Bytes(data_.subspan(static_cast<std::size_t>(offset)));
  }

  template <typename T>
  [[nodiscard]] std::optional<T> read(std::uint64_t offset) const {
    static_assert(std::is_trivially_copyable_v<T>);
    if (!contains(offset, sizeof(T))) return std::nullopt;
    T value;
    std::memcpy(&value, data_.data() + offset, sizeof(T));
    return value;
  }

  /// The text up to the next NUL, which must come within `limit` bytes and before the end.
  [[nodiscard]] std::optional<std::string_view> c_string(std::uint64_t offset, std::size_t limit = 1024) const {
    const Bytes rest = from(offset);
    const std::size_t most = rest.size() < limit ? rest.size() : limit;
    if (most == 0) return std::nullopt;
    const void* end = std::memchr(rest.data(), 0, most);
    if (end == nullptr) return std::nullopt;
    const auto* text = reinterpret_cast<const char*>(rest.data());
    return std::string_view(text, static_cast<std::size_t>(static_cast<const char*>(end) - text));
  }

 private:
  std::span<const std::uint8_t> data_;
};

}  // namespace pe
