// What every room does with text, once: UTF-8, UTF-16, letter case, hexadecimal digits, the name in a path, and what a
// terminal may be shown.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pe {

/// A code point as UTF-8; half a surrogate pair becomes three bytes.
void append_utf8(std::string& out, char32_t code);
/// Length in bytes of the UTF-8 sequence at the front of `text`, which is not empty, and its code point; 0 when it is
/// malformed.
std::size_t decode_utf8(std::string_view text, char32_t& code);
/// Is this well-formed UTF-8?
bool valid_utf8(std::string_view text);

/// UTF-16 to UTF-8 and back without loss: half a surrogate pair, which NTFS allows in names, becomes three bytes (the
/// form known as WTF-8) and comes back as it was.
std::string utf8_from_utf16(std::u16string_view text);
/// Bytes that are not UTF-8 become U+FFFD one by one.
std::u16string utf16_from_utf8(std::string_view text);

/// ASCII letters in lower case, as the loader compares module names; all other bytes stay.
std::string fold_case(std::string_view text);
bool equal_but_case(std::string_view a, std::string_view b);

/// The two digits of a byte, in small letters.
void append_hex(std::string& out, std::uint8_t byte);
/// "0x1f", without leading zeros.
std::string hex_number(std::uint32_t value);
/// "1,234,567"
std::string with_commas(std::uint64_t number);
/// All of `digits`, which hold no "0x"; nothing when that is no number of 64 bits.
std::optional<std::uint64_t> parse_hex(std::string_view digits);

/// Behind the last slash or backslash.
std::string_view file_name(std::string_view path);

/// For a terminal: control characters and bidirectional overrides as \xNN and \u{NNNN}.
std::string printable(std::string_view text);

}  // namespace pe
