// Lookaside lists (ExInitializeNPagedLookasideList and its kin). A list with an allocate function of the driver's own
// does not allocate with its tag: the kernel calls that function with (pool type, size, tag).
#include <array>
#include <optional>

#include "scanner/trace/models/api_model.hpp"
#include "scanner/trace/models/pool_type.hpp"

namespace scanner::trace {
namespace {

class LookasideList : public ApiModel {
 public:
  explicit LookasideList(Program& program) : program_(program) {}

  std::optional<CallSite> callback(const CallSite& site, const tagdb::ApiRow& row) override {
    if (row.kind != tagdb::ApiKind::lookaside) return std::nullopt;
    const Atom* function = program_.values.only(argument_at(program_, site, row.condition_argument));
    if (function == nullptr || !function->is_image_address()) return std::nullopt;
    CallSite call = site;
    call.import = -1;
    call.target = static_cast<std::uint32_t>(function->a);
    const std::array<ValueId, 3> passed = {pool_type(site, row),
                                           value_at(program_, site, size_location(program_, row), program_.abi.word),
                                           value_at(program_, site, tag_location(program_, row), 4)};
    for (unsigned i = 0; i < passed.size(); ++i) pass(call, i, passed[i]);
    return call;
  }

 private:
  ValueId pool_type(const CallSite& site, const tagdb::ApiRow& row) {
    ValuePool& values = program_.values;
    ValueId type = values.constant(row.pool_form == tagdb::PoolForm::always_paged ? 1 : kNonPagedNx);
    if (row.pool >= 0) type = value_at(program_, site, program_.abi.argument(static_cast<unsigned>(row.pool)), 4);
    return row.pool_form == tagdb::PoolForm::lookaside_flags ? values.masked(type, kNonPagedNx, 0) : type;
  }

  void pass(CallSite& call, unsigned index, ValueId value) {
    const Location where = program_.abi.argument(index);
    if (!is_stack(where)) {
      call.state.registers[static_cast<std::size_t>(where)] = value;
    } else if (call.depth_known) {
      frame_store(call.state, call.callee_frame + (where - kStackBase), program_.abi.word, value, program_.values);
    }
  }

  Program& program_;
};

}  // namespace

std::unique_ptr<ApiModel> make_lookaside_list(Program& program) { return std::make_unique<LookasideList>(program); }

}  // namespace scanner::trace
