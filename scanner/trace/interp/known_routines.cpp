#include "scanner/trace/interp/known_routines.hpp"

#include <string>

namespace scanner::trace {
namespace {

/// ASCII from a NUL-terminated UTF-16 text; empty when it is anything else.
std::string wide_text(const pe::Image& image, std::uint32_t rva) {
  std::string out;
  const pe::Bytes bytes = image.from_rva(rva);
  constexpr std::size_t kLongestName = 64;
  for (std::size_t i = 0; i < kLongestName; ++i) {
    const auto unit = bytes.read<std::uint16_t>(2 * i);
    if (!unit || *unit > 0x7E) return {};
    if (*unit == 0) return out;
    out += static_cast<char>(*unit);
  }
  return {};
}

}  // namespace

/// UNICODE_STRING: two lengths, then the pointer to the text, aligned.
void KnownRoutines::init_string(const CallView& call, State& state) {
  const ValueId text = argument(call, 1);
  for (const Atom& target : values_.atoms(argument(call, 0))) {
    if (target.is_frame_address()) frame_store(state, target.displacement() + abi_.word, abi_.word, text, values_);
  }
}

/// Writable, and some code may write there.
bool KnownRoutines::may_be_written(std::uint32_t rva, std::uint32_t bytes) const {
  const pe::Section* section = image_.section_at(rva);
  return section != nullptr && section->writable() && knowledge_.used && knowledge_.used(rva, bytes);
}

/// `text` is where the characters of the name stand, or the pointer to them in a UNICODE_STRING of the linker's.
ValueId KnownRoutines::routine_named_at(const Atom& text) {
  std::uint32_t assumed = 0;
  std::size_t length = 0;  // in characters; 0: up to the NUL
  std::optional<std::uint32_t> at;
  if (text.is_image_address()) at = text.rva();
  if (text.kind == AtomKind::memory && !text.strided() && text.offset == 0) {
    const auto pointer = image_.load(text.rva(), abi_.word);
    at = pointer ? image_.rva_of_va(*pointer) : std::nullopt;
    const std::uint32_t string = text.rva() - abi_.word;
    length = image_.load(string, 2).value_or(0) / 2;
    if (may_be_written(string, 2 * abi_.word)) assumed = kAssumesGlobal;
  }
  if (!at) return values_.unknown(kTopReturned);
  const std::string name = wide_text(image_, *at);
  const int import = imports_.by_name(length != 0 ? name.substr(0, length) : name);
  if (import < 0) return values_.unknown(kTopReturned);
  if (may_be_written(*at, static_cast<std::uint32_t>(2 * name.size()))) assumed = kAssumesGlobal;
  return values_.with_flags(values_.import_pointer(static_cast<std::uint32_t>(import)), assumed);
}

std::optional<ValueId> KnownRoutines::move_bytes(const CallView& call, const Call& made, State& state, StoreLog* log) {
  if (made.import < 0) return std::nullopt;
  const KnownRoutine routine = imports_[static_cast<std::size_t>(made.import)].routine;
  const bool copies = routine == KnownRoutine::copy_bytes, length_last = copies || routine == KnownRoutine::fill_bytes;
  if (!length_last && routine != KnownRoutine::fill_memory && routine != KnownRoutine::zero_memory) return std::nullopt;
  Memory::Move move;
  move.to = argument(call, 0);
  move.rva = made.rva;
  if (!values_.is_constant(argument(call, length_last ? 2 : 1), move.bytes)) return std::nullopt;
  if (copies) move.from = argument(call, 1);
  if (routine == KnownRoutine::zero_memory) move.value = values_.constant(0);
  if (routine == KnownRoutine::fill_bytes || routine == KnownRoutine::fill_memory) {
    constexpr std::uint64_t kEachByte = 0x0101010101010101;
    std::uint64_t byte = 0;
    const bool known = values_.is_constant(argument(call, length_last ? 1 : 2), byte);
    move.value = known ? values_.constant((byte & 0xFF) * kEachByte) : values_.unknown(kTopComputed);
  }
  if (!memory_.move(state, move, made.function, log)) return std::nullopt;
  return length_last ? move.to : values_.unknown(kTopReturned);
}

ValueId KnownRoutines::find_routine(const CallView& call) {
  const ValueId string = values_.address(argument(call, 0), kBottom, 1, abi_.word);
  ValueId result = kBottom;
  for (const Atom& text : values_.atoms(memory_.load(call.state, string, abi_.word)))
    result = values_.join(result, routine_named_at(text));
  return result == kBottom ? values_.unknown(kTopReturned) : result;
}

}  // namespace scanner::trace
