// x86: the relocation table names every absolute reference, so nothing has to be guessed from bytes. What it cannot
// tell is which of them are operands and which lie in jump tables between the code, and where `call rel32` stands: one
// linear sweep over the executable sections does, started again at called functions that it stepped over.
#include <algorithm>

#include "scanner/trace/image/rva_sort.hpp"
#include "scanner/trace/isa/x86/length.hpp"
#include "scanner/trace/isa/x86/machine.hpp"

namespace scanner::trace::x86 {
namespace {

class Sweep {
 public:
  Sweep(X86Machine& machine, std::span<const std::uint32_t> slots, std::vector<SweptSection>& swept,
        std::vector<std::uint32_t>& taken)
      : machine_(machine),
        image_(machine.image()),
        slots_(slots),
        fields_(machine.fields().all()),
        swept_(swept),
        taken_(taken) {
    index_.exact_calls = index_.exact_data = true;
    for (const pe::Section& section : image_.sections()) {
      const std::uint32_t size = section.executable() ? std::min(section.virtual_size, section.file_size) : 0;
      swept_.push_back({section.rva, std::vector<std::uint8_t>(size)});
    }
    owner_.resize(fields_.size(), 0);
  }

  Index run() {
    for (const pe::Section& section : image_.sections()) {
      if (section.executable()) walk(section, section.rva);
    }
    std::vector<std::uint32_t> roots = {image_.entry_rva()};
    image_.for_each_export([&roots](const pe::Export& entry) {
      if (entry.forwarder.empty()) roots.push_back(entry.rva);
    });
    for (const std::uint32_t root : roots) restart(root);
    // Calls found on the way are appended, so this is no range-for.
    for (std::size_t i = 0; i < called_.size(); ++i) restart(called_[i]);
    classify_fields();
    index_.sort();
    sort_rvas(taken_);
    return std::move(index_);
  }

 private:
  void restart(std::uint32_t rva) {
    const pe::Section* section = image_.section_at(rva);
    if (section != nullptr && section->executable()) walk(*section, rva);
  }

  /// From `rva` to the end of the section, or to where an earlier sweep has been.
  void walk(const pe::Section& section, std::uint32_t rva) {
    std::vector<std::uint8_t>& steps = swept_[static_cast<std::size_t>(&section - image_.sections().data())].steps;
    if (rva - section.rva >= steps.size() || steps[rva - section.rva] != 0) return;
    constexpr std::uint8_t kQuiet = SweptSection::kPlain | SweptSection::kQuiet;
    const pe::Bytes all = image_.from_rva(section.rva);
    auto field = std::lower_bound(fields_.begin(), fields_.end(), rva);
    while (true) {
      Glance glance;
      const std::uint32_t limit = field != fields_.end() ? *field : 0xFFFFFFFFU;
      rva = section.rva + static_cast<std::uint32_t>(glance_along(all, rva - section.rva, limit - section.rva,
                                                                  {steps.data(), steps.size()}, kQuiet, glance));
      if (rva - section.rva >= steps.size() || steps[rva - section.rva] != 0) return;
      const pe::Bytes code = all.from(rva - section.rva);
      if (code.empty()) return;
      bool jump = code[0] == 0xE9 || (code[0] == 0x0F && glance.length == 6 && !glance.plain);
      const std::uint32_t behind = rva + glance.length;
      const bool no_field = glance.length != 0 && (field == fields_.end() || *field >= behind);
      std::uint8_t kind = glance.plain ? SweptSection::kPlain : 0;
      if (no_field) {
        kind = !glance.plain ? SweptSection::kFlow : code[0] != 0 ? kQuiet : kind;
      } else if (!ends_in_only(field, rva, glance)) {
        // It must be asked whether a relocated field can be an operand of the instruction.
        const Instruction instruction = machine_.CommonMachine::decode_length(code, rva);
        if (instruction.flow == ControlFlow::undecodable) {
          rva += instruction.length;
          while (field != fields_.end() && *field < rva) ++field;
          continue;
        }
        glance.length = instruction.length;
        kind = instruction.flow == ControlFlow::next && !instruction.padding ? SweptSection::kPlain : 0;
        jump = instruction.flow == ControlFlow::jump || instruction.flow == ControlFlow::branch;
      }
      steps[rva - section.rva] = static_cast<std::uint8_t>(glance.length | kind);
      const bool call = code[0] == 0xE8;
      const std::uint32_t next = rva + glance.length;
      if ((jump && glance.length >= 5) || (call && glance.length == 5)) note_branch(code, next, glance.length, call);
      for (; field != fields_.end() && *field < next; ++field) {
        if (*field > rva) owner_[static_cast<std::size_t>(field - fields_.begin())] = rva;
      }
      rva = next;
    }
  }

  using Field = std::vector<std::uint32_t>::const_iterator;
  /// Is `field` the only one of the instruction at `rva`, and its last operand?
  [[nodiscard]] bool ends_in_only(Field field, std::uint32_t rva, const Glance& glance) const {
    const std::uint32_t behind = rva + glance.length;
    return glance.ends_in_field && field != fields_.end() && *field > rva && *field + 4 == behind &&
           (field + 1 == fields_.end() || *(field + 1) >= behind);
  }

  /// Of `length` bytes before `next`, the last four of which say how far behind it the target is.
  void note_branch(pe::Bytes code, std::uint32_t next, unsigned length, bool call) {
    const std::uint32_t target = next + code.read<std::uint32_t>(length - 4U).value_or(0);
    const pe::Section* section = image_.section_at(target);
    if (section == nullptr || !section->executable()) return;
    index_.calls.push_back({target, next - 4});
    if (call) called_.push_back(target);
  }

  void classify_fields() {
    for (std::size_t i = 0; i < fields_.size(); ++i) {
      const std::uint32_t field = fields_[i];
      if (owner_[i] == 0) {
        index_.data_pointers.push_back(field);
        continue;
      }
      const auto value = image_.load(field, 4);
      const auto target = value ? image_.rva_of_va(*value) : std::nullopt;
      if (!target) continue;
      const Reference reference{*target, field};
      if (std::binary_search(slots_.begin(), slots_.end(), *target)) {
        index_.slots.push_back(reference);
        continue;
      }
      const pe::Section* section = image_.section_at(*target);
      const bool taken = machine_.takes_address(image_.from_rva(owner_[i]), owner_[i], field);
      if (taken && section != nullptr && section->executable()) {
        index_.addresses.push_back(reference);
      } else {
        index_.data.push_back(reference);
        if (taken) taken_.push_back(field);
      }
    }
  }

  X86Machine& machine_;
  const pe::Image& image_;
  std::span<const std::uint32_t> slots_;
  const std::vector<std::uint32_t>& fields_;
  std::vector<std::uint32_t> owner_;   // of each field: RVA of the instruction, 0 when there is none
  std::vector<std::uint32_t> called_;  // targets of `call rel32`
  std::vector<SweptSection>& swept_;
  std::vector<std::uint32_t>& taken_;
  Index index_;
};

}  // namespace

Index X86Machine::build_index(std::span<const std::uint32_t> slots) {
  swept_.clear();
  taken_.clear();
  return Sweep(*this, slots, swept_, taken_).run();
}

}  // namespace scanner::trace::x86
