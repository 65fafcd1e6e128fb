// What is known of a number of which some bits are made at run time: a tag of which only some letters are known.
#pragma once

#include <cstdint>
#include <optional>

#include "scanner/trace/domain/atom.hpp"

namespace scanner::trace {

/// A number of 32 bits: those of its bits that are not `open` are those of `value`, in which the open ones are 0.
struct KnownBits {
  std::uint32_t value = 0, open = 0xFFFFFFFFU;
};

/// Everything is open of what is no number.
KnownBits known_bits(const Atom& atom);

/// The byte, 0 to 3, that holds all open bits. Nothing when there are none, or when more than one byte has some.
std::optional<unsigned> only_open_byte(const KnownBits& bits);

/// Four letters, none of them a blank: a tag, perhaps.
bool four_letters(std::uint64_t number);

/// The only byte of a tag that is not known, when the three others are printable and no blanks.
std::optional<unsigned> open_letter(const Atom& atom);

}  // namespace scanner::trace
