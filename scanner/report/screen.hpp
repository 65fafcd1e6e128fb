// Fitting text into a window and commands into a shell. Widths are columns of a terminal, which differ from bytes
// (UTF-8) and from characters (Chinese letters take two columns, combining accents none).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "pe/text.hpp"
#include "tagdb/pool_tag.hpp"

namespace scanner::report {

using pe::decode_utf8;

/// Columns that `text` takes. Colours (ESC [ ... letter) take none; a malformed byte takes one.
std::size_t display_width(std::string_view text);

/// `text` with blanks behind it up to `columns`.
std::string padded(std::string text, std::size_t columns);

/// `text` if it fits into `columns`, else its beginning and an ellipsis: "..." or, with `unicode`, one character.
/// Colours are kept and closed. Never wider than `columns`.
std::string fitted(std::string_view text, std::size_t columns, bool unicode = false);

/// A path of at most `columns`, shortened in the middle: the file's name stays longest, then its last folders and the
/// first one.
std::string shortened_path(std::string_view path, std::size_t columns, bool unicode = false);

/// `text` broken at blanks into lines of at most `columns`, without a line feed at the end. Every line but the first
/// begins with `indent` blanks, which count. A word that is too long is broken where the line ends.
std::string wrapped(std::string_view text, std::size_t columns, std::size_t indent = 0);

/// Whose quotes a command that is printed for copying needs: cmd.exe and PowerShell know no single and double quotes in
/// common with a POSIX shell.
enum class Shell { posix, windows };
/// That of the system this program runs on.
Shell native_shell();
/// `word` as one argument; in quotes only when it needs them.
std::string shell_quoted(std::string_view word, Shell shell = native_shell());
/// A tag as poolmon shows it: NUL is a blank, and with `unicode` letters above 127 are those of Latin-1. Other bytes
/// are spelled \xNN.
std::string tag_on_screen(tagdb::PoolTag tag, bool unicode);
/// A tag as an argument of poolwho: letters that a shell would expand even in quotes are written \xNN.
std::string tag_argument(tagdb::PoolTag tag, Shell shell = native_shell());

}  // namespace scanner::report
