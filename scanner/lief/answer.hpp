// What the second reader answers, field by field: the program writes them in this order, and who asks it takes them in
// any. Each is `name=value` and a zero byte; `end=` is the last one, so that a cut answer is known as one.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "pe/identity.hpp"

namespace scanner::lief {

struct AnswerField {
  std::string_view name;
  std::string pe::Identity::*value;
};

constexpr std::array kAnswerFields = {
    AnswerField{"company", &pe::Identity::company},
    AnswerField{"product", &pe::Identity::product},
    AnswerField{"description", &pe::Identity::description},
    AnswerField{"file_version", &pe::Identity::file_version},
    AnswerField{"original_name", &pe::Identity::original_name},
    AnswerField{"signer", &pe::Identity::signer},
};

constexpr std::string_view kAnswerEnd = "end";

}  // namespace scanner::lief
