#include "scanner/poolmon/live.hpp"

namespace scanner::poolmon {
namespace {

class NoProvider final : public LiveProvider {
 public:
  pe::Result<std::vector<LiveTag>> snapshot() override {
    return pe::Error{pe::Fault::unreadable, "--live works on Windows only; pass log files here"};
  }
};

}  // namespace

std::unique_ptr<LiveProvider> make_live_provider() { return std::make_unique<NoProvider>(); }

}  // namespace scanner::poolmon
