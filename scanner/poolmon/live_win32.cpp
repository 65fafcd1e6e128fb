// What poolmon itself asks: information class 22, which needs no elevation.
#include "scanner/platform/system_query_win32.hpp"
#include "scanner/poolmon/live.hpp"

namespace scanner::poolmon {
namespace {

class SystemProvider final : public LiveProvider {
 public:
  pe::Result<std::vector<LiveTag>> snapshot() override {
    constexpr unsigned kSystemPoolTagInformation = 22;
    const auto answer = win32::query_system(kSystemPoolTagInformation);
    if (!answer) return pe::Error{answer.error().fault, "--live: " + answer.error().message};
    return parse_pooltag_information(pe::Bytes{std::span<const std::uint8_t>(answer.value())}, sizeof(void*));
  }
};

}  // namespace

std::unique_ptr<LiveProvider> make_live_provider() { return std::make_unique<SystemProvider>(); }

}  // namespace scanner::poolmon
